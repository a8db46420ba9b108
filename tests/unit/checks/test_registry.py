from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from unit.checks.healthy import HEALTHY

from runbook_lib import checks, gates
from runbook_lib.checks.registry import CHECKS, Snapshot
from runbook_lib.gates.registry import GATES
from runbook_lib.judgement import Judgement, Registry, Rule, judge
from runbook_lib.results import Status
from runbook_lib.verify import REQUIREMENTS

HELPERS = {"__init__", "registry", "sdk", "outage"}
FILES = {
    package: sorted(p for p in Path(package.__path__[0]).glob("*.py") if p.stem not in HELPERS) for package in (checks, gates)
}


def rule(*judgements: Judgement | Exception) -> Rule[[Snapshot]]:
    """A check that says this."""

    def said(_: Snapshot) -> Iterator[Judgement]:
        for judgement in judgements:
            if isinstance(judgement, Exception):
                raise judgement
            yield judgement

    return Rule("a_check", "Something holds", ("N1",), said)


@pytest.mark.parametrize(("package", "registry"), [(checks, CHECKS), (gates, GATES)], ids=["checks", "gates"])
def test_each_file_is_a_rule_of_its_name(package: object, registry: Registry[...]) -> None:
    assert [path.stem for path in FILES[package]] == sorted(registry.rules())


def test_there_are_enough_checks_to_mean_something() -> None:
    assert len(CHECKS.rules()) >= 45


def test_every_requirement_has_a_check_and_every_check_a_requirement() -> None:
    assert {row for rule in CHECKS.rules().values() for row in rule.requirement} == set(REQUIREMENTS)


def test_the_requirements_are_the_rows_of_the_specification() -> None:
    counts = {"N": 4, "D": 3, "A": 4, "P": 1, "L": 1, "S": 1, "M": 3, "K": 1, "T": 2, "O": 2, "X": 1}
    assert set(REQUIREMENTS) == {f"{area}{row}" for area, rows in counts.items() for row in range(1, rows + 1)}


@pytest.mark.parametrize("path", [path for paths in FILES.values() for path in paths], ids=lambda path: path.stem)
def test_a_rule_knows_neither_aws_nor_another_rule(path: Path) -> None:
    rules = {found.stem for paths in FILES.values() for found in paths}
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {
        name
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names] if isinstance(node, ast.Import)
            else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        )
    }  # fmt: skip
    assert not {name for name in imported if name.partition(".")[0] in {"boto3", "botocore", "httpx"}}
    assert not {name for name in imported if name.rpartition(".")[2] in rules}
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 80


@pytest.mark.parametrize("rules", [CHECKS.rules(), GATES.rules()], ids=["checks", "gates"])
def test_titles_are_short_statements(rules: dict[str, Rule[...]]) -> None:
    titles = [rule.title for rule in rules.values()]
    assert len(titles) == len(set(titles))
    assert not [title for title in titles if len(title) > 100 or title.endswith(".") or title.startswith("Ensure")]


class TestRule:
    """How a rule becomes findings."""

    def test_silence_is_a_failure(self) -> None:
        [finding] = rule().findings(HEALTHY)
        assert finding.status is Status.FAIL
        assert "nothing was there to look at" in finding.message

    def test_only_true_passes(self) -> None:
        for truthy in ("yes", 1, ["x"]):
            assert judge("r", ok=truthy, good="", bad="", remedy="").status is Status.FAIL  # type: ignore[arg-type]  # the point

    def test_a_rule_that_breaks_is_unknown_and_keeps_what_it_said(self) -> None:
        said = judge("r", ok=True, good="r is well.", bad="", remedy="")
        first, second = rule(said, ZeroDivisionError("x")).findings(HEALTHY)
        assert (first.status, second.status) == (Status.PASS, Status.UNKNOWN)
        assert "ZeroDivisionError: x" in second.message

    def test_findings_are_signed(self) -> None:
        [finding] = rule(judge("r", ok=False, good="", bad="r is ill.", remedy="Heal it.")).findings(HEALTHY)
        assert (finding.check, finding.requirement, finding.remedy) == ("a_check", ("N1",), "Heal it.")


def elsewhere(_: Snapshot) -> Iterator[Judgement]:
    """A check that is not in a file of its name."""
    yield from ()


class TestRegistry:
    """What a registry refuses."""

    def test_a_function_of_another_name(self) -> None:
        with pytest.raises(ValueError, match="declares elsewhere: a rule is called what its file is called"):
            CHECKS.register(requirement=("N1",), title="")(elsewhere)

    def test_a_second_rule_of_one_name(self) -> None:
        taken = CHECKS.rules()["keys_rotate"].judge
        with pytest.raises(ValueError, match="keys_rotate is declared twice"):
            CHECKS.register(requirement=("N1",), title="")(taken)

    def test_a_rule_that_proves_nothing(self) -> None:
        with pytest.raises(ValueError, match="elsewhere names no requirement row"):
            CHECKS.register(requirement=(), title="")(elsewhere)
