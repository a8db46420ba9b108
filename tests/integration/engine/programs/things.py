"""What the programs of the conformance set are made of; the bench copies it beside each program."""

from __future__ import annotations

from typing import Any

import pulumi


class Thing(pulumi.CustomResource):
    """A resource of the conformance provider; `echo` repeats its `value`."""

    echo: pulumi.Output
    password: pulumi.Output

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None, **properties: Any) -> None:
        super().__init__("conformance:index:Thing", name, {"echo": None, **properties}, opts)


class Box(pulumi.ComponentResource):
    """A component with one thing inside."""

    def __init__(self, name: str, value: Any = "boxed", opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("conf:index:Box", name, None, opts)
        self.inner = Thing("inner", pulumi.ResourceOptions(parent=self), value=value)
        self.register_outputs({"echo": self.inner.echo})
