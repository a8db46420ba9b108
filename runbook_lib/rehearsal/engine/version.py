"""The version this engine answers with: that of the newest Pulumi command it was held against in the conformance set."""

from __future__ import annotations

import re

VERSION = "v3.260.0"
CONDITION = re.compile(r"(>=|<=|>|<|!=|!|==|=)?\s*v?(\d+)(?:\.(\d+))?(?:\.(\d+))?")


def satisfies(ranges: str) -> bool:
    """Whether this version lies in a range such as `>=3.0.0 !3.1.2 || 4.0.0` (semver, as Pulumi.yaml writes it)."""
    return any(all(_holds(*found) for found in CONDITION.findall(part)) for part in ranges.split("||"))


def _holds(operator: str, *numbers: str) -> bool:
    here = tuple(int(number) for number in VERSION[1:].split("."))
    there = tuple(int(number or 0) for number in numbers)
    return {
        ">=": here >= there,
        "<=": here <= there,
        ">": here > there,
        "<": here < there,
        "!": here != there,
        "!=": here != there,
    }.get(operator, here == there)
