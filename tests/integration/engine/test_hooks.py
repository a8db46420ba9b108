"""Resource hooks: functions of the program around what is done to its resources."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi.automation as auto
import pytest
from integration.engine.bench import thing, urn

if TYPE_CHECKING:
    from integration.engine.bench import Bench

HOOKS = """
import os
from pulumi import ErrorHook, ResourceHook, ResourceHookBinding, ResourceHookOptions

def note(kind):
    def hook(args):
        sides = (args.old_inputs, args.new_inputs, args.old_outputs, args.new_outputs)
        told = [str(side and side.get("value", side.get("echo"))) for side in sides]
        with open(os.path.join(os.environ["CONFORMANCE_DIR"], "hooks.log"), "a") as log:
            log.write(" ".join([kind, args.name, "id" if args.id else "-", *told]) + "\\n")
        if os.environ.get("FAILING") == kind:
            raise ValueError("no luck")
    return hook

KINDS = ["before_create", "after_create", "before_update", "after_update", "before_delete", "after_delete"]
def binding(**options):
    return ResourceHookBinding(**{
        kind: [ResourceHook(kind, note(kind), opts=ResourceHookOptions(**options) if options else None)] for kind in KINDS
    })
"""


def noted(bench: Bench) -> list[str]:
    """What the hooks have noted since the last time."""
    log = bench.things / "hooks.log"
    lines = log.read_text().splitlines() if log.exists() else []
    log.write_text("")
    return lines


def up(bench: Bench, **environment: str) -> str:
    """Update; what was shown if it failed."""
    done = bench.command("up", "--stack", "dev", "--yes", "--skip-preview", environment=environment)
    return done.stdout + done.stderr if done.returncode else ""


def test_hooks_run_around_every_step(bench: Bench) -> None:
    """With what was and what will be; those of a deletion while the program waits for it."""
    bench.program(HOOKS + 'Thing("a", Opts(hooks=binding()), value="one")\n')
    bench.stack()
    assert up(bench) == ""
    assert noted(bench) == ["before_create a - None one None None", "after_create a id None one None one"]
    assert bench.resources()[thing("a")]["resourceHooks"]["AfterUpdate"] == ["after_update"]
    bench.program(HOOKS + 'Thing("a", Opts(hooks=binding()), value="two")\n')
    assert up(bench) == ""
    assert noted(bench) == ["before_update a id one two one None", "after_update a id one two one two"]
    assert up(bench) == ""
    assert noted(bench) == []
    bench.program(HOOKS + "binding()\n")
    assert up(bench) == ""
    assert noted(bench) == ["before_delete a id two None two None", "after_delete a id two None two None"]
    assert bench.alive() == []


def test_hooks_of_a_replacement_are_those_of_its_parts(bench: Bench) -> None:
    """A creation that knows of nothing before it, then a deletion."""
    bench.program(HOOKS + 'Thing("a", Opts(hooks=binding()), value=1, immutable=1)\n')
    bench.stack()
    up(bench)
    noted(bench)
    bench.program(HOOKS + 'Thing("a", Opts(hooks=binding()), value=2, immutable=2)\n')
    assert up(bench) == ""
    assert [line.split()[0] for line in noted(bench)] == ["before_create", "after_create", "before_delete", "after_delete"]


def test_a_component_is_created_when_its_outputs_are_there(bench: Bench) -> None:
    """What comes after it comes after what is inside it."""
    bench.program(HOOKS + 'Box("b", 1, Opts(hooks=binding()))\n')
    bench.stack()
    assert up(bench) == ""
    assert [line.split()[:2] for line in noted(bench)] == [["before_create", "b"], ["after_create", "b"]]
    assert bench.resources()[urn("conf:index:Box", "b")]["outputs"] == {"echo": 1}


@pytest.mark.parametrize(("options", "count"), [("", 0), ("on_dry_run=True", 1)])
def test_a_preview_runs_the_hooks_that_ask_for_it(bench: Bench, options: str, count: int) -> None:
    """The others wait for the update."""
    bench.program(HOOKS + f'Thing("a", Opts(hooks=binding({options})), value=1)\n')
    bench.stack().preview()
    assert [line.split()[0] for line in noted(bench)] == ["before_create", "after_create"][: 2 * count]
    assert bench.alive() == []


def test_a_hook_that_fails_before_a_step_prevents_it(bench: Bench) -> None:
    """Nothing was done, so nothing is on record."""
    bench.program(HOOKS + 'Thing("a", Opts(hooks=binding()), value="one")\n')
    bench.stack()
    assert 'before hook "before_create" failed: no luck' in up(bench, FAILING="before_create")
    assert bench.alive() == []
    assert thing("a") not in bench.resources()


def test_a_hook_that_fails_after_a_step_fails_the_run(bench: Bench) -> None:
    """What was done stays done, and on record; what would have come after is not begun."""
    bench.program(HOOKS + 'a = Thing("a", Opts(hooks=binding()), value="one"); Thing("b", value=a.echo)\n')
    bench.stack()
    assert 'after hook "after_create" failed: no luck' in up(bench, FAILING="after_create")
    assert bench.alive() == ["a"]
    assert thing("a") in bench.resources()
    assert "pending_operations" not in bench.deployment()


@pytest.mark.parametrize("kind", ["BeforeCreate", "AfterCreate"])
def test_a_hook_whose_errors_are_ignored_warns(bench: Bench, kind: str) -> None:
    """The step is done all the same."""
    bench.program(HOOKS + 'Thing("a", Opts(hooks=binding(ignore_errors=True)), value=1)\n')
    bench.stack()
    name = "before_create" if kind == "BeforeCreate" else "after_create"
    done = bench.command("up", "--stack", "dev", "--yes", "--skip-preview", environment={"FAILING": name})
    assert done.returncode == 0
    assert f'{kind} hook "{name}" failed: no luck' in done.stdout + done.stderr
    assert bench.alive() == ["a"]


def test_a_destroy_needs_the_program_for_hooks(bench: Bench) -> None:
    """It says so, and deletes nothing; with the program it runs them."""
    bench.program(HOOKS + 'Thing("a", Opts(hooks=binding()), value="one"); Thing("b", value=1)\n')
    bench.stack()
    up(bench)
    noted(bench)
    with pytest.raises(auto.errors.CommandError, match="You must run with the `--run-program` flag"):
        bench.stack().destroy()
    assert bench.alive() == ["a", "b"]
    # Neither what the program would add now nor what it would change is done.
    bench.program(HOOKS + 'Thing("a", Opts(hooks=binding()), value="two"); Thing("c", value=1)\n')
    bench.calls()
    bench.stack().destroy(run_program=True)
    assert noted(bench) == ["before_delete a id one None one None", "after_delete a id one None one None"]
    assert sorted(line for line in bench.calls() if "end" in line and not line.startswith(("check", "diff"))) == [
        "delete end a", "delete end b",
    ]  # fmt: skip
    assert bench.alive() == []
    assert bench.rows() == []


def test_a_hook_that_is_not_there_is_no_reason_to_go_on(bench: Bench) -> None:
    """A program that drops a resource and its hook at once would skip what the hook is for."""
    bench.program(HOOKS + 'Thing("a", Opts(hooks=binding()), value="one")\n')
    bench.stack()
    up(bench)
    bench.program('Thing("z", value=1)\n')
    assert 'hook "before_delete" was not registered' in up(bench)
    assert "a" in bench.alive()


def test_an_error_hook_decides_whether_to_try_again(bench: Bench) -> None:
    """As often as it says; it is told what went wrong so far, the latest first."""
    bench.program(
        HOOKS
        + """
def again(args):
    note(f"{args.failed_operation}-{len(args.errors)}")(type("A", (), dict(
        name=args.name, id=args.id, old_inputs=args.old_inputs, new_inputs=args.new_inputs, old_outputs=None, new_outputs=None)))
    return len(args.errors) < 3
Thing("a", Opts(hooks=ResourceHookBinding(on_error=[ErrorHook("again", again)])), value=1, fail="create")
"""
    )
    bench.stack()
    said = up(bench)
    assert "retrying create due to on-error hook request (2/100)" in said
    assert [line.split()[0] for line in noted(bench)] == ["create-1", "create-2", "create-3"]
    assert bench.calls().count("create failed a") == 3
    assert bench.alive() == []


def test_a_dynamic_provider_is_refused_by_name(embedded: Bench) -> None:
    """What to do instead is said, and is true: nothing could be declared or put on PATH for it."""
    embedded.program(
        "from pulumi import dynamic\nclass P(dynamic.ResourceProvider):\n    pass\n"
        'class R(dynamic.Resource, module="m", name="R"):\n    pass\nR(P(), "d", {})\n'
    )
    embedded.stack()
    assert "dynamic providers (pulumi.dynamic) are outside the embedded engine" in up(embedded)
