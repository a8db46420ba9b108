"""Configuration, secrets, outputs, history, exports: what is kept, and what is shown of it."""

from __future__ import annotations

import json

import pulumi.automation as auto
import pytest
from integration.engine.bench import PREFIX, Bench, thing
from pulumi.automation.errors import CommandError

QANARY = "qanary-hunter2"


def everything_written(bench: Bench) -> str:
    """All text of the backend and of the configuration."""
    files = [*(bench.folder / "state").rglob("*.json"), *bench.project.glob("Pulumi.*.yaml")]
    return "\n".join(path.read_text() for path in files)


def test_a_secret_is_never_in_clear(bench: Bench) -> None:
    """From standard input into configuration, a resource, an output and the events: always masked or encrypted."""
    bench.program(
        'pw = pulumi.Config().require_secret("pw")\n'
        'a = Thing("a", value="v", password=pw)\n'
        'pulumi.export("pw", a.password)\n'
        'pulumi.export("derived", pulumi.Output.concat("x-", pw))\n'
        'pw.apply(lambda text: print(f"the password is {text}"))'
    )
    stack = bench.stack()
    done = bench.command("config", "set", "--secret", "pw", "--stack", "dev", text=QANARY + "\n")
    assert done.returncode == 0, done.stderr
    events: list[str] = []
    result = stack.up(on_event=lambda event: events.append(json.dumps(event, default=lambda item: item.__dict__)))
    assert QANARY not in everything_written(bench)
    assert QANARY not in result.stdout + result.stderr + "".join(events)
    assert result.outputs["pw"].value == QANARY
    assert result.outputs["pw"].secret
    assert result.outputs["derived"].value == f"x-{QANARY}"
    assert json.loads(bench.thing_file("a").read_text())["password"] == QANARY
    assert stack.up(expect_no_changes=True).summary.result == "succeeded"
    shown = bench.command("stack", "output", "--json", "--stack", "dev").stdout
    assert json.loads(shown)["pw"] == "[secret]"


def test_a_secret_inside_structured_configuration_is_masked(bench: Bench) -> None:
    """Each secret leaf is masked for itself: programs print leaves."""
    bench.program(
        'db = pulumi.Config().require_secret_object("db")\n'
        'db.apply(lambda d: print("the password is", d["password"], "of", d["users"][0]["pin"], "at", d["host"]))'
    )
    stack = bench.stack()
    for key, value in (("db.password", QANARY), ("db.users[0].pin", "qanary-471147")):
        done = bench.command("config", "set", "--path", "--secret", key, value, "--stack", "dev")
        assert done.returncode == 0, done.stderr
    stack.set_config("db.host", auto.ConfigValue("db.example"), path=True)
    events: list[str] = []
    result = stack.up(on_event=lambda event: events.append(json.dumps(event, default=lambda item: item.__dict__)))
    shown = result.stdout + result.stderr + "".join(events)
    assert "the password is [secret] of [secret] at db.example" in shown
    assert "qanary" not in shown + everything_written(bench)


def test_configuration_commands(bench: Bench) -> None:
    """Set, get, list and remove, plain, secret and by path, as the API does them."""
    bench.program('c = pulumi.Config(); pulumi.export("all", [c.get("name"), c.get_object("deep"), c.get_bool("flag")])')
    stack = bench.stack()
    stack.set_config("name", auto.ConfigValue("plain"))
    stack.set_config("deep.list[0].x", auto.ConfigValue("1"), path=True)
    stack.set_all_config({"flag": auto.ConfigValue("true"), "other:token": auto.ConfigValue(QANARY, secret=True)})
    stack.set_config("gone", auto.ConfigValue("x"))
    stack.remove_config("gone")
    values = stack.get_all_config()
    assert {key: (item.value, item.secret) for key, item in values.items()} == {
        "conf:name": ("plain", False),
        "conf:deep": ('{"list":[{"x":1}]}', False),
        "conf:flag": ("true", False),
        "other:token": (QANARY, True),
    }
    assert stack.get_config("deep.list[0].x", path=True).value == "1"
    with pytest.raises(CommandError, match="configuration key 'gone' not found for stack 'dev'"):
        stack.get_config("gone")
    assert stack.up().outputs["all"].value == ["plain", {"list": [{"x": 1}]}, True]
    stack.set_all_config_json(json.dumps({"conf:name": {"value": "again", "secret": False}}))
    assert stack.get_config("name").value == "again"
    stack.remove_all_config(["name", "other:token"])
    assert set(stack.get_all_config()) == {"conf:deep", "conf:flag"}
    assert QANARY not in everything_written(bench)


def test_declared_configuration(bench: Bench) -> None:
    """Defaults of Pulumi.yaml reach the program; what is declared without one must be set."""
    settings = json.loads((bench.project / "Pulumi.yaml").read_text())
    bench.settings({**settings, "config": {"size": {"type": "integer", "default": 3}, "must": {"type": "string"}}})
    bench.program('c = pulumi.Config(); pulumi.export("size", c.require_int("size"))')
    stack = bench.stack()
    with pytest.raises(CommandError, match="must"):
        stack.preview()
    stack.set_config("must", auto.ConfigValue("there"))
    assert stack.up().outputs["size"].value == 3


def test_history(bench: Bench) -> None:
    """Newest first, with message, result, counts and pages."""
    bench.program('Thing("a", value="v")')
    stack = bench.stack()
    stack.up(message="the first")
    stack.refresh(message="a look")
    stack.destroy(message="the end")
    history = stack.history()
    assert [(item.kind, item.message, item.result) for item in history] == [
        ("destroy", "the end", "succeeded"),
        ("refresh", "a look", "succeeded"),
        ("update", "the first", "succeeded"),
    ]
    assert history[2].resource_changes == {"create": 2}
    assert [item.message for item in stack.history(page_size=1, page=2)] == ["a look"]


def test_refresh_takes_drift_over(bench: Bench) -> None:
    """What changed outside is on record after a refresh; what is gone is made again by the next update."""
    bench.program('Thing("a", value="one"); Thing("b", value="one")')
    stack = bench.stack()
    stack.up()
    file = bench.thing_file("a")
    file.write_text(json.dumps({**json.loads(file.read_text()), "value": "drifted", "echo": "drifted"}))
    bench.thing_file("b").unlink()
    assert stack.preview_refresh().change_summary == {"delete": 1, "update": 1, "same": 1}
    assert thing("b") in bench.resources()
    stack.refresh()
    assert bench.resources()[thing("a")]["outputs"]["value"] == "drifted"
    assert thing("b") not in bench.resources()
    assert stack.up().summary.resource_changes == {"create": 1, "same": 1, "update": 1}
    bench.thing_file("a").unlink()
    assert stack.up(refresh=True).summary.resource_changes.get("create") == 1


def test_import_by_option_and_by_command(bench: Bench) -> None:
    """A thing made by hand becomes the stack's, with nothing called but a read."""
    (bench.things / "hand-1.json").write_text(json.dumps({"value": "v", "echo": "v"}))
    (bench.things / "other-1.json").write_text(json.dumps({"value": "w", "echo": "w"}))
    bench.program('Thing("hand", Opts(import_="hand-1"), value="v")')
    stack = bench.stack()
    assert stack.up().summary.resource_changes == {"create": 1, "import": 1}
    stack.import_resources(
        resources=[{"type": "conformance:index:Thing", "name": "other", "id": "other-1"}],
        generate_code=False,
        protect=False,
    )
    assert bench.resources()[thing("other")]["id"] == "other-1"
    assert not [line for line in bench.calls() if not line.startswith("read")]
    bench.program('Thing("hand", value="v"); Thing("other", value="w")')
    stack.up(expect_no_changes=True)


def test_export_and_import(bench: Bench) -> None:
    """An exported deployment, edited and imported, is what the next run sees."""
    bench.program('Thing("a", value="v")')
    stack = bench.stack()
    stack.up()
    state = stack.export_stack()
    assert state.version == 3
    state.deployment["resources"] = [row for row in state.deployment["resources"] if row["urn"] != thing("a")]
    stack.import_stack(state)
    assert stack.preview().change_summary == {"create": 1, "same": 1}


def test_a_stack_reference_reads_another_stack(bench: Bench) -> None:
    """Outputs of another stack, secrets staying secret."""
    bench.program('pulumi.export("x", "shared"); pulumi.export("s", pulumi.Output.secret("hidden"))')
    bench.stack().up()
    bench.program(
        'other = pulumi.StackReference("organization/conf/dev")\n'
        'pulumi.export("x", other.require_output("x")); pulumi.export("s", other.require_output("s"))'
    )
    workspace = bench.stack().workspace
    stack = auto.Stack.create_or_select("second", workspace)
    outputs = stack.up().outputs
    assert outputs["x"].value == "shared"
    assert (outputs["s"].value, outputs["s"].secret) == ("hidden", True)


def test_a_function_call(bench: Bench) -> None:
    """An invoke reaches the provider, with the answer as an output."""
    bench.program('r = pulumi.runtime.invoke_output("conformance:index:shout", {"text": "hey"})\npulumi.export("r", r["text"])')
    assert bench.stack().up().outputs["r"].value == "HEY"


def test_get_reads_without_owning(bench: Bench) -> None:
    """A thing that is read is external: it is not deleted with the stack."""
    (bench.things / "theirs-1.json").write_text(json.dumps({"value": "v", "echo": "v"}))
    bench.program('pulumi.export("echo", Thing("theirs", Opts(id="theirs-1")).echo)')
    stack = bench.stack()
    assert stack.up().outputs["echo"].value == "v"
    assert bench.resources()[thing("theirs")]["external"] is True
    stack.destroy()
    assert bench.alive() == ["theirs"]


def test_removing_a_stack(bench: Bench) -> None:
    """A stack with resources is kept unless forced; its files go with it."""
    bench.program('Thing("a", value="v")')
    stack = bench.stack()
    stack.up()
    with pytest.raises(CommandError, match="still has resources"):
        stack.workspace.remove_stack("dev")
    stack.destroy()
    stack.workspace.remove_stack("dev")
    assert stack.workspace.list_stacks() == []
    assert not list((bench.folder / "state").rglob("dev.json"))


def test_events_are_those_of_the_real_engine(bench: Bench) -> None:
    """Every step has its two events, in the shapes the API reads."""
    bench.program('Thing("a", value="v")')
    seen: list[auto.EngineEvent] = []
    bench.stack().up(on_event=seen.append)
    before = [item.resource_pre_event.metadata for item in seen if item.resource_pre_event]
    after = [item.res_outputs_event.metadata for item in seen if item.res_outputs_event]
    assert {(item.op.value, item.urn) for item in before} == {(item.op.value, item.urn) for item in after}
    assert {item.urn.removeprefix(PREFIX) for item in before} >= {"conformance:index:Thing::a"}
    assert next(item for item in after if item.urn == thing("a")).new.outputs == {"value": "v", "echo": "v"}
    assert next(item for item in seen if item.summary_event).summary_event.resource_changes == {"create": 2}
    assert seen[-1].cancel_event is not None
    assert [item.sequence for item in seen] == sorted({item.sequence for item in seen})
