"""Pulumi's property names to AWS's and back, by the service models that botocore carries.

pulumi-aws calls a property what AWS calls it, in camelCase; the few that differ are named by the type at hand. So a
type's code speaks one vocabulary: ``self.call(aws, "CreateRole", inputs, RoleName="name")``.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from botocore import xform_name

from runbook_lib.rehearsal.provider.base import Properties, ProviderError, Resource
from runbook_lib.rehearsal.provider.properties import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runbook_lib.rehearsal.provider.session import Session

WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+")
PAIRS = ({"Key", "Value"}, {"TagKey", "TagValue"}, {"Name", "Value"})


@cache
def camel(name: str) -> str:
    """AWS's name of a property as pulumi-aws spells it: ``KMSMasterKeyID`` is ``kmsMasterKeyId``."""
    first, *rest = WORDS.findall(name)
    return "".join([first.lower(), *(word[0].upper() + word[1:].lower() for word in rest)])


def to_aws(shape: Any, value: Any) -> Any:
    """A property value as the botocore shape wants it.

    Pulumi writes a block that may occur once as an object, where AWS has a list of one, and pairs as a map.

    Raises:
        ProviderError: If the value holds a name that AWS does not know there.
    """
    if shape.type_name == "structure":
        (value,) = value if isinstance(value, list) else [value]
        members = {camel(name).lower(): name for name in shape.members}
        if unknown := sorted(name for name in value if name.lower() not in members):
            raise ProviderError(f"{shape.name}: AWS knows no {', '.join(unknown)} here")
        named = {members[name.lower()]: item for name, item in value.items() if item is not None}
        return {name: to_aws(shape.members[name], item) for name, item in named.items()}
    if shape.type_name == "list":
        pair = _pair(shape.member)
        if pair and isinstance(value, dict):
            return [dict(zip(pair, item, strict=True)) for item in sorted(value.items())]
        return [to_aws(shape.member, item) for item in (value if isinstance(value, list) else [value])]
    if shape.type_name == "map":
        return {key: to_aws(shape.value, item) for key, item in value.items()}
    if shape.type_name == "string" and not isinstance(value, str):
        return text(value)
    if shape.type_name in {"integer", "long"}:
        return int(value)
    if shape.type_name in {"float", "double"}:
        return float(value)
    return value


def from_aws(shape: Any, value: Any) -> Any:
    """An answer's value in Pulumi's names; what it lacks is None, so that something removed by hand shows as drift."""
    if value is None:
        return None
    if shape.type_name == "structure":
        return {camel(name): from_aws(member, value.get(name)) for name, member in shape.members.items()}
    if shape.type_name == "list":
        if pair := _pair(shape.member):
            return {item[pair[0]]: item.get(pair[1], "") for item in value}
        return [from_aws(shape.member, item) for item in value]
    if shape.type_name == "map":
        return {key: from_aws(shape.value, item) for key, item in value.items()}
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if shape.type_name == "string" and isinstance(value, dict):
        return json.dumps(value)  # botocore parses IAM's policies by itself
    if shape.type_name == "timestamp":
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return value


def pick(answer: Properties, *same: str, **renamed: str) -> Properties:
    """Live properties from an answer: ``pick(role, "path", "description", name="roleName")``.

    What the answer lacks is None, "observed to be unset"; so are an empty text and an empty list or map, which some
    services answer instead.
    """
    names = {name: name for name in same} | renamed
    live = {name: answer.get(source) for name, source in names.items()}
    unset: Properties = {"tagsAll": {}}
    return {name: unset.get(name) if value in (None, "", [], {}) else value for name, value in live.items()}


def texts(inputs: Properties, names: Mapping[str, str]) -> dict[str, str]:
    """Inputs as the attribute maps of SNS and SQS want them: by AWS's names, and all of them texts."""
    return {attribute: text(inputs[name]) for name, attribute in names.items() if inputs.get(name) is not None}


class ModelledResource(Resource):
    """A type whose calls are made by the service model.

    Attributes:
        tag_operations: How the service tags and untags; both take the resource first and the tags second.
    """

    tags_on_create: ClassVar[bool] = True
    tag_operations: ClassVar[tuple[str, str]] = ("TagResource", "UntagResource")

    def call(self, aws: Session, operation: str, inputs: Properties, **names: str) -> Properties:
        """Call one operation.

        Args:
            aws: Where.
            operation: AWS's name, e.g. ``CreateRole``.
            inputs: Properties by Pulumi's names; those that the operation does not take are left out.
            names: For an argument, the property that it is called in Pulumi, where the names differ.

        Returns:
            The answer in Pulumi's names.
        """
        client = self.client(aws)
        model = client.meta.service_model.operation_model(operation)
        values = {name.lower(): value for name, value in inputs.items() if value is not None}
        members = model.input_shape.members if model.input_shape else {}
        sources = {member: names.get(member, camel(member)).lower() for member in members}
        arguments = {member: to_aws(members[member], values[source]) for member, source in sources.items() if source in values}
        answer = getattr(client, xform_name(operation))(**arguments)
        return from_aws(model.output_shape, answer) if model.output_shape else {}

    def tag_target(self, aws: Session, id_: str, state: Properties) -> str:  # noqa: ARG002  # most services tag by ARN
        """What the service wants to be told to tag: the ARN."""
        return str(state["arn"])

    def tag(self, aws: Session, id_: str, state: Properties, add: dict[str, str], remove: list[str]) -> None:
        """Add and remove tags."""
        target = self.tag_target(aws, id_, state)
        for operation, tags in zip(self.tag_operations, (add, remove), strict=True):
            if tags:
                model = self.client(aws).meta.service_model.operation_model(operation)
                resource, content = list(model.input_shape.members)[:2]
                self.call(aws, operation, {camel(resource): target, camel(content): tags})


def _pair(shape: Any) -> tuple[str, str] | None:
    """The two members of a list's item, if the list is a map written as pairs (tags, alarm dimensions)."""
    members = set(getattr(shape, "members", {}))
    if members not in PAIRS:
        return None
    name, value = sorted(members, key=lambda member: member.endswith("Value"))
    return name, value
