"""`ignore_changes` and `replace_on_changes`, by paths into values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from integration.engine.bench import thing

if TYPE_CHECKING:
    from integration.engine.bench import Bench

TOLD = "cannot ignore changes in added or removed elements of the path"


@pytest.mark.parametrize(
    ("path", "old", "new", "kept", "told"),
    [
        ("value[1]", [1, 2, 3], [1, 5], [1, 2], False),
        ("value[1]", [1, 2], [9, 8, 7], [9, 2, 7], False),
        ("value[1]", [1], [1, 2], [1, 2], True),
        ("value[1]", [1, 2], [3], [3], True),
        ("value[*].z", [{"z": 1, "y": 1}, {"z": 2, "y": 2}], [{"z": 5, "y": 7}], [{"z": 1, "y": 7}], True),
        ("value[*].z", [{"z": 1, "y": 1}], [{"z": 5, "y": 7}, {"z": 6, "y": 8}], [{"z": 1, "y": 7}, {"z": 6, "y": 8}], True),
        ("value[0].z", [{"z": 1}], [], [], True),
        ("value[*]", [1, 2], [3], [1], True),
        ("value[*]", [1], [3, 4], [1, 4], True),
        ("value.a", {"a": 1}, {}, {"a": 1}, False),
        ("value.a", {}, {"a": 1}, {}, False),
        ("value.a.b", {"a": {"b": 1}}, {"c": 2}, {"c": 2}, True),
        ('value["a.b"]', {"a.b": 1}, {"a.b": 2}, {"a.b": 1}, False),
        ("*", {"a": 1}, {"a": 2}, {"a": 1}, False),
        ("value[", [1], [2], [2], False),
        (".value", {"a": 1}, {"a": 2}, {"a": 2}, False),
        ("value..a", {"a": 1, "b": 1}, {"a": 2, "b": 2}, {"a": 1, "b": 2}, False),
        ("value.", {"a": 1}, {"a": 2}, {"a": 2}, False),
        ("value[-1]", [1, 2], [1, 3], [1, 3], True),
    ],
)
def test_ignored_changes(bench: Bench, path: str, old: object, new: object, kept: object, told: bool) -> None:  # noqa: FBT001 - a table's column
    """What both have keeps the old value; a list that grew or shrank is the program's, and the engine says so."""
    text = 'Thing("t", Opts(ignore_changes=[{0!r}]), value={1!r})\n'
    bench.program(text.format(path, old))
    bench.stack().up()
    bench.program(text.format(path, new))
    done = bench.command("up", "--yes", "--skip-preview", "--stack", "dev")
    assert done.returncode == 0, done.stdout + done.stderr
    assert bench.resources()[thing("t")]["inputs"].get("value") == kept
    assert (f'{TOLD}: "{path}"' in done.stdout + done.stderr) == told


def test_an_ignored_secret_stays_one(bench: Bench) -> None:
    """Also where the program's new value is none."""
    text = 'Thing("t", Opts(ignore_changes=["value.a"]), value={0})\n'
    bench.program(text.format('pulumi.Output.secret({"a": "hunter2"})'))
    bench.stack().up()
    bench.program(text.format('{"a": "new"}'))
    bench.stack().up()
    assert "hunter2" not in str(bench.resources()[thing("t")]["inputs"])
    assert "ciphertext" in str(bench.resources()[thing("t")]["inputs"])


@pytest.mark.parametrize(
    ("path", "old", "new", "replaces"),
    [
        ("value.a", {"a": 1}, {"a": 2}, False),
        ("value[0]", [1], [2], False),
        ("value", {"a": 1}, {"a": 2}, True),
        ("*", 1, 2, True),
    ],
)
def test_replace_on_changes_of_what_the_provider_names(bench: Bench, path: str, old: object, new: object, replaces: bool) -> None:  # noqa: FBT001 - a table's column
    """This provider names whole properties: a path into one says nothing about the change of it."""
    text = 'Thing("t", Opts(replace_on_changes=[{0!r}]), value={1!r})\n'
    bench.program(text.format(path, old))
    bench.stack().up()
    bench.calls()
    bench.program(text.format(path, new))
    bench.stack().up()
    assert ("update start t" not in bench.calls()) == replaces
