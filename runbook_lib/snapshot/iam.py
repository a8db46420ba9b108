"""The functions' roles, with every statement they hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runbook_lib.snapshot.collect import collects
from runbook_lib.snapshot.parts import Tagged
from runbook_lib.snapshot.policies import Statement, statements
from runbook_lib.snapshot.tags import by_key

if TYPE_CHECKING:
    from runbook_lib.aws import Aws
    from runbook_lib.outputs import StackOutputs


@dataclass(frozen=True, kw_only=True)
class Role(Tagged):
    """A role; its statements come from its inline and its attached policies alike."""

    arn: str
    trust: tuple[Statement, ...]
    statements: tuple[Statement, ...]


@dataclass(frozen=True, kw_only=True)
class Roles:
    """One role per function."""

    payments: Role
    schema: Role

    def both(self) -> tuple[Role, Role]:
        """For the checks that ask the same of each."""
        return self.payments, self.schema


@collects(Roles)
def roles(aws: Aws, outputs: StackOutputs) -> Roles:
    """Read the roles named by the outputs."""
    return Roles(payments=_role(aws, outputs.payments_role_name), schema=_role(aws, outputs.schema_role_name))


def _role(aws: Aws, name: str) -> Role:
    iam = aws.client("iam")
    raw = iam.get_role(RoleName=name)["Role"]
    tags = aws.pages("iam", "list_role_tags", "Tags", RoleName=name)
    inline = [
        iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        for policy in aws.pages("iam", "list_role_policies", "PolicyNames", RoleName=name)
    ]
    attached = [
        _document(aws, policy["PolicyArn"])
        for policy in aws.pages("iam", "list_attached_role_policies", "AttachedPolicies", RoleName=name)
    ]
    return Role(
        name=name,
        tags=by_key(tags),
        arn=raw["Arn"],
        trust=statements(raw["AssumeRolePolicyDocument"]),
        statements=tuple(found for document in inline + attached for found in statements(document)),
    )


def _document(aws: Aws, arn: str) -> dict[str, object]:
    iam = aws.client("iam")
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    document: dict[str, object] = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    return document
