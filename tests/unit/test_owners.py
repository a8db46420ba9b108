"""An owner is told from a later process with its number, and from one on another machine."""

from __future__ import annotations

import subprocess
import sys
import time

import psutil
import pytest
from unit.runs import dead

from runbook_lib import owners
from runbook_lib.owners import Life, Owner


def test_this_process_is_here() -> None:
    assert Owner.me().life() is Life.HERE


def test_a_process_that_has_ended_is_gone() -> None:
    assert dead().life() is Life.GONE


def test_a_later_process_with_the_same_number_is_another() -> None:
    assert Owner.me().model_copy(update={"began": "1"}).life() is Life.GONE


def test_a_parent_is_alive() -> None:
    ask = "import sys; from runbook_lib.owners import Owner; print(Owner.model_validate_json(sys.argv[1]).life())"
    done = subprocess.run([sys.executable, "-c", ask, Owner.me().model_dump_json()], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "alive"


def test_a_machine_that_started_again_has_none_of_its_processes() -> None:
    assert Owner.me().model_copy(update={"boot": "another"}).life() is Life.GONE


@pytest.mark.parametrize("boot", [{}, {"boot": "another"}], ids=["container", "machine"])
def test_of_another_machine_nobody_can_tell(boot: dict[str, str]) -> None:
    assert Owner.me().model_copy(update={"host": "elsewhere", **boot}).life() is Life.ELSEWHERE


def test_a_zombie_is_gone() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
    owner = Owner.me().model_copy(update={"pid": process.pid, "began": owners._began(process.pid)})
    assert owner.life() is Life.ALIVE
    assert process.stdin
    process.stdin.close()
    deadline = time.monotonic() + 60
    while psutil.Process(process.pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert owner.life() is Life.GONE
    process.wait()
