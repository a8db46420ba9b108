"""The documents say what is there: their links lead to something tracked, and docs/costs.md has a row for each price rule."""

from __future__ import annotations

import posixpath
import re
import subprocess
from pathlib import Path

from runbook_lib.costs.rules import RULES

ROOT = Path(__file__).parents[2]
COSTS = "docs/costs.md"
LINK = re.compile(r"\]\(\s*<?([^)\s>]+)")
CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//|#", re.IGNORECASE)
ROW = re.compile(r"^\| *`(aws:[^`]+)` *\|", re.MULTILINE)


def tracked() -> set[str]:
    """What git tracks, relative to the root: what a clone has; folders that hold any of it among them."""
    command = ["git", "ls-files", "-z"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    files = {name for name in names if (ROOT / name).is_file()}
    return files | {str(folder) for name in files for folder in Path(name).parents}


def links(text: str) -> list[str]:
    """Targets of a document's links within the repository, without their anchors."""
    found = LINK.findall(CODE.sub("", text))
    return [target.partition("#")[0] for target in found if not ELSEWHERE.match(target)]


def test_every_link_leads_to_something_that_is_tracked() -> None:
    there = tracked()
    followed = [
        (name, target, posixpath.normpath(posixpath.join(posixpath.dirname(name), target)))
        for name in sorted(there)
        if name.endswith(".md")
        for target in links((ROOT / name).read_text(encoding="utf-8"))
    ]
    assert len(followed) > 10
    assert not [f"{name}: {target}" for name, target, place in followed if place not in there]


def test_every_price_rule_has_its_row_and_no_row_is_of_anything_else() -> None:
    named = ROW.findall((ROOT / COSTS).read_text(encoding="utf-8"))
    assert len(named) > 150
    assert sorted({name for name in named if named.count(name) > 1}) == []
    assert (sorted(RULES.keys() - set(named)), sorted(set(named) - RULES.keys())) == ([], [])
