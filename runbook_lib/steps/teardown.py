"""91_teardown: remove everything, and see that nothing is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runbook_lib import settings, workspace
from runbook_lib.results import Finding, Status
from runbook_lib.steps.outcome import Report
from runbook_lib.steps.step import Context, progress, step

if TYPE_CHECKING:
    from runbook_lib.parameters import TeardownParameters


@step("91_teardown")
def teardown(context: Context, known: TeardownParameters) -> Report:
    """Destroy the stack, then ask AWS what still carries its tags."""
    if not (context.run.workspace / "Pulumi.yaml").exists():
        workspace.prepare(context.run, {})
    before = {resource["urn"] for resource in context.engine.resources() if resource.get("custom")}
    progress("destroying")
    outcome = context.engine.destroy()
    after = [resource["urn"] for resource in context.engine.resources() if resource.get("custom")]
    tags = _tags(known.environment)
    tagged = _tagged(context, tags)
    ending = _ending_keys(context, tagged)
    left = [arn for arn in tagged if arn not in ending]
    return Report(
        findings=(_state_finding(len(before), after), _tag_finding(tags, left, ending)),
        data={"destroyed": len(outcome.done), "left_in_state": after, "left_in_aws": left, "keys_ending": ending, "tags": tags},
    )


def _tags(environment: str) -> dict[str, str]:
    config = settings.stack_config(environment)
    return {"Environment": environment, "MigrationDate": str(config["payments:migrationDate"]), "Project": "payments"}


def _tagged(context: Context, tags: dict[str, str]) -> list[str]:
    filters = [{"Key": key, "Values": [value]} for key, value in tags.items()]
    pages = context.aws.pages("resourcegroupstaggingapi", "get_resources", "ResourceTagMappingList", TagFilters=filters)
    return sorted(str(item["ResourceARN"]) for item in pages)


def _ending_keys(context: Context, arns: list[str]) -> dict[str, str]:
    """KMS keys among ``arns`` that AWS will delete, and when: it lets no key go at once."""
    kms = context.aws.client("kms")
    keys = [kms.describe_key(KeyId=arn)["KeyMetadata"] for arn in arns if arn.split(":")[2] == "kms"]
    return {key["Arn"]: key["DeletionDate"].isoformat() for key in keys if key["KeyState"] == "PendingDeletion"}


def _state_finding(before: int, after: list[str]) -> Finding:
    return Finding(
        check="state_empty",
        requirement=("T2",),
        status=Status.FAIL if after else Status.PASS,
        resource="stack",
        message=f"{len(after)} of {before} resources are still in the stack: {', '.join(after[:5])}."
        if after
        else f"All {before} resources of the stack are gone from its state.",
        remedy="Run 91_teardown again; its error says what refused." if after else "",
    )


def _tag_finding(tags: dict[str, str], tagged: list[str], ending: dict[str, str]) -> Finding:
    wanted = ", ".join(f"{key}={value}" for key, value in tags.items())
    return Finding(
        check="nothing_tagged_left",
        requirement=("T2",),
        status=Status.FAIL if tagged else Status.PASS,
        resource=wanted,
        message=f"{len(tagged)} resources still carry {wanted}: {', '.join(tagged[:5])}."
        if tagged
        else f"No resource carries {wanted} any more, but for {len(ending)} KMS keys that AWS deletes by {max(ending.values())}."
        if ending
        else f"No resource carries {wanted} any more.",
        remedy="Delete them, or find out which other stack they belong to." if tagged else "",
    )
