"""A resource that had another name: one takes its place, and only one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from integration.engine.bench import thing

if TYPE_CHECKING:
    from integration.engine.bench import Bench

UP = ("up", "--yes", "--skip-preview", "--stack", "dev")


@pytest.fixture
def stack(bench: Bench) -> Bench:
    """A stack with one thing, a."""
    bench.program('Thing("a", value=1)\n')
    bench.stack().up()
    bench.calls()
    return bench


@pytest.mark.parametrize("alias", ['pulumi.Alias(name="a")', f'"{thing("a")}"'])
def test_a_renamed_resource_stays(stack: Bench, alias: str) -> None:
    """The record has the new name alone."""
    stack.program(f'Thing("b", value=1, opts=Opts(aliases=[{alias}]))\n')
    assert stack.command(*UP).returncode == 0
    assert "aliases" not in stack.resources()[thing("b")]
    assert thing("a") not in stack.resources()
    assert stack.alive() == ["a"]


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (
            'Thing("c", value=1, opts=Opts(depends_on=[b], aliases=[pulumi.Alias(name="a")]))',
            f"Duplicate resource alias '{thing('a')}' applied to resource with URN '{thing('c')}' conflicting",
        ),
        (
            'Thing("a", value=1, opts=Opts(depends_on=[b]))',
            f"Duplicate resource URN '{thing('a')}' conflicting with alias on resource with URN '{thing('b')}'",
        ),
    ],
)
def test_two_cannot_both_be_it(stack: Bench, second: str, said: str) -> None:
    """Whoever comes second is refused, also in a preview; nothing is made or deleted instead."""
    stack.program(f'b = Thing("b", value=1, opts=Opts(aliases=[pulumi.Alias(name="a")]))\n{second}\n')
    for command in (("preview", "--stack", "dev"), UP):
        refused = stack.command(*command)
        assert refused.returncode != 0
        assert said in refused.stdout + refused.stderr
    assert stack.alive() == ["a"]


def test_one_that_is_there_under_its_own_name_is_no_other_ones_past(stack: Bench) -> None:
    """An alias to what the program has as well."""
    stack.program('a = Thing("a", value=1)\nThing("b", value=1, opts=Opts(depends_on=[a], aliases=[pulumi.Alias(name="a")]))\n')
    refused = stack.command(*UP)
    assert refused.returncode != 0
    assert (
        f"Duplicate resource alias '{thing('a')}' applied to resource with URN '{thing('b')}'" in refused.stdout + refused.stderr
    )
    assert stack.alive() == ["a"]
