from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from httpx import ConnectError
from unit.checks.healthy_outputs import OUTPUTS

from runbook_lib.errors import RunbookError
from runbook_lib.snapshot import Unreadable, Untried, collect
from runbook_lib.snapshot.collect import Turn, collectors, collects, is_absent
from runbook_lib.snapshot.drift import Drift

if TYPE_CHECKING:
    from runbook_lib.aws import Aws

NOBODY = cast("Aws", None)


DRIFT = Drift(resources=1, changed={})


class First:
    """A part."""


class Second:
    """A part that is read last."""


class Third:
    """A part of a drill."""


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty registry of collectors."""
    collectors()
    monkeypatch.setattr(collect, "_collectors", {})


def _declare(part: type, outcome: object, *, turn: Turn = Turn.SYSTEM, disruptive: bool = False) -> None:
    @collects(part, turn=turn, disruptive=disruptive)
    def read(_aws: object, _outputs: object) -> object:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome() if callable(outcome) else outcome


@pytest.mark.usefixtures("registry")
class TestTake:
    """Reading all parts."""

    @pytest.mark.parametrize(
        ("error", "text", "absent"),
        [
            (ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetThing"), "AccessDenied", False),
            (ClientError({"Error": {"Code": "NoSuchBucket", "Message": "no"}}, "GetThing"), "NoSuchBucket", True),
            (EndpointConnectionError(endpoint_url="http://x"), "EndpointConnectionError", False),
            (ConnectError("refused"), "ConnectError: refused", False),
            (RunbookError("not mended"), "RunbookError: not mended", False),
            (RuntimeError("can't start new thread"), "RuntimeError: can't start new thread", False),
            (OSError("no space left"), "OSError: no space left", False),
            (KeyError("Vpcs"), "cannot read the answer: KeyError: 'Vpcs'", False),
            (IndexError("none"), "cannot read the answer: IndexError", False),
        ],
    )
    def test_an_error_takes_the_place_of_its_part_only(self, error: Exception, text: str, absent: bool) -> None:  # noqa: FBT001 - a table's column
        whole = First()
        _declare(First, whole)
        _declare(Second, error)
        parts = collect.take(NOBODY, OUTPUTS).parts
        assert parts[First] is whole
        failed = parts[Second]
        assert isinstance(failed, Unreadable)
        assert text in failed.error
        assert failed.absent is absent

    def test_each_turn_waits_for_the_one_before(self) -> None:
        order: list[str] = []
        _declare(Second, lambda: order.append("second"), turn=Turn.CLEANUP)
        _declare(First, lambda: order.append("first"), turn=Turn.DRILL)
        collect.take(NOBODY, OUTPUTS, drift=lambda: order.append("drift") or DRIFT)
        assert order == ["drift", "first", "second"]

    def test_an_error_nobody_thought_of_keeps_nobody_from_cleaning_up(self) -> None:
        cleaned: list[str] = []
        _declare(First, RuntimeError("x"), turn=Turn.DRILL)
        _declare(Second, lambda: cleaned.append("yes"), turn=Turn.CLEANUP)
        assert collect.take(NOBODY, OUTPUTS).parts[First] == Unreadable("RuntimeError: x")
        assert cleaned == ["yes"]

    def test_whoever_interrupts_does_not_keep_us_from_cleaning_up(self) -> None:
        def interrupt() -> None:
            raise KeyboardInterrupt

        order: list[str] = []
        _declare(First, interrupt, turn=Turn.SYSTEM)
        _declare(Third, lambda: order.append("drill"), turn=Turn.DRILL)
        _declare(Second, lambda: order.append("cleaned"), turn=Turn.CLEANUP)
        with pytest.raises(KeyboardInterrupt):
            collect.take(NOBODY, OUTPUTS)
        assert order == ["cleaned"]

    def test_what_an_error_was_given_to_say_is_kept(self) -> None:
        error = ValueError("no JSON")
        error.add_note("answers until then: [201]")
        _declare(First, error)
        assert collect.take(NOBODY, OUTPUTS).parts[First] == Unreadable(
            "read cannot read the answer: ValueError: no JSON; answers until then: [201]"
        )

    def test_what_disrupts_is_held_only_if_asked_for(self) -> None:
        held: list[str] = []
        _declare(First, lambda: held.append("drill") or "done", turn=Turn.DRILL, disruptive=True)
        quiet = collect.take(NOBODY, OUTPUTS)
        assert quiet.parts[First] == Untried("drills are off")
        assert (held, list(quiet.unreadable())) == ([], [])
        assert collect.take(NOBODY, OUTPUTS, drills=True).parts[First] == "done"

    def test_drift_is_asked_of_the_engine_or_not_at_all(self) -> None:
        def unreachable() -> Drift:
            raise RunbookError("the stack is locked")

        assert collect.take(NOBODY, OUTPUTS).untried() == ["Drift"]
        assert collect.take(NOBODY, OUTPUTS, drift=lambda: DRIFT).parts[Drift] is DRIFT
        failed = collect.take(NOBODY, OUTPUTS, drift=unreachable).parts[Drift]
        assert failed == Unreadable("RunbookError: the stack is locked")

    def test_a_part_has_one_collector(self) -> None:
        _declare(First, 1)
        with pytest.raises(ValueError, match="First has two collectors"):
            _declare(First, 2)


@pytest.mark.parametrize(
    "code",
    [
        "NoSuchBucket",
        "DBInstanceNotFound",
        "DBInstanceNotFoundFault",
        "ResourceNotFoundException",
        "InvalidVpcID.NotFound",
        "404",
    ],
)
def test_codes_that_say_it_is_not_there(code: str) -> None:
    assert is_absent(code)


@pytest.mark.parametrize(
    "code", ["AccessDenied", "Throttling", "InvalidParameterValue", "ExpiredToken", "UnauthorizedOperation", ""]
)
def test_codes_that_say_nothing_about_it(code: str) -> None:
    assert not is_absent(code)
