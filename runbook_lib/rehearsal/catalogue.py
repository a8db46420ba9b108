"""AWS's catalogue of RDS engine versions and instance classes, as cfn-lint recorded it.

cfn-lint's data is generated from DescribeDBEngineVersions (us-east-1, IncludeAll) and from the Pricing API twice a day
and ships in its wheel (MIT-0). Known flaws, worked around here: its list of deprecated versions also names every major;
its list of classes by version is the same for all engines, so classes come from the per-region one instead.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version as installed
from importlib.util import find_spec
from pathlib import Path
from typing import Any

FOLDER = Path("data/schemas/extensions/aws_rds_dbinstance")
# When the files inside a release were written; the wheel's own stamps do not survive an installation.
RECORDED = {"1.58.0": "2026-10-20"}


@dataclass(frozen=True)
class EngineVersion:
    """One exact version of an engine; ``available`` says whether an instance can be created with it."""

    engine: str
    version: str
    available: bool

    @property
    def major(self) -> str:
        """The major version as AWS names it: ``17``, or ``8.0`` for MySQL's kind."""
        parts = self.version.split(".")
        return parts[0] if self.engine.endswith("postgres") else ".".join(parts[:2])

    @property
    def family(self) -> str:
        """The parameter group family, e.g. ``postgres17``."""
        return f"{self.engine}{self.major}"


def source() -> dict[str, str | None]:
    """Where the catalogue comes from, and the day it is of (None: not known for this release of cfn-lint)."""
    release = installed("cfn-lint")
    return {"source": f"cfn-lint {release}", "as_of": RECORDED.get(release)}


@cache
def versions(engine: str) -> tuple[EngineVersion, ...]:
    """Every exact version of ``engine``, oldest first; empty if the catalogue does not know it."""
    withdrawn = _enum("engine_version_deprecated.json", engine)
    exact = [name for name in _enum("engine_version.json", engine) if not _is_major(engine, name)]
    return tuple(EngineVersion(engine, name, name not in withdrawn) for name in sorted(exact, key=_order))


def resolve(engine: str, asked: str) -> EngineVersion | None:
    """The version that AWS would create for ``asked``: exact, or the newest available one of a major."""
    available = [each for each in versions(engine) if each.available]
    return next((each for each in reversed(available) if asked in (each.version, each.major)), None)


@cache
def classes(engine: str, region: str) -> tuple[str, ...]:
    """The instance classes that ``region`` sells for ``engine``; empty if the catalogue does not know."""
    for rule in _load("dbinstanceclass_enum.json").get(region, {}).get("allOf", ()):
        condition = rule["if"]["properties"]
        if condition.get("Engine", {}).get("const") == engine or engine in condition.get("Engine", {}).get("enum", ()):
            return tuple(rule["then"]["properties"]["DBInstanceClass"]["enum"])
    return ()


def _enum(file: str, engine: str) -> list[str]:
    """The versions listed for ``engine``: in ``then`` where they are allowed, in ``if`` where they are deprecated."""
    for rule in _load(file)["allOf"]:
        condition = rule["if"]["properties"]
        if condition.get("Engine", {}).get("const") != engine:
            continue
        listed = condition.get("EngineVersion", {}).get("enum") or rule["then"]["properties"]["EngineVersion"]["enum"]
        return [str(each) for each in listed]
    return []


def _is_major(engine: str, name: str) -> bool:
    return name.count(".") < (1 if engine == "postgres" and int(name.partition(".")[0]) >= 10 else 2)  # noqa: PLR2004  # PostgreSQL 10 dropped the third number


def _order(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (0, part) for part in name.replace("-", ".").split(".")]


@cache
def _load(file: str) -> dict[str, Any]:
    found = find_spec("cfnlint")  # finds it without importing it, which would take a second
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("cfn-lint is not installed; the extra `rehearsal` has it")
    path = Path(found.submodule_search_locations[0]) / FOLDER / file
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded
