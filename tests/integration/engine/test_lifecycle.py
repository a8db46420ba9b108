"""A stack from its first resource to its last, on both engines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from integration.engine.bench import thing, urn
from pulumi.automation.errors import CommandError

if TYPE_CHECKING:
    from integration.engine.bench import Bench


def changes(summary: object) -> dict[str, int]:
    """The counts of an update's summary."""
    return dict(summary.resource_changes)  # type: ignore[attr-defined] # the API's UpdateSummary


def test_create_nothing_update_replace_delete(bench: Bench) -> None:
    """Each kind of change is what the counts, the calls and the files say it is."""
    bench.program('Thing("a", value="one", immutable="x"); Box("box")')
    stack = bench.stack()
    assert changes(stack.up().summary) == {"create": 4}
    assert bench.alive() == ["a", "inner"]
    assert changes(stack.up().summary) == {"same": 4}
    bench.calls()

    bench.program('Thing("a", value="two", immutable="x"); Box("box")')
    assert changes(stack.up().summary) == {"same": 3, "update": 1}
    assert bench.calls() == ["update start a", "update end a"]

    bench.program('Thing("a", value="two", immutable="y"); Box("box")')
    assert changes(stack.up().summary) == {"replace": 1, "same": 3}
    assert bench.calls() == ["create start a", "create end a", "delete start a", "delete end a"]

    bench.program('Box("box")')
    assert changes(stack.up().summary) == {"delete": 1, "same": 3}
    assert bench.alive() == ["inner"]
    assert changes(stack.destroy().summary) == {"delete": 3}
    assert bench.alive() == []
    assert bench.resources() == {}


def test_a_preview_counts_and_touches_nothing(bench: Bench) -> None:
    """A preview says what would happen, and nothing happens."""
    bench.program('a = Thing("a", value="one"); Thing("b", value=a.echo); pulumi.export("echo", a.echo)')
    stack = bench.stack()
    assert stack.preview().change_summary == {"create": 3}
    assert bench.calls() == []
    assert bench.resources() == {}


def test_a_singular_thing_is_deleted_first_with_its_dependents(bench: Bench) -> None:
    """Delete-before-replace takes along what would have to be replaced too, and makes it again."""
    text = 'a = Thing("a", value="v", singular="{0}"); Thing("b", immutable=a.id); Thing("c", value=a.id)'
    bench.program(text.format("x"))
    stack = bench.stack()
    stack.up()
    bench.calls()
    bench.program(text.format("y"))
    assert changes(stack.up().summary) == {"replace": 2, "same": 1, "update": 1}
    starts = [line.replace(" start", "") for line in bench.calls() if " start " in line]
    assert starts[:3] == ["delete b", "delete a", "create a"]
    assert sorted(starts[3:]) == ["create b", "update c"]
    assert bench.alive() == ["a", "b", "c"]


def test_what_depends_on_others_is_made_after_and_deleted_before(bench: Bench) -> None:
    """Order follows dependencies, explicit or through a property."""
    bench.program('a = Thing("a", value="v"); b = Thing("b", value=a.echo); Thing("c", Opts(depends_on=[b]), value="c")')
    stack = bench.stack()
    stack.up()
    assert [line for line in bench.calls() if "start" in line] == ["create start a", "create start b", "create start c"]
    stack.destroy()
    assert [line for line in bench.calls() if "start" in line] == ["delete start c", "delete start b", "delete start a"]


def test_independent_things_are_made_at_the_same_time(bench: Bench) -> None:
    """Eight slow things are all begun before the first is done; with parallel=1 none overlap."""
    bench.program('for i in range(8): Thing(f"t{i}", value=i, seconds=0.5)')
    stack = bench.stack()
    stack.up()
    assert all(" start " in line for line in bench.calls()[:8])
    stack.destroy(parallel=1)
    calls = bench.calls()
    assert [line.split()[1] for line in calls] == ["start", "end"] * 8


def test_expect_no_changes(bench: Bench) -> None:
    """The flag passes when nothing changes and fails when something does."""
    bench.program('Thing("a", value="one")')
    stack = bench.stack()
    stack.up()
    stack.up(expect_no_changes=True)
    bench.program('Thing("a", value="two")')
    with pytest.raises(CommandError, match="no changes were expected"):
        stack.up(expect_no_changes=True)


def test_targets(bench: Bench) -> None:
    """Only what is named changes; a name that is not there is an error."""
    bench.program('Thing("a", value="one"); Thing("b", value="one")')
    stack = bench.stack()
    stack.up()
    bench.program('Thing("a", value="two"); Thing("b", value="two")')
    assert changes(stack.up(target=[thing("a")]).summary) == {"same": 2, "update": 1}
    assert json.loads(bench.thing_file("b").read_text())["value"] == "one"
    stack.destroy(target=[thing("a")])
    assert bench.alive() == ["b"]


def test_replace_on_request(bench: Bench) -> None:
    """`replace` makes a thing anew that did not change."""
    bench.program('Thing("a", value="one")')
    stack = bench.stack()
    stack.up()
    before = bench.thing_file("a").name
    assert changes(stack.up(replace=[thing("a")]).summary) == {"replace": 1, "same": 1}
    assert bench.thing_file("a").name != before


def test_an_alias_keeps_a_renamed_thing(bench: Bench) -> None:
    """A renamed thing with an alias is the same thing; a renamed parent takes its children along."""
    bench.program('Thing("old", value="v"); Box("box")')
    stack = bench.stack()
    stack.up()
    bench.program(
        'Thing("new", Opts(aliases=[pulumi.Alias(name="old")]), value="v")\n'
        'Box("crate", opts=Opts(aliases=[pulumi.Alias(name="box")]))'
    )
    assert changes(stack.up().summary) == {"same": 4}
    assert thing("new") in bench.resources()
    assert thing("old") not in bench.resources()
    assert changes(stack.up(expect_no_changes=True).summary) == {"same": 4}


def test_outputs_of_components_and_stack(bench: Bench) -> None:
    """Structured outputs come back as they were exported."""
    bench.program('box = Box("box", {"k": [1, 2.5, True, None]}); pulumi.export("out", {"echo": box.inner.echo})')
    stack = bench.stack()
    assert stack.up().outputs["out"].value == {"echo": {"k": [1, 2.5, True, None]}}
    assert bench.resources()[urn("conf:index:Box", "box")]["outputs"] == {"echo": {"k": [1, 2.5, True, None]}}
