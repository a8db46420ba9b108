"""The functions' roles, made before the keys whose policies name them; their rights follow in application.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

import policies
from naming import Limit

if TYPE_CHECKING:
    from context import Context


class FunctionRoles(pulumi.ComponentResource):
    """One role per function."""

    def __init__(self, name: str, context: Context, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("payments:application:FunctionRoles", name, None, opts)
        self.payments = self._role("payments", context)
        self.schema = self._role("schema", context)
        self.register_outputs({})

    def _role(self, function: str, context: Context) -> aws.iam.Role:
        return aws.iam.Role(
            f"{function}-function",
            name=context.names(f"{function}-function", Limit.ROLE),
            description=f"What the {function} function may do",
            assume_role_policy=pulumi.Output.json_dumps(policies.trust("lambda.amazonaws.com")),
            opts=pulumi.ResourceOptions(parent=self),
        )
