"""What was changed outside Pulumi: a plan that looks first holds it, and an update has to look first, too, to mend it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from runbook_lib.engine_events import Outcome, Recorder

if TYPE_CHECKING:
    from pathlib import Path

    from integration.engine.bench import Bench

PROGRAM = 'a = Thing("a", value="1")\nThing("b", value="1")\nThing("c", value=a.echo)\n'


def changed(bench: Bench) -> tuple[Path, Outcome]:
    """A stack of which one thing was changed and one deleted by hand, and the plan that a preview makes of it."""
    bench.program(PROGRAM)
    stack = bench.stack()
    stack.up()
    file = bench.thing_file("a")
    file.write_text(json.dumps(json.loads(file.read_text()) | {"value": "by hand"}))
    bench.thing_file("b").unlink()
    saved, recorder = bench.folder / "plan.json", Recorder(lambda _line: None, applies=False)
    stack.preview(refresh=True, plan=str(saved), on_event=recorder)
    bench.calls()
    return saved, recorder.outcome()


def test_it_is_told_apart_from_what_the_program_wishes(bench: Bench) -> None:
    _, found = changed(bench)
    assert {(op.op, op.name): (op.old_inputs, op.inputs) for op in found.outside.operations} == {
        ("update", "a"): ({"value": "1"}, {"value": "by hand"}),
        ("delete", "b"): ({"value": "1"}, {}),
    }
    assert {op.name: (op.op, op.old_inputs, op.inputs) for op in found.plan.changes} == {
        "a": ("update", {"value": "by hand"}, {"value": "1"}),
        "b": ("create", {}, {"value": "1"}),
    }
    # The state is as it was: a preview writes nothing.
    assert [row["inputs"] for row in bench.rows() if row["urn"].endswith("::a")] == [{"value": "1"}]


@pytest.mark.parametrize("looks", [True, False])
def test_only_an_update_that_looks_mends_it(bench: Bench, *, looks: bool) -> None:
    """One that does not takes the plan for fulfilled, and says nothing."""
    saved, _ = changed(bench)
    done = bench.stack().up(refresh=looks, plan=str(saved))
    assert done.summary.resource_changes == ({"same": 2, "create": 1, "update": 1} if looks else {"same": 4})
    assert bench.alive() == (["a", "b", "c"] if looks else ["a", "c"])
    assert json.loads(bench.thing_file("a").read_text())["value"] == ("1" if looks else "by hand")


def test_where_nothing_was_changed_nothing_is_told(bench: Bench) -> None:
    bench.program(PROGRAM)
    bench.stack().up()
    recorder = Recorder(lambda _line: None, applies=False)
    bench.stack().preview(refresh=True, on_event=recorder)
    assert (recorder.outcome().outside.operations, recorder.outcome().plan.changes) == ((), ())
