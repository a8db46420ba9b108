"""By hand, one notebook after the other is one run; every other run is nobody's to join."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from runbook_lib import by_hand
from runbook_lib.aws import Target
from runbook_lib.run import RunFacts

ACCOUNT = "123456789012"
REGION = "us-east-1"
AWS = Target(region=REGION, account=ACCOUNT)
ENDPOINT = "http://127.0.0.1:4566"


class TestJoinable:
    AT = datetime(2026, 11, 26, tzinfo=UTC)
    STEPS = ("run.started", "stack.locked", "step.started", "step.finished")

    def joins(self, *events: str, by: str = "ada@desk", environment: str = "staging", target: Target = AWS, **facts: Any) -> bool:
        known: dict[str, Any] = {
            "run": "20261125T120000Z-abcdef", "environment": "staging", "rehearsal": False, "reason": "", "operator": "ada@desk",
            "caller": "", "started": self.AT - timedelta(hours=12), "engine": "pulumi", "target": AWS, "backend": "",
            "commit": "", "versions": {}, "parameters": {}, **facts,
        }  # fmt: skip
        happened = [{"event": event} for event in events or self.STEPS]
        return by_hand.joinable(RunFacts.model_validate(known), happened, environment, target, by, self.AT)

    def test_the_same_persons_of_today_is_joined(self) -> None:
        assert self.joins()

    @pytest.mark.parametrize(
        "difference",
        [
            {"environment": "production"},
            {"target": Target(region="eu-west-1", account=ACCOUNT)},
            {"target": Target(region=REGION, account="999999999999")},
            {"target": Target(region=REGION, account=ACCOUNT, endpoint=ENDPOINT)},
            {"by": "bob@desk"},
            {"by": "ada@build-7"},
            {"rehearsal": True},
            {"started": AT - timedelta(days=1)},
        ],
        ids=str,
    )
    def test_one_that_differs_is_not(self, difference: dict[str, Any]) -> None:
        assert not self.joins(**difference)

    @pytest.mark.parametrize("event", ["run.finished", "run.stopped", "notebook.started"])
    def test_nor_one_that_ended_or_is_the_command_lines(self, event: str) -> None:
        assert not self.joins(*self.STEPS, event)
