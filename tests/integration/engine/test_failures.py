"""`--continue-on-error`: what goes on after a failure and what does not, on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from integration.engine.bench import thing
from pulumi.automation.errors import CommandError

if TYPE_CHECKING:
    from integration.engine.bench import Bench

SLOW = 'Thing("c", Opts(depends_on=[Thing("s", value=1, seconds=1)]), value=1)'
"""Something that is begun only when the failure has long happened."""


def test_a_program_that_raises_deletes_nothing(bench: Bench) -> None:
    """What the program did not come to is not what it no longer has."""
    bench.program('Thing("a", value="v"); Thing("z", value="v")')
    stack = bench.stack()
    stack.up()
    bench.program('Thing("a", value="v")\nraise ValueError("boom")')
    with pytest.raises(CommandError, match="boom"):
        stack.up(continue_on_error=True)
    assert bench.alive() == ["a", "z"]


def test_a_failed_step_does_not_keep_what_the_program_no_longer_has(bench: Bench) -> None:
    """The program came to its end, so what it left out is deleted."""
    bench.program('Thing("z", value="v")')
    stack = bench.stack()
    stack.up()
    bench.program('Thing("a", value="v", fail="create"); Thing("b", value="v")')
    with pytest.raises(CommandError, match="a was told to fail its create"):
        stack.up(continue_on_error=True)
    assert bench.alive() == ["b"]
    assert thing("z") not in bench.resources()


def test_what_is_wrong_before_any_step_ends_the_run(bench: Bench) -> None:
    """Only steps may fail and be gone on after; a check that fails is the program's mistake."""
    bench.program(f'Thing("a", value="v", fail="check")\n{SLOW}')
    with pytest.raises(CommandError, match="told to fail its check"):
        bench.stack().up(continue_on_error=True)
    assert "c" not in bench.alive()


@pytest.mark.parametrize(
    "program",
    [
        'a = Thing("a", value="v", fail="create"); Thing("b", Opts(parent=a), value="v")',
        'a = Thing("a", value="v", fail="create"); b = Thing("b", value=a.echo); Thing("d", Opts(parent=b), value="v")',
        'a = Thing("a", value="v", fail="create"); Thing("b", Opts(depends_on=[a]), value="v")',
    ],
    ids=["child", "child of a dependent", "dependent"],
)
def test_the_rest_is_made(bench: Bench, program: str) -> None:
    """Children and dependents of what failed are left out, and everything else is made."""
    bench.program(f"{program}\n{SLOW}")
    with pytest.raises(CommandError, match="a was told to fail its create") as caught:
        bench.stack().up(continue_on_error=True)
    assert "could not find parent" not in str(caught.value)
    assert bench.alive() == ["c", "s"]


def test_a_read_that_fails_leaves_the_rest(bench: Bench) -> None:
    """What does not exist cannot be read, and everything else is made."""
    bench.program(f'Thing("gone", Opts(id="gone-1"))\n{SLOW}')
    with pytest.raises(CommandError, match="resource 'gone-1' does not exist"):
        bench.stack().up(continue_on_error=True)
    assert bench.alive() == ["c", "s"]
