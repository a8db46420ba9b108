"""Which rights lead to more rights: whoever has them can give themselves, or what they start, whatever another role may do.

The ways are those that Rhino Security Labs described ("AWS IAM Privilege Escalation: Methods and Mitigation", 2018, and the later
list in their repository), by the actions that each takes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from runbook_lib.snapshot.policies import Statement

ALONE = frozenset(
    {
        "iam:addusertogroup", "iam:attachgrouppolicy", "iam:attachrolepolicy", "iam:attachuserpolicy", "iam:createaccesskey",
        "iam:createloginprofile", "iam:createpolicyversion", "iam:deleterolepermissionsboundary",
        "iam:deleteuserpermissionsboundary", "iam:putgrouppolicy", "iam:putrolepolicy", "iam:putuserpolicy",
        "iam:setdefaultpolicyversion", "iam:updateassumerolepolicy", "iam:updateloginprofile", "lambda:updatefunctioncode",
        "lambda:updatefunctionconfiguration", "sso:putinlinepolicytopermissionset", "sso:attachmanagedpolicytopermissionset",
    }
)  # fmt: skip
"""Actions (lower case) that need no other."""
PASSING = "iam:passrole"
STARTING = frozenset(
    {
        "apprunner:createservice", "batch:submitjob", "bedrock-agentcore:createcodeinterpreter", "cloudformation:createstack",
        "codebuild:createproject", "codepipeline:createpipeline", "datapipeline:createpipeline", "ec2:requestspotinstances",
        "ec2:runinstances", "ecs:registertaskdefinition", "ecs:runtask", "emr-serverless:startjobrun", "glue:createdevendpoint",
        "glue:createjob", "lambda:createfunction", "sagemaker:createnotebookinstance", "sagemaker:createprocessingjob",
        "sagemaker:createtrainingjob", "ssm:startautomationexecution", "states:createstatemachine",
    }
)  # fmt: skip
"""Actions that start something with a role that is passed to it."""
BOUNDED = "iam:permissionsboundary"


def escalations(statements: Iterable[Statement]) -> Iterator[str]:
    """What the statements of one identity policy allow that leads to more.

    A permissions boundary that is asked for keeps what is given within it; a policy on a resource gives nobody this.
    """
    granting = [each for each in statements if each.allows and not each.principals]
    actions = {action.lower(): action for each in granting if not _bounded(each) for action in each.actions}
    yield from (f"{actions[action]}, by which it can give itself more" for action in sorted(ALONE & actions.keys()))
    starting = sorted(STARTING & actions.keys())
    if PASSING in actions and starting:
        yield f"{actions[PASSING]} with {actions[starting[0]]}, by which it can act as another role"


def _bounded(statement: Statement) -> bool:
    return any(key.lower() == BOUNDED for values in statement.conditions.values() for key in values)
