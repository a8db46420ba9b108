"""The one explicit provider has everything that a stack's configuration says of it."""

from __future__ import annotations

import asyncio
import inspect
import json
from typing import Any

import pulumi
import pytest
from pulumi_aws.provider import ProviderArgs

OWN = {"region", "default_tags"}
"""What the program itself decides."""
LISTS = {
    "allowed_account_ids", "assume_roles", "endpoints", "forbidden_account_ids", "shared_config_files",
    "shared_credentials_files", "user_agents",
}  # fmt: skip


def written(name: str, kind: str) -> Any:
    """A value for a setting, as configuration holds it, and as the SDK is given it."""
    if name in LISTS:
        return json.dumps(["1"]), ["1"]
    if "Args" in kind:
        return json.dumps({"a": "b"}), {"a": "b"}
    if "bool" in kind:
        return "true", True
    return ("3", 3) if "int" in kind else ("text", "text")


@pytest.mark.parametrize("name", sorted(set(inspect.signature(ProviderArgs.__init__).parameters) - {"__self__"} - OWN))
def test_every_setting_is_handed_on(name: str) -> None:
    from provider import forwarded

    key = getattr(ProviderArgs, name).fget._pulumi_name
    text, value = written(name, str(inspect.signature(ProviderArgs.__init__).parameters[name].annotation))
    pulumi.runtime.set_all_config({f"aws:{key}": text})
    with asyncio.Runner() as runner:  # which outputs, as keys are, want there to be
        asyncio.set_event_loop(runner.get_loop())
        found = forwarded(pulumi.Config("aws"))
    assert list(found) == [name]
    if not isinstance(found[name], pulumi.Output):
        assert found[name] == value
