"""Breaks of the functions and their roles."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from integration.mutations.live import Live, Mutation, settled

from runbook_lib.snapshot.functions import Functions
from runbook_lib.snapshot.iam import Roles

if TYPE_CHECKING:
    from collections.abc import Callable

    Mend = Callable[[], object]


def configured(live: Live, bad: dict[str, Any], good: dict[str, Any]) -> Mend:
    """Configure the schema function, which no payment waits for."""
    return settled(live, live.outputs.schema_function_name, live.client("lambda").update_function_configuration, bad, good)


def environment(live: Live, **variables: str) -> Mend:
    """Set environment variables."""
    before = dict(live.healthy.read(Functions).schema.environment)
    bad, good = ({"Environment": {"Variables": each}} for each in (before | variables, before))
    return configured(live, bad, good)


def in_public_subnets(live: Live) -> Mend:
    """Move the function to the public subnets."""
    outputs = live.outputs
    bad, good = (
        {"VpcConfig": {"SubnetIds": list(ids), "SecurityGroupIds": [outputs.lambda_security_group_id]}}
        for ids in (outputs.public_subnet_ids, outputs.private_subnet_ids)
    )
    return configured(live, bad, good)


def shared_log(live: Live) -> Mend:
    """Let the schema function log where the payments function does."""
    names = (live.outputs.payments_function_name, live.outputs.schema_function_name)
    bad, good = ({"LoggingConfig": {"LogGroup": f"/aws/lambda/{name}"}} for name in names)
    return configured(live, bad, good)


def shared_role(live: Live) -> Mend:
    """Let the schema function act in the payments function's role."""
    roles = live.healthy.read(Roles)
    return configured(live, {"Role": roles.payments.arn}, {"Role": roles.schema.arn})


def granted(live: Live, action: str, resource: str) -> Mend:
    """Grant the payments function's role one thing more."""
    iam, role = live.client("iam"), live.outputs.payments_role_name
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource}]}
    iam.put_role_policy(RoleName=role, PolicyName="by-hand", PolicyDocument=json.dumps(document))
    return partial(iam.delete_role_policy, RoleName=role, PolicyName="by-hand")


def untagged(live: Live) -> Mend:
    """Drop a tag."""
    client, name = live.client("lambda"), live.outputs.schema_function_name
    arn = client.get_function(FunctionName=name)["Configuration"]["FunctionArn"]
    client.untag_resource(Resource=arn, TagKeys=["MigrationDate"])
    return partial(client.tag_resource, Resource=arn, Tags={"MigrationDate": live.outputs.migration_date.isoformat()})


ROWS = (
    Mutation("lambda_ready", (Functions,), lambda live: environment(live, ENVIRONMENT="production"), "serves production"),
    Mutation(
        "lambda_gets_secret_arn_only", (Functions,),
        lambda live: environment(live, DB_PASSWORD="in clear"), "holds values in ['DB_PASSWORD']",
    ),
    Mutation("lambda_in_private_subnets", (Functions,), in_public_subnets, "stands in ['subnet-"),
    Mutation("lambda_logs_apart", (Functions,), shared_log, "which is shared or not made by the stack"),
    Mutation(
        "lambda_runtime_supported", (Functions,),
        lambda live: configured(live, {"Runtime": "python3.8"}, {"Runtime": live.healthy.read(Functions).schema.runtime}),
        "runs on python3.8, which is not supported",
    ),
    Mutation(
        "lambda_traced", (Functions,),
        lambda live: configured(live, {"TracingConfig": {"Mode": "PassThrough"}}, {"TracingConfig": {"Mode": "Active"}}),
        "tracing mode PassThrough",
    ),
    Mutation("roles_one_per_function", (Functions,), shared_role, "has arn:aws:iam::"),
    Mutation(
        "roles_grant_no_wildcard_action", (Roles,),
        lambda live: granted(live, "s3:Get*", f"arn:aws:s3:::{live.outputs.audit_bucket_name}/*"), "is granted ['s3:Get*']",
    ),
    Mutation("roles_name_their_resources", (Roles,), lambda live: granted(live, "s3:PutObject", "*"), "may do ['s3:PutObject']"),
    Mutation("resources_tagged", (Functions,), untagged, "schema-staging-demo"),
)  # fmt: skip
