"""What goes, what stays, and what was only looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi.automation as auto
import pytest
from integration.engine.bench import thing

if TYPE_CHECKING:
    from integration.engine.bench import Bench
    from pulumi.automation.events import EngineEvent

PROTECTED = 'Thing("p", Opts(protect=True), value=1); Thing("a", value=1); Thing("b", value=2)\n'


def announced(events: list[EngineEvent]) -> list[tuple[str, str]]:
    """Operation and name of each step of things, as the events announce them."""
    steps = [event.resource_pre_event.metadata for event in events if event.resource_pre_event]
    return [(step.op.value, step.urn.rpartition("::")[2]) for step in steps if "Thing" in step.type]


def deleted(bench: Bench) -> list[str]:
    return sorted(line.split()[-1] for line in bench.calls() if line.startswith("delete end"))


def test_destroy_leaves_what_is_protected_alone(bench: Bench) -> None:
    """The others go, then it fails."""
    bench.program(PROTECTED)
    bench.stack().up()
    bench.calls()
    with pytest.raises(auto.errors.CommandError, match="because it is protected"):
        bench.stack().destroy()
    assert deleted(bench) == ["a", "b"]
    assert bench.alive() == ["p"]
    assert thing("p") in bench.resources()


def test_what_a_protected_resource_needs_stays_with_it(bench: Bench) -> None:
    """Branches are told apart: what hangs from it and what is beside it goes."""
    bench.program(
        'p = Thing("p", Opts(protect=True), value=1); a = Thing("a", value=p.echo); Thing("c", value=a.echo)\n'
        'd = Thing("d", value=1); Thing("e", Opts(protect=True), value=d.echo)\n'
    )
    bench.stack().up()
    bench.calls()
    with pytest.raises(auto.errors.CommandError):
        bench.stack().destroy()
    assert deleted(bench) == ["a", "c"]
    assert bench.alive() == ["d", "e", "p"]


def test_update_that_drops_a_protected_resource(bench: Bench) -> None:
    """As above; and a preview shows the same."""
    bench.program(PROTECTED)
    bench.stack().up()
    bench.calls()
    bench.program('Thing("b", value=2)\n')
    preview = bench.command("preview", "--stack", "dev")
    assert preview.returncode == 1
    assert "cannot be deleted" in preview.stdout + preview.stderr
    with pytest.raises(auto.errors.CommandError, match="because it is protected"):
        bench.stack().up()
    assert deleted(bench) == ["a"]
    assert bench.alive() == ["b", "p"]


@pytest.mark.parametrize("change", ["singular", "immutable"])
def test_deleted_with_what_is_replaced(bench: Bench, change: str) -> None:
    """The old dependent goes with the old one: its own delete is not called, whichever of the two orders it is."""
    text = f'c = Thing("c", {change}={{0}})\nThing("d", Opts(deleted_with=c), immutable={{0}})\n'
    bench.program(text.format(1))
    bench.stack().up()
    bench.calls()
    bench.program(text.format(2))
    assert bench.stack().up().summary.resource_changes == {"replace": 2, "same": 1}
    assert deleted(bench) == ["c"]
    assert [row["id"] for row in bench.rows() if row["urn"] == thing("d")] == [bench.resources()[thing("d")]["id"]]


def test_what_was_only_read_is_discarded(bench: Bench) -> None:
    """Dropping a `.get` deletes nothing, and nothing says that it does; nor does a destroy."""
    own, read = 't = Thing("t", value=1)\npulumi.export("id", t.id)\n', 'Thing("g", Opts(id={0!r}))\n'
    bench.program(own)
    identity = bench.stack().up().outputs["id"].value
    bench.program(own + read.format(identity))
    bench.stack().up()
    bench.calls()
    bench.program(own)
    events: list[EngineEvent] = []
    assert bench.stack().preview(on_event=events.append).change_summary == {"discard": 1, "same": 2}
    assert ("discard", "g") in announced(events)
    events.clear()
    assert bench.stack().up(on_event=events.append).summary.resource_changes == {"discard": 1, "same": 2}
    assert ("discard", "g") in announced(events)
    assert "delete" not in {op for op, _ in announced(events)}
    assert thing("g") not in bench.resources()
    bench.program(own + read.format(identity))
    bench.stack().up()
    bench.calls()
    assert bench.stack().destroy().summary.resource_changes == {"delete": 2, "discard": 1}
    assert deleted(bench) == ["t"]
