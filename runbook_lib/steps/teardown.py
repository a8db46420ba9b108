"""91_teardown: remove everything, and see that nothing is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from runbook_lib import neighbours, tagged, workspace
from runbook_lib.errors import TargetError
from runbook_lib.results import Finding, Status
from runbook_lib.snapshot.drill import until
from runbook_lib.steps import looking_around
from runbook_lib.steps.outcome import Report
from runbook_lib.steps.step import Context, progress, step

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from runbook_lib.parameters import TeardownParameters

SETTLING_SECONDS = {False: 900.0, True: 3.0}
"""How long AWS is given to forget the tags of what is gone, by whether it is emulated."""
STATE, TAGGED = "state_empty", "nothing_tagged_left"


@step("91_teardown")
def teardown(context: Context, known: TeardownParameters) -> Report:
    """Destroy the stack, then ask AWS what still carries the tags that the stack gave to everything."""
    if not (context.run.workspace / "Pulumi.yaml").exists():
        workspace.prepare(context.run, {})
    before = context.engine.resources()
    left_alone = _left_alone(context, before)
    tags = tagged.default_tags(before) or tagged.configured_tags(known.environment)
    progress("destroying")
    outcome = context.engine.destroy()
    after = _custom(context.engine.resources())
    progress("looking for what is left")
    state = _state_finding(len(_custom(before)), after, context.engine.updates())
    found, left, ending = _live(context, tags)
    return Report(
        findings=(*left_alone, state, found),
        data={"destroyed": len(outcome.done), "left_in_state": after, "left_in_aws": left, "ending": ending, "tags": tags},
    )


def _left_alone(context: Context, state: Sequence[Mapping[str, Any]]) -> tuple[Finding, ...]:
    """See to it that an account-wide setting that somebody else has changed since is not taken from them.

    Raises:
        TargetError: AWS does not say whose it is; nothing has been destroyed.
    """
    if not (ours := [str(each["urn"]) for each in state if each["type"] == neighbours.ACCOUNT]):
        return ()
    try:
        role = looking_around.logging_role(context.aws, state)
    except (ClientError, BotoCoreError) as error:
        raise TargetError(
            f"AWS does not say whose API Gateway's logging role is: {error}",
            remedy="Nothing was destroyed. Allow apigateway:GET and iam:GetRole, and run 91_teardown again.",
        ) from error
    if not role.foreign:
        return ()
    for urn in ours:
        context.engine.retain(urn)
    return (neighbours.logging_role_is_left(role),)


def _custom(resources: Iterable[Mapping[str, Any]]) -> list[str]:
    return [str(resource["urn"]) for resource in resources if resource.get("custom")]


def _live(context: Context, tags: dict[str, str]) -> tuple[Finding, list[str], dict[str, str]]:
    """The finding on what AWS still has, the ARNs of that, and what AWS is deleting in its own time."""
    ending: dict[str, str] = {}

    def left() -> list[str]:
        arns = tagged.carrying(context.aws, tags)
        ending.clear()
        ending.update({arn: when for arn in arns if (when := tagged.ends(context.aws, arn))})
        return [arn for arn in arns if arn not in ending]

    try:
        found = until(left, lambda arns: not arns, seconds=SETTLING_SECONDS[context.run.facts.target.emulated])
    except (ClientError, BotoCoreError) as error:
        # The stack is gone by now: what was destroyed must be on record all the same.
        message = f"AWS does not say what is left: {error}"
        return _finding(Status.UNKNOWN, message, "Run 91_teardown again with rights to read tags and keys.", TAGGED), [], {}
    return _tag_finding(tags, found, ending), found, ending


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
