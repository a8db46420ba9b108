"""Records that have something to mend: pending operations, parents that are gone, on both engines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from integration.engine.bench import thing, urn

if TYPE_CHECKING:
    from integration.engine.bench import Bench


def test_an_import_clears_pending_operations(bench: Bench) -> None:
    """Exporting a stack and importing it again is how one says that nothing is pending."""
    bench.program('Thing("a", value="v")')
    stack = bench.stack()
    stack.up()
    state = stack.export_stack()
    row = next(row for row in state.deployment["resources"] if row["urn"] == thing("a"))
    state.deployment["pending_operations"] = [{"resource": {**row, "urn": thing("b"), "id": ""}, "type": "creating"}]
    text = json.dumps({"version": state.version, "deployment": state.deployment})
    done = bench.command("stack", "import", "--stack", "dev", text=text)
    assert done.returncode == 0, done.stderr
    assert f"removing pending operation 'creating' on '{thing('b')}' from snapshot" in done.stdout + done.stderr
    assert "pending_operations" not in bench.deployment()
    assert stack.up().summary.resource_changes == {"same": 2}


def test_a_child_outlives_its_parent(bench: Bench) -> None:
    """A refresh that finds a parent gone leaves its child with a parent that exists, or with none."""
    bench.program(
        'box = Box("box"); a = Thing("a", Opts(parent=box), value="v"); b = Thing("b", Opts(parent=a), value="v")\n'
        'Thing("c", Opts(parent=b), value="v")'
    )
    stack = bench.stack()
    stack.up()
    bench.thing_file("a").unlink()
    bench.thing_file("b").unlink()
    stack.refresh()
    rows = bench.resources()
    inside = "conf:index:Box$conformance:index:Thing"
    names = {row["urn"].rsplit("::", 1)[1]: row for row in rows.values()}
    assert {"box", "c"} < names.keys()
    assert not {"a", "b"} & names.keys()
    assert "parent" not in names["c"]
    assert stack.refresh().summary.result == "succeeded"
    assert stack.up().summary.resource_changes == {"create": 2, "same": 4}
    assert bench.resources()[urn(f"{inside}$conformance:index:Thing$conformance:index:Thing", "c")]["parent"] == urn(
        f"{inside}$conformance:index:Thing", "b"
    )
