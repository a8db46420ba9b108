"""What Pulumi.yaml says about every program: obeyed, or refused before anything runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from integration.engine.bench import Bench


def settings(bench: Bench, **more: Any) -> None:
    bench.settings({**json.loads((bench.project / "Pulumi.yaml").read_text()), **more})


def test_refresh_always(bench: Bench) -> None:
    """Every preview, update and destruction begins with a refresh; `--refresh=false` is said to one command."""
    bench.program('Thing("a", value=1)\n')
    bench.stack().up()
    settings(bench, options={"refresh": "always"})
    state = json.loads(bench.thing_file("a").read_text())
    bench.thing_file("a").write_text(json.dumps({**state, "value": 7, "echo": 7}))
    bench.calls()
    assert bench.stack().preview().change_summary == {"same": 1, "update": 1}
    assert bench.stack().up().summary.resource_changes == {"same": 1, "update": 1}
    assert json.loads(bench.thing_file("a").read_text())["value"] == 1
    bench.calls()
    bench.stack().destroy()
    assert bench.calls() == ["read start a", "read end a", "delete start a", "delete end a"]


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"options": {"refresh": "sometimes"}}, '#/options/refresh: value must be "always"'),
        ({"options": {"other": 1}}, "the only allowed attribute is 'refresh'"),
        ({"requiredPulumiVersion": ">=99.0.0"}, 'does not satisfy the version range ">=99.0.0"'),
        ({"main": 3}, "#/main: expected string or null"),
        ({"description": 3}, "#/description: expected string or null"),
        ({"template": 3}, "#/template: expected object or null"),
        ({"backend": {"other": 3}}, "the only allowed attribute is 'url'"),
        ({"runtime": {"name": "python", "options": {"toolchain": "nosuch"}}}, "unsupported toolchain option: nosuch"),
        ({"runtime": {"name": "python", "options": {"typechecker": "nosuch"}}}, "unsupported typechecker option: nosuch"),
    ],
)
def test_what_is_refused(bench: Bench, setting: dict[str, Any], said: str) -> None:
    bench.program('Thing("a", value=1)\n')
    bench.stack()
    settings(bench, **setting)
    done = bench.command("up", "--yes", "--skip-preview", "--stack", "dev")
    assert done.returncode == 1
    assert said in done.stderr
    assert bench.alive() == []


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"runtime": {"name": "python", "options": {"typechecker": "mypy"}}}, "runtime.options.typechecker"),
        ({"plugins": {"languages": [{"name": "python", "path": "."}]}}, "plugins.languages"),
    ],
)
def test_what_only_the_real_command_does(embedded: Bench, setting: dict[str, Any], said: str) -> None:
    """It is refused, not passed over."""
    embedded.program('Thing("a", value=1)\n')
    embedded.stack()
    settings(embedded, **setting)
    done = embedded.command("up", "--yes", "--skip-preview", "--stack", "dev")
    assert done.returncode == 1
    assert said in done.stderr
    assert "outside the embedded engine; the real CLI" in done.stderr
    assert embedded.alive() == []
