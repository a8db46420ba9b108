"""A whole list for eu-central-1 as ``runbook prices refresh`` makes it; with ``RUNBOOK_PRICES=tests/recorded_prices`` it is used.

To renew it: ``RUNBOOK_TEST_RENEW=1 .venv/bin/python -m pytest tests/unit/costs/test_frankfurt.py``.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from unit.costs import frankfurt
from unit.costs.planned import BASELINE, RENEW, price

from runbook_lib.costs import prices, refresh

RECORDED = Path(__file__).parents[2] / "recorded_prices" / "prices_eu_central_1.csv"
NOW = datetime(2026, 10, 20, tzinfo=UTC)


def test_the_recorded_list_is_what_a_refresh_makes_of_the_answers(folder: Path) -> None:
    made = refresh.write(frankfurt.REGION, refresh.build(frankfurt.REGION, frankfurt.Answers(), now=NOW))
    assert made.parent == folder
    if os.environ.get(RENEW):
        RECORDED.write_bytes(made.read_bytes())
    assert made.read_bytes() == RECORDED.read_bytes()


def test_what_no_source_gives_is_marked_as_the_tests_own() -> None:
    found = prices.read(frankfurt.REGION, RECORDED.read_text(encoding="utf-8"), name=RECORDED.name).rates
    for key in frankfurt.STAND_INS:
        assert [tier.source for tier in found[key]] == [frankfurt.STAND_IN]
    assert "calculator" in found["nat.hour"][0].source


def test_a_stack_in_frankfurt_is_priced_whole_by_it() -> None:
    found = price(*BASELINE, region=frankfurt.REGION)
    assert (found.regions, found.unpriced) == ((frankfurt.REGION,), ())
    assert {line.unit_price for line in found.lines if line.key == "nat.hour"} == {
        prices.load(frankfurt.REGION).rates["nat.hour"][0].usd
    }
