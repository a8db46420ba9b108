"""What a hook is told of a resource's options."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from runbook_lib.rehearsal.engine.protos import alias_pb2, resource_pb2

if TYPE_CHECKING:
    from runbook_lib.rehearsal.engine.state import Resource

CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


def options_of(resource: Resource) -> resource_pb2.ResourceOptions:
    """The options of a resource, as far as its record has them."""
    timeouts = {key: f"{value:g}s" for key, value in resource.custom_timeouts.items()}
    options = resource_pb2.ResourceOptions(
        depends_on=resource.dependencies,
        ignore_changes=resource.ignore_changes,
        replace_on_changes=resource.replace_on_changes,
        provider=resource.provider,
        deleted_with=resource.deleted_with,
        hide_diff=[str(path) for path in resource.hide_diff],
        replace_with=resource.replace_with,
        hooks=hooks_to_proto(resource.resource_hooks),
        parent=resource.parent,
        aliases=[alias_pb2.Alias(urn=urn) for urn in resource.aliases],
        additional_secret_outputs=resource.additional_secret_outputs,
        protect=resource.protect,
        retain_on_delete=resource.retain_on_delete,
        custom_timeouts=resource_pb2.RegisterResourceRequest.CustomTimeouts(**timeouts) if timeouts else None,
    )
    setattr(options, "import", resource.import_id)  # a word of Python's
    return options


def hooks_to_proto(hooks: dict[str, list[str]]) -> resource_pb2.RegisterResourceRequest.ResourceHooksBinding | None:
    """The names of a resource's hooks, by kind (`BeforeCreate`), in the protocol's spelling (`before_create`)."""
    names = {CAPITAL.sub("_", kind).lower(): names for kind, names in hooks.items()}
    return resource_pb2.RegisterResourceRequest.ResourceHooksBinding(**names) if names else None


def hooks_from_proto(binding: resource_pb2.RegisterResourceRequest.ResourceHooksBinding) -> dict[str, list[str]]:
    """The names of a resource's hooks, by kind."""
    return {"".join(word.capitalize() for word in field.name.split("_")): list(names) for field, names in binding.ListFields()}
