"""`--target` and `--replace`: what a run leaves alone, and the names it refuses, on both engines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from integration.engine.bench import thing, urn
from pulumi.automation.errors import CommandError

if TYPE_CHECKING:
    from integration.engine.bench import Bench


def test_what_is_new_and_no_target_is_not_made(bench: Bench) -> None:
    """Components outside the targets, and what is in them, are left out; the program goes on with unknowns."""
    bench.program('Thing("a", value="v"); box = Box("box"); pulumi.export("echo", box.inner.echo)')
    stack = bench.stack()
    assert stack.preview(target=[thing("a")]).change_summary == {"create": 2, "same": 2}
    assert stack.up(target=[thing("a")]).summary.resource_changes == {"create": 2, "same": 2}
    assert bench.alive() == ["a"]
    assert urn("conf:index:Box", "box") not in bench.resources()
    stack.up()
    assert bench.alive() == ["a", "inner"]


def test_a_target_that_needs_what_is_left_out(bench: Bench) -> None:
    """The error names what would have to be a target too."""
    bench.program('a = Thing("a", value="v"); Thing("b", value=a.echo)')
    with pytest.raises(CommandError, match=rf"depends on '{thing('a')}' which was (was )?not specified in --target list"):
        bench.stack().up(target=[thing("b")])
    assert bench.alive() == []


@pytest.mark.parametrize("flag", ["target", "replace"])
def test_a_mistyped_name_is_an_error(bench: Bench, flag: str) -> None:
    """A resource that neither the stack nor the program has is no target."""
    bench.program('Thing("a", value="v")')
    stack = bench.stack()
    stack.up()
    with pytest.raises(CommandError, match=f"Target '{thing('aa')}' could not be found in the stack"):
        stack.up(**{flag: [thing("aa")]})
    with pytest.raises(CommandError, match="could not be found in the stack"):
        stack.preview(**{flag: [thing("aa")]})


def test_a_mistyped_target_of_destroy_and_refresh_is_an_error(bench: Bench) -> None:
    """Nothing is destroyed."""
    bench.program('Thing("a", value="v")')
    stack = bench.stack()
    stack.up()
    for work in (stack.destroy, stack.refresh):
        with pytest.raises(CommandError, match=f"no resource named '{thing('aa')}' found"):
            work(target=[thing("aa")])
    assert bench.alive() == ["a"]


def test_destroying_what_others_need(bench: Bench) -> None:
    """Dependents go along only if that was asked for."""
    bench.program('a = Thing("a", value="v"); Thing("b", value=a.echo)')
    stack = bench.stack()
    stack.up()
    with pytest.raises(CommandError, match=rf"{thing('b')}' will be destroyed but was not specified in --target list"):
        stack.destroy(target=[thing("a")])
    assert bench.alive() == ["a", "b"]
    stack.destroy(target=[thing("a")], target_dependents=True)
    assert bench.alive() == []


def test_what_is_excluded_keeps_what_it_needs(bench: Bench) -> None:
    """Excluding a thing from a destroy keeps what it depends on, and nothing else."""
    bench.program('a = Thing("a", value="v"); Thing("b", value=a.echo); Thing("c", value="v")')
    stack = bench.stack()
    stack.up()
    done = bench.command("destroy", "--yes", "--skip-preview", "--exclude", thing("b"), "--stack", "dev")
    assert done.returncode == 0, done.stdout + done.stderr
    assert bench.alive() == ["a", "b"]
    stack.destroy()
    assert bench.alive() == []
    assert bench.resources() == {}


def test_what_left_the_program_goes_with_its_target_only(bench: Bench) -> None:
    """A targeted update deletes what the program no longer has only if it is a target."""
    bench.program('Thing("a", value="v"); Thing("b", value="v")')
    stack = bench.stack()
    stack.up()
    bench.program("")
    stack.up(target=[thing("a")])
    assert bench.alive() == ["b"]


def test_a_dependent_deleted_for_a_target_is_made_again(bench: Bench) -> None:
    """Delete-before-replace takes a dependent along that is no target; it is there again as it was."""
    text = 'a = Thing("a", value="v", singular="{0}"); Thing("b", immutable=a.id)'
    bench.program(text.format("x"))
    stack = bench.stack()
    stack.up()
    before = bench.resources()[thing("a")]["id"]
    bench.calls()
    bench.program(text.format("y"))
    stack.up(target=[thing("a")])
    starts = [line.replace(" start", "") for line in bench.calls() if " start " in line]
    assert starts == ["delete b", "delete a", "create a", "create b"]
    assert json.loads(bench.thing_file("b").read_text())["immutable"] == before
    stack.up()
    after = bench.resources()[thing("a")]["id"]
    assert json.loads(bench.thing_file("b").read_text())["immutable"] == after != before


def test_what_a_targeted_destroy_leaves_is_told(bench: Bench) -> None:
    """What stays is counted as unchanged; targets and exclusions at once are refused."""
    bench.program('a = Thing("a", value="v"); Thing("b", value=a.echo); Thing("c", value="v")')
    bench.stack().up()
    both = bench.command("destroy", "--yes", "--skip-preview", "--target", thing("b"), "--exclude", thing("a"), "--stack", "dev")
    assert both.returncode != 0
    assert "if any flags in the group [target exclude] are set none of the others can be" in both.stdout + both.stderr
    done = bench.stack().destroy(target=[thing("b")])
    assert done.summary.resource_changes == {"delete": 1, "same": 3}
    assert bench.alive() == ["a", "c"]
