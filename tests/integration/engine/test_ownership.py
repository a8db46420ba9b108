"""Things made by hand, read and owned: how a thing passes from one to the other, on both engines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from integration.engine.bench import thing, urn
from pulumi.automation.errors import CommandError

if TYPE_CHECKING:
    from integration.engine.bench import Bench


def by_hand(bench: Bench, identity: str = "hand-1", value: str = "v") -> None:
    """Make a thing without Pulumi."""
    (bench.things / f"{identity}.json").write_text(json.dumps({"value": value, "echo": value}))


def verbs(bench: Bench) -> list[str]:
    """What the provider was asked to do since the last time, without ends and reads."""
    return [line.replace(" start", "") for line in bench.calls() if " start " in line and not line.startswith("read")]


def test_reading_what_the_stack_owns_lets_it_go(bench: Bench) -> None:
    """The same thing read instead of registered stays as it is, and is the stack's no more."""
    bench.program('Thing("a", value="v")')
    stack = bench.stack()
    stack.up()
    identity = bench.resources()[thing("a")]["id"]
    bench.calls()
    bench.program(f'Thing("a", Opts(id="{identity}"))')
    assert stack.up().summary.resource_changes == {"same": 1}
    assert verbs(bench) == []
    assert bench.resources()[thing("a")]["external"] is True
    stack.destroy()
    assert bench.alive() == ["a"]


def test_reading_another_in_its_place_deletes_what_the_stack_owned(bench: Bench) -> None:
    """A read of a different thing under the same name replaces the owned one."""
    by_hand(bench)
    bench.program('Thing("a", value="v")')
    stack = bench.stack()
    stack.up()
    bench.calls()
    bench.program('Thing("a", Opts(id="hand-1"))')
    stack.up()
    assert verbs(bench) == ["delete a"]
    assert bench.resources()[thing("a")]["id"] == "hand-1"
    assert bench.alive() == ["hand"]


def test_owning_what_was_read_makes_one_of_its_own(bench: Bench) -> None:
    """The thing that was read stays where it is; one is made, once, and the next run finds it."""
    by_hand(bench)
    bench.program('Thing("hand", Opts(id="hand-1"))')
    stack = bench.stack()
    stack.up()
    bench.calls()
    bench.program('Thing("hand", value="v")')
    assert stack.up().summary.resource_changes == {"replace": 1, "same": 1}
    assert verbs(bench) == ["create hand"]
    assert [row["urn"] for row in bench.rows()].count(thing("hand")) == 1
    assert stack.up(expect_no_changes=True).summary.resource_changes == {"same": 2}
    stack.destroy()
    assert [path.stem for path in bench.things.glob("*.json")] == ["hand-1"]


def test_importing_what_was_read_makes_it_the_stacks_own(bench: Bench) -> None:
    """A read thing that is then imported by its id is owned without being made again."""
    by_hand(bench)
    bench.program('Thing("hand", Opts(id="hand-1"))')
    stack = bench.stack()
    stack.up()
    bench.calls()
    bench.program('Thing("hand", Opts(import_="hand-1"), value="v")')
    stack.up()
    assert verbs(bench) == []
    assert [(row["id"], row.get("external", False)) for row in bench.rows() if row["urn"] == thing("hand")] == [("hand-1", False)]
    stack.up(expect_no_changes=True)
    stack.destroy()
    assert bench.alive() == []


def test_an_unchanged_read_is_no_change(bench: Bench) -> None:
    """A thing that is read counts only when it changed, and never against `expect_no_changes`."""
    by_hand(bench)
    bench.program('Thing("hand", Opts(id="hand-1"))')
    stack = bench.stack()
    assert stack.up().summary.resource_changes == {"create": 1}
    assert stack.up(expect_no_changes=True).summary.resource_changes == {"same": 1}
    by_hand(bench, value="w")
    assert stack.up(expect_no_changes=True).summary.resource_changes == {"read": 1, "same": 1}


def test_a_refresh_before_an_update_is_no_change(bench: Bench) -> None:
    """Looking first adds nothing to the counts of an update."""
    bench.program('Thing("a", value="v")')
    stack = bench.stack()
    stack.up()
    assert stack.up(refresh=True, expect_no_changes=True).summary.resource_changes == {"same": 2}
    assert stack.preview(refresh=True).change_summary == {"same": 2}


def test_an_import_is_followed_by_what_the_program_wants(bench: Bench) -> None:
    """A thing imported with other inputs than it has is updated in the same run."""
    by_hand(bench)
    bench.program('Thing("hand", Opts(import_="hand-1"), value="other")')
    stack = bench.stack()
    assert stack.preview().change_summary == {"create": 1, "import": 1, "update": 1}
    assert verbs(bench) == []
    assert stack.up().summary.resource_changes == {"create": 1, "import": 1, "update": 1}
    assert verbs(bench) == ["update hand"]
    assert bench.resources()[thing("hand")]["importID"] == "hand-1"
    stack.up(expect_no_changes=True)


def test_what_still_says_import_is_not_replaced(bench: Bench) -> None:
    """The replacement would have another id than the program says: a warning in a preview, an error in an update."""
    by_hand(bench)
    bench.program('Thing("hand", Opts(import_="hand-1"), value="v")')
    stack = bench.stack()
    stack.up()
    bench.program('Thing("hand", Opts(import_="hand-1"), value="v", immutable="x")')
    bench.calls()
    refusal = "previously-imported resources that still specify an ID may not be replaced"
    assert refusal in stack.preview().stdout
    with pytest.raises(CommandError, match=refusal):
        stack.up()
    assert verbs(bench) == []
    bench.program('Thing("hand", value="v", immutable="x")')
    stack.up()
    assert verbs(bench) == ["create hand", "delete hand"]


def test_an_import_that_would_be_replaced_is_refused(bench: Bench) -> None:
    """A thing found with what only a replacement can change is on record, and left alone."""
    by_hand(bench)
    bench.program('Thing("hand", Opts(import_="hand-1"), value="v", immutable="x")')
    stack = bench.stack()
    with pytest.raises(CommandError, match="may not be replaced"):
        stack.up()
    assert verbs(bench) == []
    assert bench.resources()[thing("hand")]["id"] == "hand-1"


def test_importing_under_a_parent_the_stack_has(bench: Bench) -> None:
    """The import file names a component that earlier updates made."""
    by_hand(bench)
    bench.program('Box("box")')
    stack = bench.stack()
    stack.up()
    stack.import_resources(
        resources=[{"type": "conformance:index:Thing", "name": "x", "id": "hand-1", "parent": "box"}],
        name_table={"box": urn("conf:index:Box", "box")},
        generate_code=False,
        protect=False,
    )
    assert bench.resources()[urn("conf:index:Box$conformance:index:Thing", "x")]["parent"] == urn("conf:index:Box", "box")
    bench.program('box = Box("box"); Thing("x", Opts(parent=box), value="v")')
    stack.up(expect_no_changes=True)


def test_a_preview_of_such_an_import_plans_no_deletion(bench: Bench) -> None:
    """What is there is not the stack's yet."""
    bench.program('Thing("a", value=1, immutable=3)\n')
    bench.stack().up()
    identity = bench.resources()[thing("a")]["id"]
    assert bench.command("state", "delete", "--yes", thing("a"), "--stack", "dev").returncode == 0
    bench.program(f'Thing("a", value=1, opts=Opts(import_="{identity}"))\n')
    log = bench.folder / "events.log"
    shown = bench.command("preview", "--stack", "dev", "--event-log", str(log), environment={"PULUMI_DEBUG_COMMANDS": "true"})
    assert "immutable: {3} => {<nil>}" in shown.stdout + shown.stderr
    events = [json.loads(line) for line in log.read_text().splitlines()]
    planned = {event["resourcePreEvent"]["metadata"]["op"] for event in events if "resourcePreEvent" in event}
    assert planned == {"same", "import", "create-replacement", "replace"}
