"""Values as programs have them: secrets, assets, deep ones; on their way to the provider, the state and whoever asks."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pulumi.automation as auto
from integration.engine.bench import thing

if TYPE_CHECKING:
    from integration.engine.bench import Bench


def test_assets_in_events(bench: Bench) -> None:
    """Their text is somebody's file: events tell the hash; a secret asset is a secret, there and in the state."""
    bench.program(
        'Thing("a", value=pulumi.Output.secret(pulumi.StringAsset("hunter2")))\n'
        'Thing("b", value=pulumi.AssetArchive({"x": pulumi.StringAsset("longtext")}))\n'
    )
    events: list[auto.events.EngineEvent] = []
    bench.stack().up(on_event=events.append)
    steps = {
        event.res_outputs_event.metadata.urn: event.res_outputs_event.metadata for event in events if event.res_outputs_event
    }
    seen = {name: str(vars(steps[thing(name)].new)) for name in "ab"}
    assert "hunter2" not in seen["a"]
    assert "longtext" not in seen["b"]
    assert "<contents elided>" in seen["b"]
    assert "hunter2" not in str(bench.resources()[thing("a")]["inputs"])
    assert "longtext" in str(bench.resources()[thing("b")]["inputs"])


def test_a_secret_that_a_provider_gives_back_in_clear(bench: Bench) -> None:
    """The output of a secret input's name is a secret too, when it is made, changed and left as it is."""
    text = 'a = Thing("a", value={0}, password="p"); Thing("b", value=a.password); pulumi.export("o", a.value)\n'
    header = "from things import Thing as T\nT.value = None\nclass Thing(T):\n    value: pulumi.Output\n"
    bench.program(header + text.format("1"))
    stack = bench.stack()
    stack.up()
    assert stack.outputs()["o"].secret is False
    for value in ('pulumi.Output.secret({"k": "hush-hush"})', 'pulumi.Output.secret({"k": "still"})'):
        bench.program(header + text.format(value))
        for _ in range(2):
            stack.up()
            rows = bench.resources()
            assert "ciphertext" in rows[thing("a")]["outputs"]["value"]
            assert "ciphertext" in rows[thing("b")]["outputs"]["value"]
            assert stack.outputs()["o"].secret is True


def test_a_value_of_some_depth(bench: Bench) -> None:
    """Deeper than protobuf reads by itself."""
    bench.program('value = 1\nfor _ in range(60):\n    value = {"k": [value]}\nThing("deep", value=value)\n')
    bench.stack().up()
    found = bench.resources()[thing("deep")]["outputs"]["echo"]
    for _ in range(60):
        (found,) = found["k"]
    assert found == 1


def test_assets_among_the_outputs(bench: Bench) -> None:
    """They have their hashes on record, as those among inputs have, and whoever asks for them gets all of them."""
    bench.program('pulumi.export("a", {"in": pulumi.AssetArchive({"x": pulumi.StringAsset("y")})})\n')
    assert bench.stack().up().outputs["a"].value["in"]["assets"]["x"]["text"] == "y"
    (root,) = bench.rows()
    archive = root["outputs"]["a"]["in"]
    assert archive["assets"]["x"]["hash"] == hashlib.sha256(b"y").hexdigest()
    assert archive["hash"]
