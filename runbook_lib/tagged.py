"""What carries a stack's tags: what the stack gives to everything, what AWS lists with it, and what of that is only fading."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from runbook_lib import neighbours, settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from runbook_lib.aws import Aws

PROVIDER = "pulumi:providers:aws"
IDENTITY = ("Environment", "Project", "Suffix")
"""The tags that tell one stack from another; the rest may differ from one deployment of it to the next."""


def default_tags(resources: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The tags that a stack's provider gives to everything, from the state itself: configuration may have moved on since.

    Args:
        resources: The resources of an exported deployment; Pulumi keeps a provider's nested settings as JSON text.
    """
    for resource in resources:
        given = resource.get("inputs", {}).get("defaultTags") if resource["type"] == PROVIDER else None
        if given:
            found = json.loads(given) if isinstance(given, str) else given
            return {str(key): str(value) for key, value in (found.get("tags") or {}).items()}
    return {}


def configured_tags(environment: str) -> dict[str, str]:
    """What the stack's provider would tag with today: all there is to go by once the state is empty."""
    config = settings.stack_config(environment)
    named = {"MigrationDate": "payments:migrationDate", "Suffix": "payments:suffix"}
    given = {tag: str(config[key]) for tag, key in named.items() if key in config}
    return {"Environment": environment, "Project": str(settings.project()["name"]), **given}


def identity(tags: Mapping[str, str]) -> dict[str, str]:
    """Those of a stack's tags that tell it from other stacks; empty where it gives none."""
    return {key: tags[key] for key in IDENTITY if key in tags}


def unclaimed(aws: Aws, arns: Iterable[str], state: Sequence[Mapping[str, Any]]) -> list[str]:
    """Those of ``arns`` that a stack's state knows nothing of (``neighbours.strangers``) and that AWS is not deleting by itself.

    Raises:
        ClientError, BotoCoreError: AWS does not say.
    """
    return [arn for arn in neighbours.strangers(arns, state) if not ends(aws, arn)]


def carrying(aws: Aws, tags: Mapping[str, str]) -> list[str]:
    """The ARNs of what carries all of these tags, in the target's region.

    Raises:
        ClientError, BotoCoreError: AWS does not say.
    """
    filters = [{"Key": key, "Values": [value]} for key, value in tags.items()]
    pages = aws.pages("resourcegroupstaggingapi", "get_resources", "ResourceTagMappingList", TagFilters=filters)
    return sorted(str(item["ResourceARN"]) for item in pages)


def ends(aws: Aws, arn: str) -> str:
    """When AWS deletes what it lets nobody delete at once, or has deleted and still lists; empty for everything else.

    Raises:
        ClientError, BotoCoreError: AWS does not say.
    """
    service, kind = arn.split(":")[2], arn.split(":", 5)[5].partition("/")
    if service == "kms":
        key = aws.client("kms").describe_key(KeyId=arn)["KeyMetadata"]
        return str(key["DeletionDate"].isoformat()) if key["KeyState"] == "PendingDeletion" else ""
    if service == "ec2" and kind[0] == "natgateway":
        found = aws.client("ec2").describe_nat_gateways(NatGatewayIds=[kind[2]])["NatGateways"]
        return "deleted; AWS lists it for an hour" if all(each["State"] == "deleted" for each in found) else ""
    return ""
