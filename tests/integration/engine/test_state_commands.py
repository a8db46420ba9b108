"""`pulumi state`: the record is changed, and nothing that it stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from integration.engine.bench import thing

if TYPE_CHECKING:
    from integration.engine.bench import Bench

PROGRAM = 'a = Thing("a", Opts(protect=True), value=1); Thing("b", Opts(depends_on=[a]), value=a.echo); Thing("c", value=1)\n'


@pytest.fixture
def stack(bench: Bench) -> Bench:
    bench.program(PROGRAM)
    bench.stack().up()
    bench.calls()
    return bench


def state(bench: Bench, *words: str) -> tuple[int, str]:
    done = bench.command("state", *words, "--yes", "--stack", "dev")
    assert bench.calls() == []
    return done.returncode, done.stdout + done.stderr


def test_unprotect_as_the_refusal_says(stack: Bench) -> None:
    """Then the destroy that was refused goes through."""
    assert stack.command("destroy", "--yes", "--skip-preview", "--target", thing("c"), "--stack", "dev").returncode == 0
    refused = stack.command("destroy", "--yes", "--skip-preview", "--stack", "dev")
    assert f"`pulumi state unprotect '{thing('a')}'`" in refused.stdout + refused.stderr
    stack.calls()
    code, said = state(stack, "unprotect", thing("a"))
    assert code == 0
    assert "1 resources unprotected" in said
    assert "protect" not in stack.resources()[thing("a")]
    stack.stack().destroy()
    assert stack.alive() == []


def test_all(stack: Bench) -> None:
    assert state(stack, "protect", "--all")[0] == 0
    assert all(row["protect"] for row in stack.rows())
    assert state(stack, "unprotect", "--all")[0] == 0
    assert not any(row.get("protect") for row in stack.rows())


def test_delete(stack: Bench) -> None:
    """Not what others depend on, nor what is protected, unless that is said; the things themselves stay."""
    code, said = state(stack, "delete", thing("a"))
    assert code == 1
    assert "can't be safely deleted" in said
    assert len(stack.resources()) == 5
    code, said = state(stack, "delete", thing("a"), "--target-dependents")
    assert (code, "because it is protected" in said) == (1, True)
    code, said = state(stack, "delete", thing("a"), "--target-dependents", "--force")
    assert code == 0, said
    assert {thing("a"), thing("b")} & stack.resources().keys() == set()
    assert stack.alive() == ["a", "b", "c"]
    code, said = state(stack, "delete", thing("c"))
    assert (code, "Resource deleted" in said) == (0, True)


def test_rename(stack: Bench) -> None:
    """Whatever refers to it follows: the program with the new name finds nothing to do."""
    assert state(stack, "rename", thing("a"), "renamed")[0] == 0
    assert thing("renamed") in stack.resources()
    assert stack.resources()[thing("b")]["dependencies"] == [thing("renamed")]
    stack.program(PROGRAM.replace('Thing("a"', 'Thing("renamed"'))
    assert stack.stack().preview().change_summary == {"same": 4}
    code, said = state(stack, "rename", thing("c"), "b")
    assert (code, "already existing resource" in said) == (1, True)


@pytest.mark.parametrize("words", [["unprotect"], ["delete"], ["rename", "NEW"]])
def test_what_is_not_there(stack: Bench, words: list[str]) -> None:
    """It is named, and nothing is changed."""
    before = stack.deployment()
    code, said = state(stack, words[0], thing("nobody"), *words[1:])
    assert code == 1
    assert f'No such resource "{thing("nobody")}" exists in the current state' in said
    assert stack.deployment() == before
