from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from unit.checks.healthy import HEALTHY
from unit.checks.healthy_outputs import OUTPUTS

from runbook_lib.snapshot import Snapshot, Tagged, Unavailable, Unreadable
from runbook_lib.snapshot.parts import tagged_in


@dataclass(frozen=True)
class Holder:
    """A part that holds resources in every way a part does."""

    one: Tagged
    many: tuple[Tagged, ...]
    by_name: dict[str, Tagged]
    nothing: str = ""


def resource(name: str) -> Tagged:
    return Tagged(name=name, tags={})


def snapshot(*parts: object) -> Snapshot:
    return Snapshot(OUTPUTS, dict.fromkeys([Holder], *parts) if parts else {}, datetime(2026, 11, 24, tzinfo=UTC))


HOLDER = Holder(resource("a"), (resource("b"), resource("c")), {"d": resource("d")})


def test_a_part_is_read_by_its_class() -> None:
    assert snapshot(HOLDER).read(Holder) is HOLDER


def test_an_unreadable_part_tells_its_error_to_whoever_needs_it() -> None:
    with pytest.raises(Unavailable, match="Holder: AccessDenied") as caught:
        snapshot(Unreadable("AccessDenied")).read(Holder)
    assert not caught.value.absent


def test_a_part_that_nobody_collects_is_unavailable() -> None:
    with pytest.raises(Unavailable, match="nothing collects it"):
        snapshot().read(Holder)


def test_a_wrong_part_is_a_mistake_of_ours() -> None:
    with pytest.raises(TypeError, match="holds a str where a Holder belongs"):
        snapshot("text").read(Holder)


def test_tagged_resources_are_found_however_deep() -> None:
    assert [found.name for found in snapshot(HOLDER).tagged()] == ["a", "b", "c", "d"]


def test_an_incomplete_list_of_resources_is_none() -> None:
    with pytest.raises(Unavailable):
        snapshot(Unreadable("throttled")).tagged()


def test_unreadable_parts_are_listed_with_their_errors() -> None:
    assert dict(snapshot(Unreadable("throttled")).unreadable()) == {"Holder": "throttled"}


def test_every_kind_of_resource_is_found_in_a_whole_snapshot() -> None:
    kinds = {type(found).__name__ for found in tagged_in(HEALTHY.parts)}
    assert kinds >= {
        "Subnet",
        "SecurityGroup",
        "NetworkAcl",
        "Database",
        "Function",
        "Role",
        "Bucket",
        "Key",
        "Alarm",
        "LogGroup",
    }
