"""91_teardown: remove everything, and see that nothing is left."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from runbook_lib import settings, workspace
from runbook_lib.results import Finding, Status
from runbook_lib.snapshot.drill import until
from runbook_lib.steps.outcome import Report
from runbook_lib.steps.step import Context, progress, step

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from runbook_lib.parameters import TeardownParameters

PROVIDER = "pulumi:providers:aws"
SETTLING_SECONDS = {False: 900.0, True: 3.0}
"""How long AWS is given to forget the tags of what is gone, by whether it is emulated."""
STATE, TAGGED = "state_empty", "nothing_tagged_left"


@step("91_teardown")
def teardown(context: Context, known: TeardownParameters) -> Report:
    """Destroy the stack, then ask AWS what still carries the tags that the stack gave to everything."""
    if not (context.run.workspace / "Pulumi.yaml").exists():
        workspace.prepare(context.run, {})
    before = context.engine.resources()
    tags = default_tags(before) or _configured_tags(known.environment)
    progress("destroying")
    outcome = context.engine.destroy()
    after = _custom(context.engine.resources())
    progress("looking for what is left")
    state = _state_finding(len(_custom(before)), after, context.engine.updates())
    found, left, ending = _live(context, tags)
    return Report(
        findings=(state, found),
        data={"destroyed": len(outcome.done), "left_in_state": after, "left_in_aws": left, "ending": ending, "tags": tags},
    )


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


def _configured_tags(environment: str) -> dict[str, str]:
    """What the stack's provider would tag with today: all there is to go by once the state is empty."""
    config = settings.stack_config(environment)
    named = {"MigrationDate": "payments:migrationDate", "Suffix": "payments:suffix"}
    given = {tag: str(config[key]) for tag, key in named.items() if key in config}
    return {"Environment": environment, "Project": str(settings.project()["name"]), **given}


def _custom(resources: Iterable[Mapping[str, Any]]) -> list[str]:
    return [str(resource["urn"]) for resource in resources if resource.get("custom")]


def _live(context: Context, tags: dict[str, str]) -> tuple[Finding, list[str], dict[str, str]]:
    """The finding on what AWS still has, the ARNs of that, and what AWS is deleting in its own time."""
    ending: dict[str, str] = {}

    def left() -> list[str]:
        arns = _tagged(context, tags)
        ending.clear()
        ending.update({arn: when for arn in arns if (when := _ends(context, arn))})
        return [arn for arn in arns if arn not in ending]

    try:
        found = until(left, lambda arns: not arns, seconds=SETTLING_SECONDS[context.run.facts.target.emulated])
    except (ClientError, BotoCoreError) as error:
        # The stack is gone by now: what was destroyed must be on record all the same.
        message = f"AWS does not say what is left: {error}"
        return _finding(Status.UNKNOWN, message, "Run 91_teardown again with rights to read tags and keys.", TAGGED), [], {}
    return _tag_finding(tags, found, ending), found, ending


def _tagged(context: Context, tags: dict[str, str]) -> list[str]:
    filters = [{"Key": key, "Values": [value]} for key, value in tags.items()]
    pages = context.aws.pages("resourcegroupstaggingapi", "get_resources", "ResourceTagMappingList", TagFilters=filters)
    return sorted(str(item["ResourceARN"]) for item in pages)


def _ends(context: Context, arn: str) -> str:
    """When AWS deletes what it lets nobody delete at once, or has deleted and still lists; empty for everything else."""
    service, kind = arn.split(":")[2], arn.split(":", 5)[5].partition("/")
    if service == "kms":
        key = context.aws.client("kms").describe_key(KeyId=arn)["KeyMetadata"]
        return str(key["DeletionDate"].isoformat()) if key["KeyState"] == "PendingDeletion" else ""
    if service == "ec2" and kind[0] == "natgateway":
        found = context.aws.client("ec2").describe_nat_gateways(NatGatewayIds=[kind[2]])["NatGateways"]
        return "deleted; AWS lists it for an hour" if all(each["State"] == "deleted" for each in found) else ""
    return ""


def _state_finding(before: int, after: list[str], updates: int) -> Finding:
    if before == 0 and updates <= 1:  # the one being the destruction that has just found nothing
        message = "This backend has never held a deployment of the stack, so there was nothing to destroy."
        return _finding(Status.FAIL, message, "Set PULUMI_BACKEND_URL to the backend that the stack was deployed with.", STATE)
    if after:
        message = f"{len(after)} of {before} resources are still in the stack: {', '.join(after[:5])}."
        return _finding(Status.FAIL, message, "Run 91_teardown again; its error says what refused.", STATE)
    return _finding(Status.PASS, f"All {before} resources of the stack are gone from its state.", "", STATE)


def _tag_finding(tags: dict[str, str], left: list[str], ending: dict[str, str]) -> Finding:
    wanted = ", ".join(f"{key}={value}" for key, value in tags.items())
    if left:
        message = f"{len(left)} resources still carry {wanted}: {', '.join(left[:5])}."
        return _finding(Status.FAIL, message, "Delete them, or find out which other stack they belong to.", TAGGED, wanted)
    when = ", ".join(sorted(set(ending.values())))
    told = f", but for {len(ending)} that AWS deletes in its own time ({when})" if ending else ""
    return _finding(Status.PASS, f"No resource carries {wanted} any more{told}.", "", TAGGED, wanted)


def _finding(status: Status, message: str, remedy: str, check: str, resource: str = "stack") -> Finding:
    return Finding(check=check, requirement=("T2",), status=status, resource=resource, message=message, remedy=remedy)
