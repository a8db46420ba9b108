from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from runbook_lib.snapshot.drill import NotMendedError, mending, until


class BrokenOnTheWayError(Exception):
    """What goes wrong while something is broken on purpose."""


def refuse() -> None:
    """A mending that AWS does not allow."""
    raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "PutThing")


class TestMending:
    """What is broken is mended."""

    def test_whatever_happens_in_between(self) -> None:
        mended: list[str] = []
        with pytest.raises(BrokenOnTheWayError), mending("a thing", lambda: mended.append("yes")):
            raise BrokenOnTheWayError
        assert mended == ["yes"]

    def test_a_failure_to_mend_is_told_above_all_else(self) -> None:
        expected = pytest.raises(NotMendedError, match=r"changed a thing and could not put it back: .*AccessDenied")
        with expected as caught, mending("a thing", refuse):
            raise BrokenOnTheWayError
        assert "Put it back by hand" in caught.value.remedy


class TestUntil:
    """Looking again and again."""

    def test_it_stops_when_it_sees_it(self) -> None:
        seen = iter(range(10))
        assert until(lambda: next(seen), lambda number: number == 2, seconds=60) == 2

    def test_it_gives_what_it_saw_last_when_time_is_up(self) -> None:
        assert until(lambda: "not yet", lambda _: False, seconds=0) == "not yet"
