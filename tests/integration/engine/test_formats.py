"""Deployments that another version or command has written: read as they are meant, or refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from integration.engine.bench import EMBEDDED_ROOT, Bench, thing

if TYPE_CHECKING:
    from pathlib import Path


def test_what_the_real_command_has_tainted_is_replaced(tmp_path: Path, real: Path) -> None:
    """It writes version 4 of the format then, which is 3 and what it names as features."""
    bench = Bench(tmp_path, real)
    bench.program('Thing("a", value=1)\n')
    bench.stack().up()
    assert bench.command("state", "taint", thing("a"), "--yes", "--stack", "dev").returncode == 0
    assert json.loads((tmp_path / "state/.pulumi/stacks/conf/dev.json").read_text())["features"] == ["taint"]
    before = bench.resources()[thing("a")]["id"]
    embedded = bench.on(EMBEDDED_ROOT)
    assert embedded.stack().up().summary.resource_changes == {"replace": 1, "same": 1}
    assert bench.resources()[thing("a")]["id"] != before
    assert "taint" not in bench.resources()[thing("a")]


@pytest.mark.parametrize(("version", "features", "said"), [(5, [], "is of version 5"), (4, ["views"], "uses views")])
def test_a_deployment_that_would_be_read_wrongly_is_refused(
    embedded: Bench, version: int, features: list[str], said: str
) -> None:  # fmt: skip
    embedded.program("")
    embedded.stack()
    file = embedded.folder / "state/.pulumi/stacks/conf/dev.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "version": version, "features": features}))
    refused = embedded.command("preview", "--stack", "dev")
    assert refused.returncode != 0
    assert said in refused.stderr
    exported = json.dumps({"version": version, "features": features, "deployment": {}})
    refused = embedded.command("stack", "import", "--stack", "dev", text=exported)
    assert refused.returncode != 0


@pytest.mark.parametrize("command", ["taint", "untaint", "repair", "move", "edit"])
def test_other_commands_on_a_record_are_refused_in_one_line(embedded: Bench, command: str) -> None:
    embedded.stack()
    refused = embedded.command("state", command, thing("a"), "--stack", "dev")
    assert refused.stderr.count("\n") == 1
    assert f"state {command} is outside the embedded engine" in refused.stderr
