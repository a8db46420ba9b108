"""The agent that derives a stack's key once: the same key, its owner's alone, and never needed."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from runbook_lib.rehearsal import keys

if TYPE_CHECKING:
    from collections.abc import Iterator

SALT = bytes.fromhex("4af066b2c263e65c")


@pytest.fixture
def derived(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passphrases that a key was derived from in this process, in order."""
    own, found = keys._derived, []

    def noted(salt: bytes, passphrase: str) -> bytes:
        found.append(passphrase)
        return own(salt, passphrase)

    monkeypatch.setattr(keys, "_derived", noted)
    return found


@pytest.fixture
def agent(tmp_path: Path, derived: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[keys.Agent]:
    """One that runs, and that this process asks."""
    assert not derived
    with keys.Agent(tmp_path) as running:
        for name, value in running.env.items():
            monkeypatch.setenv(name, value)
        yield running


def test_who_asks_at_once_and_again_gets_what_was_derived_once(agent: keys.Agent, derived: list[str]) -> None:
    """And it is what a process without an agent derives."""
    with ThreadPoolExecutor(4) as pool:
        answers = {*pool.map(lambda _: keys.derive(SALT, "pass"), range(8))}
    assert derived == ["pass"]
    assert answers == {keys._derived(SALT, "pass")}
    assert keys.derive(SALT, "other") not in answers
    assert keys.derive(b"other", "pass") not in answers
    assert agent.env


def test_only_its_owner_may_ask(agent: keys.Agent) -> None:
    """It is a socket that others cannot connect to."""
    (path,) = agent.env.values()
    assert oct(Path(path).stat().st_mode & 0o777) == "0o600"


def test_an_agent_that_is_gone_is_not_needed(agent: keys.Agent, derived: list[str]) -> None:
    """Whoever needs a key then derives it."""
    agent.stop()
    assert keys.derive(SALT, "pass")
    assert derived == ["pass"]


@pytest.mark.parametrize("answer", [b"", b"short"])
def test_an_answer_that_is_no_key_is_not_taken(answer: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An agent may die while it answers."""
    with socket.socket(socket.AF_UNIX) as listener, ThreadPoolExecutor(1) as pool:
        listener.bind(str(tmp_path / "dying"))
        listener.listen()

        def die() -> None:
            with listener.accept()[0] as asked:
                asked.recv(4096)
                asked.sendall(answer)

        dying = pool.submit(die)
        monkeypatch.setenv(keys.VARIABLE, str(tmp_path / "dying"))
        assert keys.derive(SALT, "pass") == keys._derived(SALT, "pass")
        dying.result()
