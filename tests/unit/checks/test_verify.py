from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from unit.checks.healthy import HEALTHY
from unit.checks.healthy_outputs import RAW

from runbook_lib.checks.registry import CHECKS
from runbook_lib.errors import EngineError
from runbook_lib.outputs import StackOutputs
from runbook_lib.results import Finding, Status
from runbook_lib.verify import REQUIREMENTS, coverage, junit, uncovered


def finding(status: Status, row: str = "N1", message: str = "It is.") -> Finding:
    return Finding(check="a_check", requirement=(row,), status=status, resource="r", message=message, remedy="Mend it.")


class TestCoverage:
    """Rows, checks and their verdicts."""

    def test_a_healthy_system_covers_every_row(self) -> None:
        rows = coverage(CHECKS.run(HEALTHY))
        assert {verdict for checks in rows.values() for verdict in checks.values()} == {Status.PASS}
        assert all(rows.values())
        assert uncovered(CHECKS.run(HEALTHY)) == ()

    def test_a_row_that_nobody_looked_at_is_a_failure(self) -> None:
        missing = uncovered([finding(Status.PASS, "N1")])
        assert {found.requirement[0] for found in missing} == set(REQUIREMENTS) - {"N1"}
        assert {found.status for found in missing} == {Status.FAIL}

    def test_a_check_is_as_good_as_its_worst_finding(self) -> None:
        rows = coverage([finding(Status.PASS), finding(Status.FAIL), finding(Status.PASS)])
        assert rows["N1"] == {"a_check": Status.FAIL}


class TestJunit:
    """The XML for CI systems."""

    def test_counts_and_outcomes(self) -> None:
        suite = ET.fromstring(junit([finding(Status.PASS), finding(Status.FAIL), finding(Status.UNKNOWN)]))  # noqa: S314 - our own text
        assert [suite.get(name) for name in ("tests", "failures", "errors")] == ["3", "1", "1"]
        assert [[child.tag for child in case] for case in suite] == [[], ["failure"], ["error"]]
        assert suite[1][0].get("message") == "It is."
        assert suite[1][0].text == "Mend it."

    def test_what_a_live_system_answers_cannot_break_it(self) -> None:
        text = junit([finding(Status.FAIL, message='a\x00b <&> "c"\ud800')])
        assert ET.fromstring(text)[0][0].get("message") == 'a\ufffdb <&> "c"\ufffd'  # noqa: S314 - our own text


class TestOutputs:
    """The contract with the stack."""

    def test_the_stacks_own_outputs_fit(self) -> None:
        assert StackOutputs.parse(RAW).private_subnet_ids == ("private-1", "private-2", "private-3")

    def test_what_is_missing_and_what_is_unknown_are_named(self) -> None:
        wrong = {**RAW, "vpc": "x"}
        del wrong["vpc_id"], wrong["api_url"]
        with pytest.raises(EngineError, match="api_url is missing; vpc is not an output the checks know; vpc_id is missing"):
            StackOutputs.parse(wrong)
