"""The bundled tables, and the arithmetic on them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from datetime import date
from importlib import metadata, resources
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from runbook_lib import lifecycle
from runbook_lib.lifecycle import Phase
from runbook_lib.versions import tools

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("major", "day", "phase"),
    [
        (13, "2026-02-28", Phase.STANDARD),
        (13, "2026-03-01", Phase.EXTENDED),
        (13, "2029-02-28", Phase.EXTENDED),
        (13, "2029-03-01", Phase.ENDED),
        (14, "2026-11-24", Phase.STANDARD),
        (14, "2027-03-01", Phase.EXTENDED),
        (18, "2031-03-01", Phase.EXTENDED),
    ],
)
def test_the_last_day_of_support_is_still_supported(major: int, day: str, phase: Phase) -> None:
    assert lifecycle.postgresql()[major].phase(date.fromisoformat(day)) is phase


@pytest.mark.parametrize(
    ("day", "key"), [("2026-11-24", "yr1_2"), ("2028-02-29", "yr1_2"), ("2028-03-01", "yr3"), ("2029-01-01", "yr3")]
)
def test_the_third_year_of_extended_support_has_another_rate(day: str, key: str) -> None:
    """PostgreSQL 13's first year began on 2026-03-01."""
    assert lifecycle.postgresql()[13].extended_price_key(date.fromisoformat(day)) == f"rds.extsupport.pg.{key}"


@pytest.mark.parametrize(
    ("end", "day", "key"),
    [("2028-02-28", "2030-02-28", "yr1_2"), ("2028-02-28", "2030-03-01", "yr3"), ("2028-02-29", "2030-02-28", "yr1_2"),
     ("2028-02-29", "2030-03-01", "yr3")],
)  # fmt: skip
def test_support_that_ends_in_a_leap_year_has_its_price_too(end: str, day: str, key: str) -> None:
    support = lifecycle.postgresql()[13].model_copy(update={"standard_end": date.fromisoformat(end)})
    assert support.extended_price_key(date.fromisoformat(day)) == f"rds.extsupport.pg.{key}"


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("db.t3.micro", 2),
        ("db.t3.medium", 2),
        ("db.t4g.2xlarge", 8),
        ("db.m6g.large", 2),
        ("db.m7i.xlarge", 4),
        ("db.r6g.16xlarge", 64),
        ("db.m6g.medium", None),
        ("db.x9z.large", None),
        ("t3.medium", None),
    ],
)
def test_vcpus_are_known_or_none(name: str, count: int | None) -> None:
    assert lifecycle.vcpus(name) == count


def test_the_lambda_table_is_cfn_lints() -> None:
    """cfn-lint is an extra of the rehearsal; who runs against AWS only has this copy, and what cfn-lint lacks."""
    file = resources.files("cfnlint") / "data" / "AdditionalSpecs" / "LmbdRuntimeLifecycle.json"
    theirs = json.loads(file.read_text())
    ours = {
        life.runtime: {
            "deprecated": life.deprecated.isoformat(),
            "create-block": life.create_block and life.create_block.isoformat(),
            "update-block": life.update_block and life.update_block.isoformat(),
            "successor": life.successor or None,
        }
        for life in lifecycle.lambda_runtimes().values()
        if life.source.startswith("cfn-lint ")
    }
    assert len(ours) > 40
    assert ours == theirs
    sources = {life.source.split()[1] for life in lifecycle.lambda_runtimes().values() if life.runtime in theirs}
    assert sources == {metadata.version("cfn-lint")}


def test_each_line_of_a_service_has_a_source_and_ends_in_order() -> None:
    found = lifecycle.services().values()
    assert len(found) > 100
    assert all(life.source and life.as_of for life in found)
    assert [life for life in found if life.standard_end and life.extended_end and life.extended_end < life.standard_end] == []


def test_the_tested_ranges_are_the_projects() -> None:
    """What pyproject.toml lets in is what is called tested."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {r.name: r.specifier for r in map(Requirement, project["dependencies"])}
    named = {name: SpecifierSet(text) for name, text in tools.TESTED.items() if name != "python"}
    assert named == {name: wanted[name] for name in named}
    assert tools.TESTED["python"] == project["requires-python"]


@pytest.mark.parametrize("file", ["README.md", "Makefile", ".ci/run"])
def test_which_python_is_said_as_it_is(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    minors = [minor for minor in range(40) if SpecifierSet(tools.TESTED["python"]).contains(f"3.{minor}")]
    assert f"Python 3.{minors[0]} to 3.{minors[-1]}" in text
    assert "Python >=" not in text


@pytest.mark.parametrize("minor", range(10, 16))
def test_make_takes_a_python_that_is_in_the_range(tmp_path: Path, minor: int) -> None:
    """Whatever it is called; one that is not is refused, and what to do is said."""
    python = tmp_path / "bin" / "python3"
    python.parent.mkdir()
    python.write_text(f"""#!/bin/sh
case "$1" in
-c) exec {sys.executable} -c "import sys; sys.version_info = (3, {minor}, 0, 'final', 0); $2" ;;
*) echo "venv is made"; exit 1 ;;
esac
""")
    python.chmod(0o755)
    for tool in ("make", "sh", "awk"):
        (python.parent / tool).symlink_to(str(shutil.which(tool)))
    for file in ("Makefile", "requirements.lock", "pyproject.toml"):
        (tmp_path / file).write_bytes((ROOT / file).read_bytes())
    done = subprocess.run(
        ["make", "setup"], cwd=tmp_path, env={"PATH": str(python.parent)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert ("venv is made" in done.stdout) is SpecifierSet(tools.TESTED["python"]).contains(f"3.{minor}")
    assert ("No Python 3.11 to 3.13 on PATH" in done.stderr) is not ("venv is made" in done.stdout)


@pytest.mark.parametrize(("version", "supported"), [("3.272.0", True), ("3.271.9", False), ("4.0.0", False), ("", False)])
def test_a_tool_outside_its_range_or_missing_is_not_supported(version: str, *, supported: bool) -> None:
    tool = tools.ToolVersion(name="pulumi", version=version, tested=">=3.272,<4")
    assert tool.supported is supported


def test_this_environment_is_a_tested_one() -> None:
    found = {tool.name: tool for tool in tools.installed()}
    assert set(found) == {"python", "pulumi", "pulumi-aws", "boto3", "papermill"}
    assert [tool.name for tool in found.values() if not tool.supported] == []
