"""The drills that take a dependency away from the payments function; payments fail meanwhile.

How long: the audit store and the secret for some seconds; the database for as long as RDS takes to stop and start an
instance, which is a quarter of an hour or more. The alarms about all three go off, and are meant to.
"""

from __future__ import annotations

import itertools
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from runbook_lib.snapshot.collect import Turn, collects
from runbook_lib.snapshot.drill import MARK, NotMendedError, Outage, mending, suffer, until
from runbook_lib.snapshot.probe import Bench

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runbook_lib.aws import Aws
    from runbook_lib.outputs import StackOutputs

RDS_SECONDS = 45 * 60.0
"""What RDS is given to stop or to start an instance; with a standby it takes longest."""
LAMBDA_SECONDS = 120.0
"""What Lambda is given to take up a changed configuration."""


class AuditStoreOutage(Outage):
    """The audit bucket's policy denied the payments function to put objects."""


class DatabaseOutage(Outage):
    """The DB instance was stopped."""


class SecretOutage(Outage):
    """The payments function's role was denied to read the database secret."""


@collects(AuditStoreOutage, turn=Turn.DRILL, disruptive=True)
def audit_store_outage(aws: Aws, outputs: StackOutputs) -> AuditStoreOutage:
    """Deny by the bucket's policy, as somebody who mends policies would by mistake."""
    s3, bucket = aws.client("s3"), outputs.audit_bucket_name

    def policy() -> str:
        return str(s3.get_bucket_policy(Bucket=bucket)["Policy"])

    before = _without_drill(policy())
    role = aws.client("iam").get_role(RoleName=outputs.payments_role_name)["Role"]["Arn"]
    partition = role.split(":")[1]
    denial = {**_deny("s3:PutObject", f"arn:{partition}:s3:::{bucket}/*"), "Principal": {"AWS": role}}

    @contextmanager
    def away() -> Iterator[None]:
        with mending(f"the policy of bucket {bucket}", lambda: s3.put_bucket_policy(Bucket=bucket, Policy=before)):
            denied = json.loads(before)
            s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({**denied, "Statement": [*denied["Statement"], denial]}))
            yield

    return suffer(
        AuditStoreOutage, Bench(aws, outputs), bucket, "AuditStoreUnavailable",
        away=away(), restored=lambda: json.loads(policy()) == json.loads(before),
    )  # fmt: skip


@collects(DatabaseOutage, turn=Turn.DATABASE_DRILL, disruptive=True)
def database_outage(aws: Aws, outputs: StackOutputs) -> DatabaseOutage:
    """Stop the instance, and start it again."""
    rds, name = aws.client("rds"), outputs.rds_identifier

    def status() -> str:
        return str(rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]["DBInstanceStatus"])

    def start() -> None:
        # Only a stopped instance can be started, and one that never stopped need not be.
        if until(status, lambda seen: seen != "stopping", seconds=RDS_SECONDS) == "stopped":
            rds.start_db_instance(DBInstanceIdentifier=name)
        if (seen := until(status, lambda seen: seen == "available", seconds=RDS_SECONDS)) != "available":
            raise NotMendedError(f"DB instance {name} is {seen} after {RDS_SECONDS:.0f} s.")

    start()  # a drill that was killed may have left it stopped

    @contextmanager
    def away() -> Iterator[None]:
        with mending(f"DB instance {name}", start):
            rds.stop_db_instance(DBInstanceIdentifier=name)
            until(status, lambda seen: seen == "stopped", seconds=RDS_SECONDS)
            yield

    return suffer(
        DatabaseOutage, Bench(aws, outputs), name, "DatabaseUnavailable",
        away=away(), restored=lambda: status() == "available",
    )  # fmt: skip


@collects(SecretOutage, turn=Turn.SECRET_DRILL, disruptive=True)
def secret_outage(aws: Aws, outputs: StackOutputs) -> SecretOutage:
    """Deny by an inline policy of the role's own, because RDS manages the secret.

    The function keeps what it read for as long as an execution environment lives; a change of its description replaces
    those, and so does changing it back. A denial takes a while to hold everywhere, and an environment that started meanwhile
    has read the secret: as long as payments are accepted, the environments are replaced again.
    """
    iam, lambda_ = aws.client("iam"), aws.client("lambda")
    function, role = outputs.payments_function_name, outputs.payments_role_name

    def configuration() -> dict[str, Any]:
        found: dict[str, Any] = lambda_.get_function_configuration(FunctionName=function)
        return found

    def ready() -> None:
        until(configuration, lambda seen: seen["LastUpdateStatus"] != "InProgress", seconds=LAMBDA_SECONDS)

    def describe(text: str) -> None:
        ready()  # it takes one change at a time
        # The timeout stays; naming it tells the emulator, too, that this is a change of what runs.
        lambda_.update_function_configuration(FunctionName=function, Description=text, Timeout=before["Timeout"])
        ready()

    def drilled() -> list[str]:
        return [name for name in iam.list_role_policies(RoleName=role)["PolicyNames"] if name == MARK]

    def allow() -> None:
        for name in drilled():
            iam.delete_role_policy(RoleName=role, PolicyName=name)

    def restart() -> None:
        describe(f"{description}{MARK} {next(times)}")  # only a change replaces anything

    before, times = configuration(), itertools.count(1)
    description = before.get("Description", "").partition(MARK)[0]

    @contextmanager
    def away() -> Iterator[None]:
        with mending(f"the policies of role {role}", allow):
            denial = {"Version": "2012-10-17", "Statement": [_deny("secretsmanager:GetSecretValue", outputs.master_secret_arn)]}
            iam.put_role_policy(RoleName=role, PolicyName=MARK, PolicyDocument=json.dumps(denial))
            restart()
            yield

    with mending(f"the description of {function}", lambda: describe(description)):
        return suffer(
            SecretOutage, Bench(aws, outputs), outputs.master_secret_arn, "SecretUnreadable",
            away=away(), restored=lambda: not drilled(), again=restart,
        )  # fmt: skip


def _without_drill(policy: str) -> str:
    """A policy as it was before a drill that was killed; any other to the letter."""
    document = json.loads(policy)
    statements = [statement for statement in document["Statement"] if statement.get("Sid") != MARK]
    return policy if statements == document["Statement"] else json.dumps({**document, "Statement": statements})


def _deny(action: str, resource: str) -> dict[str, Any]:
    return {"Sid": MARK, "Effect": "Deny", "Action": action, "Resource": resource}
