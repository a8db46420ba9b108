"""The two engines held against each other: what they plan, and what they leave on disk."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pulumi.automation as auto
import pytest
from integration.engine.bench import EMBEDDED_ROOT, Bench

if TYPE_CHECKING:
    from pathlib import Path

QANARY = "qanary-hunter2"


def normalised(digest: str) -> list[dict[str, object]]:
    """The steps of a preview digest without what differs from run to run."""
    volatile = {"id", "created", "modified", "sourcePosition", "stackTrace"}

    def strip(value: object) -> object:
        if isinstance(value, dict):
            return {key: strip(item) for key, item in value.items() if key not in volatile}
        if isinstance(value, list):
            return [strip(item) for item in value]
        return value.rpartition("::")[0] if isinstance(value, str) and "pulumi:providers:" in value else value

    steps = [strip(step) for step in json.loads(digest)["steps"]]
    return sorted(steps, key=lambda step: (step["urn"], step["op"]))  # type: ignore[index, return-value] # JSON data


PROGRAM = (
    'c = pulumi.Config()\na = Thing("a", value={0!r}, immutable={1!r}, password=pulumi.Output.secret("s3cret"))\n'
    'Thing("b", value=[a.echo, {{"k": a.id}}]); Box("box", value={0!r}); Thing("s", value=1, singular={1!r})\n'
    'Thing("p", Opts(protect=True), value=pulumi.StringAsset({0!r}))\npulumi.export("o", a.echo)\n'
)


def test_previews_are_equal_on_both_engines(tmp_path: Path, real: Path) -> None:
    """`preview --json` of a first run and of a change, step by step, on a stack that both engines work on in turn."""
    ours, theirs = Bench(tmp_path, EMBEDDED_ROOT), Bench(tmp_path, real)
    for engine, arguments in ((ours, ("one", "x")), (theirs, ("two", "y"))):
        engine.program(PROGRAM.format(*arguments))
        engine.stack()
        digests = [item.command("preview", "--json", "--stack", "dev") for item in (ours, theirs)]
        assert [item.returncode for item in digests] == [0, 0], [item.stderr for item in digests]
        assert normalised(digests[0].stdout) == normalised(digests[1].stdout)
        summaries = [json.loads(item.stdout)["changeSummary"] for item in digests]
        assert summaries[0] == summaries[1]
        engine.stack().up()


@pytest.mark.parametrize("first", ["embedded", "pulumi"])
def test_each_engine_opens_what_the_other_wrote(tmp_path: Path, real: Path, first: str) -> None:
    """Record, secrets and configuration: made by one, unchanged for the other, destroyed by it."""
    benches = [Bench(tmp_path, EMBEDDED_ROOT), Bench(tmp_path, real)]
    writer, reader = benches if first == "embedded" else reversed(benches)
    (writer.project / "data").mkdir(exist_ok=True)
    (writer.project / "data" / "file.txt").write_text("content")
    writer.program(
        PROGRAM.format("one", "x").replace("protect=True", "protect=False")
        + 'Thing("assets", value=[pulumi.FileArchive("data"), pulumi.FileAsset("data/file.txt"),'
        ' pulumi.AssetArchive({"d": pulumi.FileArchive("data"), "t": pulumi.StringAsset("text")}),'
        ' pulumi.AssetArchive({".": pulumi.FileArchive("./data")})])\n'
        'pulumi.export("pw", c.require_secret("pw"))'
    )
    writer.stack().set_config("pw", auto.ConfigValue(QANARY, secret=True))
    writer.stack().up()
    assert reader.stack().up(expect_no_changes=True).outputs["pw"].value == QANARY
    assert reader.stack().refresh(expect_no_changes=True).summary.result == "succeeded"
    assert writer.stack().preview(expect_no_changes=True).change_summary == {"same": 8}
    assert len(reader.stack().history()) == 3
    reader.stack().destroy()
    assert reader.alive() == []
