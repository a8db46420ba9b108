"""What programs do that few programs do."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from typing import TYPE_CHECKING

import pulumi.automation as auto
import pytest
from integration.engine.bench import thing
from integration.waiting import until

if TYPE_CHECKING:
    from integration.engine.bench import Bench


def up(bench: Bench) -> tuple[int, str]:
    done = bench.command("up", "--yes", "--skip-preview", "--stack", "dev")
    return done.returncode, done.stdout + done.stderr


def operations(events: list[auto.events.EngineEvent]) -> set[tuple[str, str]]:
    done = [event.res_outputs_event.metadata for event in events if event.res_outputs_event]
    return {(step.op.value, step.urn.rpartition("::")[2]) for step in done if "Thing" in step.type}


@pytest.mark.parametrize("end", ['raise Exception("boom")', 'Thing("n", fail="create")'])
def test_outputs_of_a_run_that_fails(bench: Bench, end: str) -> None:
    """What it exported is kept; what it did not come to stays what it was."""
    bench.program('pulumi.export("e", 1)\npulumi.export("s", pulumi.Output.secret("x"))\n')
    bench.stack().up()
    bench.program(f'pulumi.export("e", 2)\n{end}\n')
    code, _ = up(bench)
    assert code == 1
    outputs = bench.stack().outputs()
    assert {key: output.value for key, output in outputs.items()} == {"e": 2, "s": "x"}
    assert outputs["s"].secret
    bench.program('pulumi.export("e", 3)\n')
    bench.stack().up()
    assert set(bench.stack().outputs()) == {"e"}


def test_an_error_that_is_logged_and_not_raised(bench: Bench) -> None:
    """It is shown and counted, and the run goes on and succeeds."""
    bench.program('pulumi.log.error("bad thing"); Thing("a", value=1)\n')
    bench.stack()
    code, said = up(bench)
    assert code == 0
    assert "error: bad thing" in said
    assert "1 errored" in said
    assert bench.alive() == ["a"]


def test_a_transform_that_raises(bench: Bench) -> None:
    """The registration fails, which the program may catch; the engine goes on."""
    text = 'def refuse(args):\n    if args.name == "a":\n        raise ValueError("no good")\n'
    text += 'pulumi.runtime.register_resource_transform(refuse)\nThing("b", value=1)\na = Thing("a", value=1)\n'
    bench.program(text)
    bench.stack()
    code, said = up(bench)
    assert code == 1
    assert "invoke transform: rpc error: code = Unknown desc = Invoke callback" in said
    assert "no good" in said


def test_what_was_registered_before_the_program_failed(bench: Bench) -> None:
    """It is done all the same, even if the program has ended by then, and nothing else is said."""
    text = 'def refuse(args):\n    raise ValueError("no good")\n'
    text += 'Thing("a", Opts(transforms=[refuse]), value=1); Thing("b", value=1)\n'
    bench.program(text)
    bench.stack()
    code, said = up(bench)
    assert code == 1
    assert "no good" in said
    assert "could not read plugin" not in said
    assert bench.alive() == ["b"]
    assert thing("b") in bench.resources()


def test_a_package_that_nobody_has(bench: Bench) -> None:
    """The run has failed, also where the program catches it; the provider is named."""
    call = 'try:\n    pulumi.runtime.invoke("nosuch:index:f", {})\nexcept Exception:\n    pass\n'
    bench.program(call + 'Thing("a", value=1)\n')
    bench.stack()
    code, said = up(bench)
    assert code == 1
    assert "pulumi:providers:nosuch (default)" in said
    assert "pulumi-resource-nosuch" in said
    assert bench.alive() == []


def test_large_whole_numbers(bench: Bench) -> None:
    """As Go's JSON writes them: digits below 1e21, never with a point."""
    bench.program('Thing("a", value=[2**53, 2**53 + 2, -2**60, 10**20, 1e21, 1e300, 0.1])\npulumi.export("o", 2**62)\n')
    bench.stack().up()
    written = (bench.folder / "state/.pulumi/stacks/conf/dev.json").read_text()
    numbers = "[9007199254740992,9007199254740994,-1152921504606847000,100000000000000000000,1e+21,1e+300,0.1]"
    assert numbers in "".join(written.split())
    assert bench.command("stack", "output", "o", "--stack", "dev").stdout.strip() == "4611686018427388000"
    assert bench.stack().up(expect_no_changes=True).summary.result == "succeeded"


@pytest.mark.parametrize("number", ["nan", "inf"])
def test_what_is_no_number_names_its_resource(bench: Bench, number: str) -> None:
    bench.program(f'Thing("a", value=float("{number}"))\n')
    bench.stack()
    code, said = up(bench)
    assert code == 1
    assert "conformance:index:Thing (a):\n" in said
    assert "Fail to serialize" in said


def test_the_same_name_twice(bench: Bench) -> None:
    bench.program('Thing("a", value=1); Thing("a", value=2)\n')
    bench.stack()
    code, said = up(bench)
    assert code == 1
    assert "conformance:index:Thing (a):\n" in said
    assert f"Duplicate resource URN '{thing('a')}'; try giving it a unique name" in said
    assert "could not read plugin" not in said


def test_threads_of_the_program_are_waited_for(bench: Bench) -> None:
    """Unless they are daemons, as the interpreter does."""
    text = 'import threading, time\ndef late():\n    time.sleep(1)\n    open("done", "w").close()\n'
    text += "threading.Thread(target=late).start()\nthreading.Thread(target=lambda: time.sleep(600), daemon=True).start()\n"
    bench.program(text)
    bench.stack().up()
    assert (bench.project / "done").exists()


def test_a_folder_without_a_program(bench: Bench) -> None:
    """Under `--json` that is said in JSON."""
    bench.program("")
    bench.stack()
    (bench.project / "__main__.py").unlink()
    done = bench.command("preview", "--json", "--stack", "dev")
    assert done.returncode == 1
    [said] = json.loads(done.stdout)["diagnostics"]
    assert said["message"] == f"error: unable to find main python program `__main__.py` in `{bench.project}`\n"
    project = json.loads((bench.project / "Pulumi.yaml").read_text())
    bench.settings({**project, "main": "nowhere"})
    done = bench.command("preview", "--json", "--stack", "dev")
    assert (done.returncode, json.loads(done.stdout)) == (1, {})
    assert f"project 'main' could not be read: stat {bench.project / 'nowhere'}: no such file or directory" in done.stderr


def test_an_interrupted_update_ends_with_one(bench: Bench) -> None:
    """What is in flight is finished and on record."""
    bench.program('Thing("a", seconds=3)\n')
    bench.stack()
    command = [str(bench.root / "bin" / "pulumi"), "--non-interactive", "up", "--yes", "--skip-preview", "--stack", "dev"]
    environment = {**os.environ, **bench.environment}
    running = subprocess.Popen(command, cwd=bench.project, env=environment, stdout=subprocess.PIPE, start_new_session=True)
    calls = bench.things / "calls.log"
    until(lambda: calls.exists() and "create start a" in calls.read_text(), "nothing was created")
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=60)
    assert running.returncode == 1
    assert thing("a") in bench.resources()


def test_changes_that_were_not_expected(bench: Bench) -> None:
    """They fail a preview; a command that changes the stack says so when it has, with 7."""
    bench.program('Thing("a", value=1)\n')
    bench.stack()
    assert bench.command("preview", "--expect-no-changes", "--stack", "dev").returncode == 7
    assert bench.alive() == []
    assert bench.command("up", "--yes", "--expect-no-changes", "--stack", "dev").returncode == 7
    assert bench.alive() == ["a"]
    assert bench.command("up", "--yes", "--expect-no-changes", "--stack", "dev").returncode == 0


def test_refresh_of_a_target(bench: Bench) -> None:
    """The target alone: not the stack, nor the provider."""
    bench.program('Thing("a", value=1); Thing("b", value=2)\n')
    bench.stack().up()
    bench.calls()
    events: list[auto.events.EngineEvent] = []
    assert bench.stack().refresh(target=[thing("a")], on_event=events.append).summary.resource_changes == {"same": 1}
    assert bench.calls() == ["read start a", "read end a"]
    announced = {event.resource_pre_event.metadata.urn for event in events if event.resource_pre_event}
    assert announced == {thing("a")}


def test_an_update_that_refreshes_first(bench: Bench) -> None:
    """What the refresh finds is the base that the update starts from, and is called no change of the update's."""
    bench.program('Thing("a", value=1); Thing("b", value=2)\n')
    bench.stack().up()
    state = json.loads(bench.thing_file("a").read_text())
    bench.thing_file("a").write_text(json.dumps({**state, "value": 7, "echo": 7}))
    events: list[auto.events.EngineEvent] = []
    changes = bench.stack().up(refresh=True, on_event=events.append).summary.resource_changes
    assert changes == {"same": 2, "update": 1}
    assert operations(events) == {("refresh", "a"), ("refresh", "b"), ("update", "a"), ("same", "b")}
