"""What AWS makes no charge for: types, and the account's allowances."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

from runbook_lib.costs.model import FreeTier


@cache
def free_types() -> dict[str, tuple[str, str]]:
    """The types known to be free of charge: the reason and its source, by Pulumi's type token."""
    return {row["type"]: (row["reason"], row["source"]) for row in _rows("free_types.csv")}


@cache
def free_tiers() -> tuple[FreeTier, ...]:
    """The account's free allowances, which an estimate names and does not deduct."""
    return tuple(FreeTier.model_validate(row) for row in _rows("free_tiers.csv"))


def _rows(name: str) -> list[dict[str, str]]:
    text = (resources.files("runbook_lib") / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
