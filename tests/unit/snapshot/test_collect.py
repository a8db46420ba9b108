from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from httpx import ConnectError
from unit.checks.healthy_outputs import OUTPUTS

from runbook_lib.snapshot import Unreadable, collect
from runbook_lib.snapshot.collect import collectors, collects, is_absent

if TYPE_CHECKING:
    from runbook_lib.aws import Aws

NOBODY = cast("Aws", None)


class First:
    """A part."""


class Second:
    """A part that is read last."""


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty registry of collectors."""
    collectors()
    monkeypatch.setattr(collect, "_collectors", {})
    monkeypatch.setattr(collect, "_last", set())


def _declare(part: type, outcome: object, *, last: bool = False) -> None:
    @collects(part, last=last)
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

    def test_the_last_parts_are_read_after_all_others(self) -> None:
        order: list[str] = []
        _declare(Second, lambda: order.append("second"), last=True)
        _declare(First, lambda: order.append("first"))
        collect.take(NOBODY, OUTPUTS)
        assert order == ["first", "second"]

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
