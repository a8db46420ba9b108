"""An instance's database is real, and its master secret is the only way in."""

from __future__ import annotations

import json
import os
import ssl
from typing import TYPE_CHECKING, Any

import pg8000.native
import pytest
from botocore.exceptions import ClientError
from integration.provider.documents import key

from runbook_lib.rehearsal.database import CA_VARIABLE
from runbook_lib.rehearsal.provider.base import ProviderError
from runbook_lib.rehearsal.provider.lifecycle import Lifecycle

if TYPE_CHECKING:
    from integration.provider.harness import Make, Properties

    from runbook_lib.rehearsal.provider.session import Session

INSTANCE = "aws:rds/instance:Instance"
GROUP = "aws:rds/parameterGroup:ParameterGroup"
BASE: dict[str, Any] = {
    "allocatedStorage": 20,
    "applyImmediately": True,
    "dbName": "payments",
    "engine": "postgres",
    "engineVersion": "14",
    "instanceClass": "db.t4g.medium",
    "skipFinalSnapshot": True,
    "username": "payments_admin",
}


def login(aws: Session, instance: Properties, *, tls: bool) -> list[Any]:
    """Log in with what the secret says, and ask who we are."""
    secret = aws.client("secretsmanager").get_secret_value(SecretId=instance["masterUserSecrets"][0]["secretArn"])
    words = json.loads(secret["SecretString"])
    context = ssl.create_default_context(cafile=os.environ[CA_VARIABLE]) if tls else False
    with pg8000.native.Connection(
        words["username"],
        password=words["password"],
        host=instance["address"],
        port=instance["port"],
        database="payments",
        ssl_context=context,
    ) as connection:
        return list(connection.run("select current_user, current_database()"))


@pytest.fixture
def managed(make: Make) -> Properties:
    """An instance whose password RDS manages, and which refuses connections in clear."""
    forced = [{"name": "rds.force_ssl", "value": "1"}]
    group = make(GROUP, family="postgres14", parameters=forced)["name"]
    secret = {"manageMasterUserPassword": True, "masterUserSecretKmsKeyId": key(make)["arn"]}
    return make(INSTANCE, **BASE, **secret, parameterGroupName=group, port=5432)


class TestMasterSecret:
    def test_it_lets_in_over_tls_only(self, aws: Session, managed: Properties) -> None:
        assert login(aws, managed, tls=True) == [["payments_admin", "payments"]]
        with pytest.raises(pg8000.native.DatabaseError, match="no encryption"):
            login(aws, managed, tls=False)

    def test_it_is_named_and_tagged_as_rds_does(self, aws: Session, managed: Properties) -> None:
        (kept,) = managed["masterUserSecrets"]
        secret = aws.client("secretsmanager").describe_secret(SecretId=kept["secretArn"])
        assert secret["Name"] == f"rds!{managed['id']}"
        assert {tag["Key"]: tag["Value"] for tag in secret["Tags"]} == {
            "aws:rds:primaryDBInstanceArn": managed["arn"],
            "aws:secretsmanager:owningService": "rds",
        }
        assert secret["KmsKeyId"] == kept["kmsKeyId"] == managed["masterUserSecretKmsKeyId"]

    def test_the_password_is_nowhere_in_the_state(self, aws: Session, managed: Properties) -> None:
        secret = aws.client("secretsmanager").get_secret_value(SecretId=managed["masterUserSecrets"][0]["secretArn"])
        assert json.loads(secret["SecretString"])["password"] not in json.dumps(managed)


class TestDeletion:
    def test_secret_and_database_end_with_the_instance(self, aws: Session, managed: Properties) -> None:
        Lifecycle(INSTANCE, aws).delete(managed["id"], managed)
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            aws.client("secretsmanager").describe_secret(SecretId=managed["masterUserSecrets"][0]["secretArn"])
        with pytest.raises(pg8000.native.InterfaceError, match="Can't create a connection"):
            pg8000.native.Connection("payments_admin", host=managed["address"], port=managed["port"])

    def test_protection_refuses_and_leaves_the_database_running(self, aws: Session, managed: Properties) -> None:
        rds = aws.client("rds")
        rds.modify_db_instance(DBInstanceIdentifier=managed["identifier"], DeletionProtection=True)
        with pytest.raises(ProviderError, match="DeletionProtection is enabled"):
            Lifecycle(INSTANCE, aws).delete(managed["id"], managed)
        assert login(aws, managed, tls=True)
        rds.modify_db_instance(DBInstanceIdentifier=managed["identifier"], DeletionProtection=False)

    def test_a_final_snapshot_needs_a_name(self, aws: Session, managed: Properties) -> None:
        state = managed | {"skipFinalSnapshot": False}
        with pytest.raises(ProviderError, match="finalSnapshotIdentifier is required"):
            Lifecycle(INSTANCE, aws).delete(managed["id"], state)
        Lifecycle(INSTANCE, aws).delete(managed["id"], state | {"finalSnapshotIdentifier": "last"})
        (snapshot,) = aws.client("rds").describe_db_snapshots(DBSnapshotIdentifier="last")["DBSnapshots"]
        assert snapshot["DBInstanceIdentifier"] == managed["identifier"]


class TestChanges:
    def test_the_real_port_is_no_drift(self, aws: Session, managed: Properties) -> None:
        inputs = BASE | {"manageMasterUserPassword": True, "port": 5432}
        found = Lifecycle(INSTANCE, aws).read(managed["id"], managed, inputs)
        assert found is not None
        outputs, now = found
        assert outputs["port"] != 5432
        assert outputs["endpoint"] == f"127.0.0.1:{outputs['port']}"
        assert now["port"] == 5432

    def test_an_update_announces_the_real_port(self, aws: Session, managed: Properties) -> None:
        """What depends on it would otherwise be agreed on with a port that the database never has."""
        old = BASE | {"manageMasterUserPassword": True, "port": 5432, "identifier": managed["identifier"]}
        announced = Lifecycle(INSTANCE, aws).update(
            managed["id"], managed, old, old | {"instanceClass": "db.t3.large"}, preview=True
        )
        assert announced["port"] == managed["port"] != 5432

    def test_a_parameter_group_that_no_longer_forces_tls_lets_in_in_clear(self, aws: Session, managed: Properties) -> None:
        group = managed["parameterGroupName"]
        aws_group = Lifecycle(GROUP, aws)
        old = {"family": "postgres14", "name": group, "parameters": [{"name": "rds.force_ssl", "value": "1"}]}
        new = old | {"parameters": [{"name": "rds.force_ssl", "value": "0"}]}
        found = aws_group.read(group, old, old)
        assert found is not None
        aws_group.update(group, found[0], old, new, preview=False)
        assert login(aws, managed, tls=False)

    def test_a_password_of_its_own_can_become_a_managed_one(self, aws: Session, make: Make) -> None:
        instance = make(INSTANCE, **BASE, password="qanary-password")
        assert instance["masterUserSecrets"] == []
        old, new = BASE | {"password": "qanary-password"}, BASE | {"manageMasterUserPassword": True}
        named = {"identifier": instance["identifier"]}
        updated = Lifecycle(INSTANCE, aws).update(instance["id"], instance, old | named, new | named, preview=False)
        assert login(aws, updated, tls=True)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"engineVersion": "14.8"}, "Cannot find version 14.8"),
        ({"engine": "mysql", "engineVersion": "8.0"}, "PostgreSQL only"),
        ({"snapshotIdentifier": "old"}, "new, empty databases only"),
        ({"password": "qanary", "manageMasterUserPassword": True}, "exclude each other"),
        ({}, "needs manageMasterUserPassword"),
    ],
)
def test_what_rds_would_refuse(aws: Session, wrong: dict[str, Any], words: str) -> None:
    """Nothing is left behind: the same name can be used again."""
    lifecycle = Lifecycle(INSTANCE, aws)
    master = {"password": "qanary"} if wrong else {}
    inputs, failures = lifecycle.check("refused", {}, BASE | master | wrong | {"identifier": "refused"}, b"")
    assert not failures
    with pytest.raises(ProviderError, match=words):
        lifecycle.create(inputs, preview=False)
    assert aws.client("rds").describe_db_instances()["DBInstances"] == []
