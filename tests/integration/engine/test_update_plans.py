"""`preview --save-plan` and `up --plan`: what a plan holds, what exceeds it, and what has changed when it is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from integration.engine.bench import thing
from integration.engine.planned import Planned

if TYPE_CHECKING:
    from pathlib import Path

    from integration.engine.bench import Bench

ONE = 'Thing("a", value="1")'
DRY = "dry = pulumi.runtime.is_dry_run()\n"


@pytest.mark.parametrize(
    ("first", "program"),
    [
        ("", 'a = Thing("a", value="1"); Thing("b", value={"k": [a.echo, "lit"]}); Box("x"); pulumi.export("o", a.echo)'),
        (ONE, 'Thing("a", value="2", password="p")'),
        ('Thing("a", value="1", immutable="1")', 'Thing("a", value="1", immutable="2")'),
        (
            'a = Thing("a", value="1", singular="1"); Thing("b", singular=a.id)',
            'a = Thing("a", value="1", singular="2"); Thing("b", singular=a.id)',
        ),
        ('a = Thing("a", value="1"); Thing("b", value=a.echo)', "pass"),
        (ONE, 'Thing("b", Opts(aliases=[pulumi.Alias(name="a")]), value="2")'),
        (ONE, 'Thing("a", Opts(id="given") if False else None, value="1"); pulumi.export("o", [1, {"k": None}])'),
    ],
    ids=["create", "update", "replace", "replace-delete-first", "delete", "alias", "outputs"],
)
def test_what_was_planned_is_applied(bench: Bench, first: str, program: str) -> None:
    """The same program keeps to its own plan, whatever it does, and leaves what it leaves without a plan."""
    planned = Planned(bench, first, program)
    assert planned.apply() == ""
    bench.calls()
    assert set(planned.stack.up().summary.resource_changes or {}) == {"same"}
    assert bench.calls() == []


def test_a_program_that_asks_for_other_values_in_the_update_is_refused(bench: Bench) -> None:
    """What no preview can see: the state stays as it was."""
    plan = Planned(bench, 'Thing("log", value=7)', DRY + 'Thing("log", value=60 if dry else 3)')
    before = bench.rows()
    assert plan.apply() == f"resource {thing('log')} violates plan: properties changed: ~~value[{{60}}!={{3}}]"
    assert (bench.calls(), bench.rows()) == ([], before)


def test_a_refusal_comes_when_the_resource_does(bench: Bench) -> None:
    """Without a preview of its own an update has done by then what came before, as planned; with one it has done nothing."""
    text = 'a = Thing("a", value="{0}"); Thing("b", Opts(depends_on=[a]), value="{1}")'
    plan = Planned(bench, text.format(1, 1), text.format(2, 2))
    bench.program(text.format(2, 3))
    refused = bench.command("up", "--yes", "--plan", str(plan.plan), "--stack", "dev")
    assert (refused.returncode, "~~value[{2}!={3}]" in refused.stdout) == (1, True), refused.stdout
    assert bench.calls() == []
    assert plan.apply() == f"resource {thing('b')} violates plan: properties changed: ~~value[{{2}}!={{3}}]"
    assert bench.calls() == ["update start a", "update end a"]
    assert [bench.resources()[thing(name)]["inputs"]["value"] for name in "ab"] == ["2", "1"]


def test_what_was_expected_and_not_seen_is_named(bench: Bench) -> None:
    """At the end, when everything else has been done."""
    text = 'a = Thing("a", value="{0}")'
    plan = Planned(bench, text.format(1), text.format(2) + '; Thing("b", value="1")')
    assert plan.apply(text.format(2)) == f"expected resource operations for {thing('b')} but none were seen"
    assert bench.resources()[thing("a")]["inputs"]["value"] == "2"


def test_less_than_planned_is_no_violation(bench: Bench) -> None:
    """What is done already is not done again; a removal that the program takes back is let pass where nothing else changes."""
    plan = Planned(bench, ONE, 'Thing("a", value="2")')
    plan.stack.up()
    bench.calls()
    assert plan.apply() == ""
    taken_back = 'Thing("a", value="2", password="p")'
    bench.program(taken_back)
    plan.stack.up()
    plan = Planned(bench, "", 'Thing("a", value="2")')
    assert plan.apply(taken_back) == ""
    assert bench.calls() == []


def test_stack_outputs_are_part_of_the_plan(bench: Bench) -> None:
    """The real command fails there without a word."""
    plan = Planned(bench, "", 'pulumi.export("o", 1)')
    assert plan.apply('pulumi.export("o", 2)')


def test_secrets_are_encrypted_in_a_plan(bench: Bench) -> None:
    """Of the configuration, of inputs at any depth, of outputs; and the update still tells other ones apart."""
    bench.program("")
    bench.stack()
    assert bench.command("config", "set", "--secret", "key", "hush-config", "--stack", "dev").returncode == 0
    text = 'Thing("a", password={{"k": [pulumi.Output.secret("hush-{0}"), pulumi.Config().require_secret("key")]}})'
    program = text.format("input") + '; pulumi.export("o", pulumi.Output.secret("hush-output"))'
    plan = Planned(bench, "", program)
    content = plan.plan.read_text()
    assert "hush" not in content
    assert content.count("ciphertext") >= 3
    assert "++password[" in plan.apply(program.replace("hush-input", "hush-other"))
    assert plan.apply(program) == ""


def test_a_plan_holds_what_the_real_command_writes(bench: Bench) -> None:
    """Its members, by name; the order of members is nobody's business."""
    plan = Planned(bench, "", 'a = Thing("a", value="1"); Thing("b", Opts(protect=True), value=a.echo)')
    data = json.loads(plan.plan.read_text())
    assert set(data) == {"manifest", "resourcePlans"}
    assert set(data["manifest"]) == {"time", "magic", "version"}
    found = plan.resource(thing("b"))
    assert len(found.pop("seed")) == 44
    provider = found["goal"].pop("provider")
    assert provider.startswith("urn:pulumi:dev::conf::pulumi:providers:conformance::default")
    unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    assert provider.endswith(unknown)
    assert found == {
        "goal": {
            "type": "conformance:index:Thing", "name": "b", "custom": True, "protect": True,
            "inputDiff": {"adds": {"value": unknown}}, "outputDiff": {},
            "parent": "urn:pulumi:dev::conf::pulumi:pulumi:Stack::conf-dev",
            "dependencies": [thing("a")], "propertyDependencies": {"value": [thing("a")]}, "customTimeouts": {},
        },
        "steps": ["create"],
        "state": {"echo": unknown, "value": unknown},
    }  # fmt: skip


@pytest.mark.parametrize("content", ["nonsense", "[]", '{"resourcePlans": {"a": 1}}', None])
def test_what_is_no_plan_is_refused(bench: Bench, content: str | None) -> None:
    """One line, and nothing has run."""
    bench.program(ONE)
    bench.stack()
    path = bench.folder / "plan.json"
    if content is not None:
        path.write_text(content)
    refused = bench.command("up", "--yes", "--skip-preview", "--plan", str(path), "--stack", "dev")
    assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (1, "", 1)
    assert refused.stderr.startswith("error: ")
    assert bench.calls() == []


def test_a_plan_of_one_engine_holds_the_other(bench: Bench, real: Path) -> None:
    """Either way: the file is one."""
    text = 'a = Thing("a", value="1"); Thing("b", value={"k": [a.echo, "lit"]}, password=pulumi.Output.secret("hush")); Box("x")'
    for first, second in ((bench, bench.on(real)), (bench.on(real), bench)):
        plan = Planned(first, "pass", text)
        plan.stack = second.stack()
        assert "violates plan" in plan.apply(text.replace("lit", "other"))
        assert plan.apply(text) == ""
