"""Transforms: what a program changes about resources before the engine sees them, on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from integration.engine.bench import thing, urn

if TYPE_CHECKING:
    from integration.engine.bench import Bench

TAG = (
    "def tag(args):\n"
    '    if args.type_ == "conformance:index:Thing":\n'
    '        return pulumi.ResourceTransformResult({**args.props, "immutable": "tagged"}, args.opts)\n'
)
INNER = urn("conf:index:Box$conformance:index:Thing", "inner")


def test_a_stacks_transform(bench: Bench) -> None:
    """It sees every resource."""
    bench.program(f'{TAG}pulumi.runtime.register_resource_transform(tag)\nBox("box")')
    bench.stack().up()
    assert bench.resources()[INNER]["inputs"]["immutable"] == "tagged"


def test_a_components_transform(bench: Bench) -> None:
    """It sees what is in the component, at any depth, and nothing else."""
    bench.program(f'{TAG}box = Box("box", opts=Opts(transforms=[tag]))\nThing("deep", Opts(parent=box.inner)); Thing("out")')
    bench.stack().up()
    rows = bench.resources()
    assert rows[INNER]["inputs"]["immutable"] == "tagged"
    assert rows[f"{INNER.rsplit('::', 1)[0]}$conformance:index:Thing::deep"]["inputs"] == {"immutable": "tagged"}
    assert rows[thing("out")].get("inputs", {}) == {}
