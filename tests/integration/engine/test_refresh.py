"""Refreshing; with `--run-program` a resource is read when the program registers it, with the provider that it has there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from integration.engine.bench import thing, urn

if TYPE_CHECKING:
    import subprocess

    from integration.engine.bench import Bench

BASE = 'a = Thing("a", value="one"); Box("x"); Thing("c", value="c", opts=Opts(depends_on=[a])); Thing("d", value="d")\n'
EXPORT = 'pulumi.export("e", a.echo)\n'
UP = ("up", "--yes", "--skip-preview")
REFRESH = ("refresh", "--yes", "--skip-preview", "--run-program")


def drift(bench: Bench, name: str, value: Any) -> None:
    """Have somebody else change a thing."""
    file = bench.thing_file(name)
    file.write_text(json.dumps({**json.loads(file.read_text()), "value": value, "echo": value}))


def run(bench: Bench, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command whose events `told` reads."""
    log = str(bench.folder / "events.log")
    debug = {"PULUMI_DEBUG_COMMANDS": "true"}  # shows the real command's --event-log
    return bench.command(*arguments, "--stack", "dev", "--event-log", log, environment={**debug, **environment})


def told(bench: Bench) -> tuple[dict[str, int], list[str]]:
    """The last run's counts, and what became of each resource that is none of the engine's own."""
    events = [json.loads(line) for line in (bench.folder / "events.log").read_text().splitlines()]
    (counts,) = [event["summaryEvent"]["resourceChanges"] for event in events if "summaryEvent" in event]
    steps = [event["resOutputsEvent"]["metadata"] for event in events if "resOutputsEvent" in event]
    things = [step for step in steps if step["type"] == "conformance:index:Thing"]
    return counts, sorted(f"{step['op']} {step['urn'].rsplit('::', 1)[1]}" for step in things)


@pytest.fixture
def stack(bench: Bench) -> Bench:
    """A stack of a, d, c that depends on a, and x with one inside."""
    bench.program(BASE + EXPORT)
    bench.stack()
    assert run(bench, *UP).returncode == 0
    bench.calls()
    return bench


def test_takes_over_what_is_there_and_what_the_program_says_beside_properties(stack: Bench) -> None:
    """What is new is not made, what the program no longer has is read too, and the outputs are the program's."""
    drift(stack, "a", "two")
    drift(stack, "d", "dd")
    stack.program(
        'a = Thing("a", value="three", opts=Opts(protect=True)); Box("x"); n = Thing("n", value=1); Thing("m", value=n.echo)\n'
        'Thing("c", value="c", opts=Opts(ignore_changes=["value"]))\n' + EXPORT
    )
    assert run(stack, *REFRESH).returncode == 0
    assert told(stack) == (
        {"same": 6, "update": 2},
        ["same c", "same inner", "same m", "same n", "update a", "update d"],
    )
    rows = stack.resources()
    assert rows[thing("a")]["inputs"]["value"] == rows[thing("a")]["outputs"]["echo"] == "two"
    assert rows[thing("a")]["protect"]
    assert rows[thing("c")]["ignoreChanges"] == ["value"]
    assert "dependencies" not in rows[thing("c")]
    assert rows[thing("d")]["inputs"]["value"] == "dd"
    assert rows[urn("pulumi:pulumi:Stack", "conf-dev")]["outputs"] == {"e": "two"}
    assert stack.alive() == ["a", "c", "d", "inner"]
    assert {call.split()[0] for call in stack.calls()} == {"read"}


def test_what_is_gone_leaves_the_record_and_nothing_needs_it_any_more(stack: Bench) -> None:
    """It is not made again: that is for an update; one that refreshes does both."""
    stack.thing_file("a").unlink()
    stack.thing_file("d").unlink()
    stack.program(BASE.replace('; Thing("d", value="d")', ""))
    assert run(stack, *REFRESH).returncode == 0
    assert told(stack) == ({"delete": 2, "same": 5}, ["delete a", "delete d", "same a", "same c", "same inner"])
    rows = stack.resources()
    assert thing("a") not in rows
    assert thing("d") not in rows
    assert "dependencies" not in rows[thing("c")]
    assert run(stack, *UP).returncode == 0
    assert stack.resources()[thing("c")]["dependencies"] == [thing("a")]
    assert stack.alive() == ["a", "c", "inner"]


def test_an_update_goes_on_from_what_it_has_found(stack: Bench) -> None:
    """Each resource in turn is read and then brought to what the program wants; nothing else is read."""
    drift(stack, "a", "two")
    stack.thing_file("c").unlink()
    stack.program('a = Thing("a", value="three"); Box("x"); Thing("c", value="c", opts=Opts(depends_on=[a]))\n')
    assert run(stack, *UP, "--refresh", "--run-program").returncode == 0
    assert told(stack) == (
        {"create": 1, "delete": 1, "same": 3, "update": 1},
        ["create c", "delete d", "refresh a", "refresh c", "refresh inner", "same inner", "update a"],
    )
    assert sorted(call for call in stack.calls() if call.startswith("read end")) == ["read end a", "read end inner"]
    assert stack.resources()[thing("a")]["outputs"]["echo"] == "three"
    assert stack.resources()[thing("c")]["dependencies"] == [thing("a")]


def test_without_a_refresh_it_is_an_update_like_any_other(stack: Bench) -> None:
    """The flag says how to refresh, not that."""
    drift(stack, "a", "two")
    assert run(stack, *UP, "--run-program").returncode == 0
    assert told(stack)[0] == {"same": 6}
    assert stack.calls() == []


def test_only_targets_are_read(stack: Bench) -> None:
    """The rest stays as it is on record; a target that the stack has not is refused."""
    drift(stack, "a", "two")
    drift(stack, "c", "cc")
    assert run(stack, *REFRESH, "--target", thing("c")).returncode == 0
    assert told(stack) == ({"same": 2, "update": 1}, ["update c"])
    assert stack.resources()[thing("a")]["inputs"]["value"] == "one"
    assert stack.resources()[thing("c")]["inputs"]["value"] == "cc"
    refused = run(stack, *REFRESH, "--target", thing("nope"))
    assert refused.returncode != 0
    assert f"no resource named '{thing('nope')}' found" in refused.stdout + refused.stderr


def test_a_program_that_fails_has_refreshed_what_it_came_to(stack: Bench) -> None:
    """What it has not registered may be wanted, and is not looked at; the outputs stay."""
    drift(stack, "a", "two")
    drift(stack, "d", "dd")
    stack.program('Thing("a", value="one").urn.apply(lambda _: (_ for _ in ()).throw(ValueError("no")))\n')
    assert run(stack, *REFRESH).returncode == 1
    assert stack.resources()[thing("a")]["inputs"]["value"] == "two"
    assert stack.resources()[thing("d")]["inputs"]["value"] == "d"
    assert stack.resources()[urn("pulumi:pulumi:Stack", "conf-dev")]["outputs"] == {"e": "one"}


def test_a_resource_that_cannot_be_read_ends_it(stack: Bench) -> None:
    """It keeps its place on record, and the outputs theirs."""
    stack.thing_file("a").write_text("{broken")
    for command in (REFRESH, (*UP, "--refresh", "--run-program")):
        failed = run(stack, *command)
        assert failed.returncode == 1
        assert "Expecting property name enclosed in double quotes" in failed.stdout + failed.stderr
        assert stack.resources()[thing("a")]["inputs"]["value"] == "one"
        assert stack.resources()[urn("pulumi:pulumi:Stack", "conf-dev")]["outputs"] == {"e": "one"}


def test_it_asks_the_programs_provider(bench: Bench) -> None:
    """A provider's new settings count at once, and are on record; one that waits for what is not made serves nobody."""
    program = 'p = pulumi.ProviderResource("conformance", "p", {}, Opts()); Thing("a", value="one", opts=Opts(provider=p))\n'
    bench.program(program)
    bench.stack()
    assert run(bench, *UP).returncode == 0
    drift(bench, "a", "two")
    bench.program(program.replace("{}", '{"region": "x"}'))
    assert run(bench, *REFRESH).returncode == 0
    assert told(bench) == ({"same": 2, "update": 1}, ["update a"])
    provider = bench.resources()[urn("pulumi:providers:conformance", "p")]
    assert provider["inputs"] == {"region": "x"}
    bench.program(program.replace("Opts()", 'Opts(depends_on=[Thing("new", value=1)])'))
    refused = run(bench, *REFRESH)
    assert refused.returncode == 1
    assert f"unknown provider '{provider['urn']}::{provider['id']}' for resource {thing('a')}" in refused.stdout + refused.stderr
    assert bench.resources()[urn("pulumi:providers:conformance", "p")]["inputs"] == {"region": "x"}


def test_a_component_that_waits_for_what_is_not_made_cannot_be_completed(stack: Bench) -> None:
    """As in Pulumi; what has been read by then is on record, which stays one that can be loaded."""
    stack.program('Box("x", opts=Opts(depends_on=[Thing("new", value=1)]))\n')
    refused = run(stack, *REFRESH)
    assert refused.returncode == 1
    assert "cannot complete a resource" in refused.stdout + refused.stderr
    stack.program(BASE + EXPORT)
    assert run(stack, *UP).returncode == 0
    assert stack.resources()[thing("a")]["outputs"]["echo"] == "one"


def test_the_environment_can_say_it(stack: Bench) -> None:
    """For all commands that could do without the program."""
    drift(stack, "a", "two")
    assert run(stack, "refresh", "--yes", "--skip-preview", PULUMI_RUN_PROGRAM="true").returncode == 0
    assert stack.resources()[urn("pulumi:pulumi:Stack", "conf-dev")]["outputs"] == {"e": "two"}
    drift(stack, "a", "three")
    assert run(stack, "refresh", "--yes", "--skip-preview", "--run-program=false", PULUMI_RUN_PROGRAM="1").returncode == 0
    assert stack.resources()[urn("pulumi:pulumi:Stack", "conf-dev")]["outputs"] == {"e": "two"}


def test_a_change_is_previewed_first_unless_that_is_skipped(stack: Bench) -> None:
    """A program that fails, then, changes nothing."""
    drift(stack, "a", "two")
    stack.program('Thing("a", value="one").urn.apply(lambda _: (_ for _ in ()).throw(ValueError("no")))\n')
    assert run(stack, "refresh", "--yes", "--run-program").returncode == 1
    assert run(stack, "up", "--yes", "--refresh").returncode == 1
    assert stack.resources()[thing("a")]["inputs"]["value"] == "one"
    both = run(stack, *REFRESH, "--preview-only")
    assert both.returncode != 0
    assert "--skip-preview and --preview-only cannot be used together" in both.stdout + both.stderr
    assert run(stack, "destroy", "--yes").returncode == 0
    assert stack.alive() == []


def test_a_resource_that_waits_to_be_deleted_is_read_too(bench: Bench) -> None:
    """If somebody else has deleted it meanwhile, it leaves the record; the one that took its place stays."""
    bench.program('a = Thing("a", value=1, immutable=1); Thing("e", value=a.echo)\n')
    bench.stack()
    assert run(bench, *UP).returncode == 0
    old = bench.thing_file("a")
    bench.program('a = Thing("a", value=2, immutable=2); Thing("e", value=a.echo, fail="update")\n')
    assert run(bench, *UP).returncode == 1
    assert [row.get("delete", False) for row in bench.rows() if row["urn"] == thing("a")] == [False, True]
    assert run(bench, "refresh", "--yes", "--skip-preview").returncode == 0
    assert told(bench) == ({"same": 4}, ["same a", "same a", "same e"])
    old.unlink()
    assert run(bench, "refresh", "--yes", "--skip-preview").returncode == 0
    assert told(bench) == ({"delete": 1, "same": 3}, ["delete a", "same a", "same e"])
    assert bench.resources()[thing("a")]["inputs"]["immutable"] == 2
    assert bench.resources()[thing("e")]["dependencies"] == [thing("a")]


def test_what_is_only_read_gets_the_inputs_that_are_found(stack: Bench) -> None:
    """And has changed if its outputs have; the engine does not say where."""
    stack.program(f'Thing("g", opts=Opts(id="{stack.thing_file("d").stem}"))\n')
    assert run(stack, *UP, "--target", thing("g")).returncode == 0
    drift(stack, "d", "dd")
    assert run(stack, "refresh", "--yes", "--skip-preview", "--target", thing("g")).returncode == 0
    assert told(stack) == ({"update": 1}, ["update g"])
    assert stack.resources()[thing("g")]["inputs"] == {"value": "dd"}
    assert stack.resources()[thing("g")]["external"]


def test_what_targets_leave_out_is_told(stack: Bench) -> None:
    """A creation that is not done is counted among what stays, and has its events."""
    stack.program(BASE + 'Thing("n", value=1)\n')
    assert run(stack, *UP, "--target", thing("a")).returncode == 0
    assert told(stack) == ({"same": 7}, ["same a", "same c", "same d", "same inner", "same n"])
