"""What a replacement takes its inputs from, and what it takes along, on both engines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from integration.engine.bench import thing

from runbook_lib import decision, replacing
from runbook_lib.engine_events import Recorder

if TYPE_CHECKING:
    from integration.engine.bench import Bench


def test_a_replacement_ignores_ignore_changes(bench: Bench) -> None:
    """There is no old value to keep in what is made anew: it has what the program says."""
    text = 'Thing("a", Opts(ignore_changes=["value"]), value="{0}", immutable="{1}")'
    bench.program(text.format("one", "x"))
    stack = bench.stack()
    stack.up()
    bench.program(text.format("two", "x"))
    assert stack.up().summary.resource_changes == {"same": 2}
    bench.program(text.format("two", "y"))
    assert stack.up().summary.resource_changes == {"replace": 1, "same": 1}
    assert json.loads(bench.thing_file("a").read_text())["value"] == "two"


def test_a_requested_replacement_ignores_ignore_changes(bench: Bench) -> None:
    """The same for `--replace`."""
    text = 'Thing("a", Opts(ignore_changes=["value"]), value="{0}")'
    bench.program(text.format("one"))
    stack = bench.stack()
    stack.up()
    bench.program(text.format("two"))
    stack.up(replace=[thing("a")])
    assert json.loads(bench.thing_file("a").read_text())["value"] == "two"


def test_what_was_deleted_on_the_way_ignores_ignore_changes(bench: Bench) -> None:
    """The same for a dependent that delete-before-replace took along."""
    text = 'a = Thing("a", value="v", singular="{0}")\nThing("b", Opts(ignore_changes=["value"]), immutable=a.id, value="{0}")'
    bench.program(text.format("one"))
    stack = bench.stack()
    stack.up()
    bench.program(text.format("two"))
    stack.up()
    assert json.loads(bench.thing_file("b").read_text())["value"] == "two"


LATE = (
    "import asyncio\n"
    'a = Thing("a", value="v", singular="{0}")\n'
    "async def late():\n"
    "    await asyncio.sleep({1})\n"
    '    return "v"\n'
    'Thing("b", immutable=pulumi.Output.from_input(asyncio.ensure_future(late())), seconds=1)'
)


def test_what_is_registered_while_it_is_being_deleted(bench: Bench) -> None:
    """A dependent that no longer depends on what is replaced may be registered at any moment; it is there at the end."""
    bench.program('a = Thing("a", value="v", singular="x"); Thing("b", immutable=a.echo, seconds=1)')
    stack = bench.stack()
    stack.up()
    for singular, delay in (("y", 0.5), ("z", 0.2)):
        bench.program(LATE.format(singular, delay))
        stack.up()
        assert bench.alive() == ["a", "b"]
        assert sorted(row["urn"].rsplit("::", 1)[1] for row in bench.rows() if row["type"].startswith("conf")) == ["a", "b"]
        stack.up(expect_no_changes=True)


@pytest.mark.parametrize(("kind", "order"), [("immutable", replacing.CREATE_FIRST), ("singular", replacing.DELETE_FIRST)])
def test_why_and_in_which_order(bench: Bench, kind: str, order: str) -> None:
    """What a decision page says of a replacement: what forces it, whose change that is, and what is down meanwhile."""
    text = f'a = Thing("a", value="v", {kind}="{{0}}")\nThing("b", immutable=a.id, value="v")\nThing("c", value=a.id)'
    bench.program(text.format("x"))
    stack = bench.stack()
    stack.up()
    bench.program(text.format("y"))
    recorder, saved = Recorder(lambda _line: None, applies=False), bench.folder / "plan.json"
    stack.preview(on_event=recorder, plan=str(saved))
    plan = recorder.outcome().plan
    first, second = decision.causes(plan, decision.needs_of(saved))
    assert (first.name, first.order, first.follows) == ("a", order, False)
    assert [(each.path, each.old, each.new) for each in first.forced] == [(kind, "x", "y")]
    assert (second.name, second.follows) == ("b", True)
    assert [each.path for each in second.forced] == ["immutable"]
    assert second.forced[0].by[0].startswith("replace conformance:index:Thing a")
    assert {op.name: op.op for op in plan.changes} == {"a": "replace", "b": "replace", "c": "update"}
