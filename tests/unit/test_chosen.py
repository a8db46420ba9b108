"""default < environment file < given, whoever starts the step, and the source of each value is known."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from runbook_lib import chosen
from runbook_lib.chosen import Source, choose
from runbook_lib.errors import UsageError
from runbook_lib.settings import Environment

CELL = {"environment": "staging", "run": "", "rehearsal": False, "drills": False}
"""What the notebook hands over when nobody has touched its parameters cell."""


@pytest.mark.parametrize(
    ("file", "cell", "said", "value", "source"),
    [
        ({}, {}, {}, False, Source.DEFAULT),
        ({"drills": True}, {}, {}, True, Source.ENVIRONMENT),
        ({}, {"drills": True}, {}, True, Source.GIVEN),
        ({"drills": "yes"}, {"drills": True}, {}, True, Source.ENVIRONMENT),
        ({"drills": True}, {}, {"drills": Source.GIVEN}, False, Source.GIVEN),
        ({}, {}, {"drills": Source.GIVEN}, False, Source.GIVEN),
        ({"drills": True}, {"drills": "false"}, {}, True, Source.ENVIRONMENT),
        ({}, {"drills": True}, {"drills": Source.ENVIRONMENT}, True, Source.ENVIRONMENT),
    ],
    ids=["default", "file", "cell", "both", "default given", "default given, no file", "text", "the runner read the file"],
)
def test_the_later_word_counts(
    file: dict[str, Any],
    cell: dict[str, Any],
    said: dict[str, Source],
    value: object,
    source: Source,
) -> None:
    found = choose("04_verify", file, {**CELL, **cell}, said)
    assert found.values.model_dump()["drills"] is value
    assert found.sources["drills"] is source


def test_what_was_not_handed_over_comes_from_the_file_too() -> None:
    found = choose("05_cost_check", {"monthly_budget_usd": "600.00"}, {"environment": "production"}, {})
    assert found.values.model_dump()["monthly_budget_usd"] == Decimal("600.00")
    assert found.over_defaults() == {"monthly_budget_usd": "600.00"}
    assert found.told() == "monthly_budget_usd=600.00 (environment file)"


@pytest.mark.parametrize(("file", "cell"), [({"dirlls": True}, {}), ({}, {"dirlls": True}), ({"drills": "perhaps"}, {})])
def test_what_does_not_fit_is_refused_wherever_it_comes_from(file: dict[str, Any], cell: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="drills"):
        choose("04_verify", file, {**CELL, **cell}, {})


def test_a_file_says_only_what_is_the_steps_own() -> None:
    def environment(steps: dict[str, Any]) -> Environment:
        return Environment.model_validate({"environment": "staging", "region": "r", "steps": steps})

    assert chosen.of_file("04_verify", environment({"04_verify": {"drills": True}})) == {"drills": True}
    assert chosen.of_file("02_plan", environment({"04_verify": {"drills": True}})) == {}
    with pytest.raises(UsageError, match=r"staging\.yaml: 04_verify is told run"):
        chosen.of_file("04_verify", environment({"04_verify": {"run": "x"}}))


def test_a_kernel_is_told_the_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    assert chosen.said() == {}
    for name, value in chosen.saying({"drills": Source.GIVEN}).items():
        monkeypatch.setenv(name, value)
    assert chosen.said() == {"drills": Source.GIVEN}
