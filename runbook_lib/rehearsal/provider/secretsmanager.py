"""Secrets Manager: secrets, their values and who may read them."""

# ruff: noqa: ARG002  # the contract hands every method more than each type needs

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, ClassVar

from runbook_lib.rehearsal.provider.registry import resource
from runbook_lib.rehearsal.provider.shapes import ModelledResource, pick

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.base import Properties
    from runbook_lib.rehearsal.provider.session import Session

CURRENT = "AWSCURRENT"
MANAGED = "Managed by Pulumi"


class SecretsManagerResource(ModelledResource):
    """Base of the Secrets Manager types."""

    service: ClassVar[str] = "secretsmanager"
    absent: ClassVar[frozenset[str]] = frozenset({"ResourceNotFoundException"})

    def policy(self, aws: Session, arn: str) -> str | None:
        """The resource policy, if there is one."""
        text: str | None = self.call(aws, "GetResourcePolicy", {"secretId": arn})["resourcePolicy"]
        return text or None


@resource("aws:secretsmanager/secret:Secret")
class Secret(SecretsManagerResource):
    """A secret, without its value; its id is its ARN."""

    autoname = "name"
    autoname_max = 512
    replace_on = frozenset({"name", "namePrefix", "type"})
    json_properties = frozenset({"policy"})
    defaults: ClassVar[dict[str, Any]] = {"description": MANAGED, "recoveryWindowInDays": 30}

    def refused(self, inputs: Properties) -> str | None:
        """Replicas: the emulator is one region."""
        return "replicas: the rehearsal keeps secrets in one region" if inputs.get("replicas") else None

    def create(self, aws: Session, inputs: Properties) -> str:
        """CreateSecret."""
        return str(self.call(aws, "CreateSecret", inputs, Tags="tagsAll")["arn"])

    def configure(self, aws: Session, id_: str, new: Properties, changed: frozenset[str]) -> None:
        """The policy, if the secret itself carries it."""
        if "policy" in changed:
            operation = "PutResourcePolicy" if new.get("policy") else "DeleteResourcePolicy"
            self.call(aws, operation, new | {"secretId": id_}, ResourcePolicy="policy")

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """UpdateSecret."""
        if changed & {"description", "kmsKeyId"}:
            self.call(aws, "UpdateSecret", {"description": ""} | new | {"secretId": id_})
        self.configure(aws, id_, new, changed)

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """DescribeSecret and the policy; one that waits for its deletion counts as gone."""
        live = self.call(aws, "DescribeSecret", {"secretId": id_})
        if live["deletedDate"]:
            return None
        return pick(live, "arn", "name", "description", "kmsKeyId", tagsAll="tags") | {"policy": self.policy(aws, id_)}

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """DeleteSecret; a recovery window of 0 days means at once."""
        if self.read(aws, id_, state) is None:
            return
        days = state.get("recoveryWindowInDays", 30)
        how = {"recoveryWindowInDays": days} if days else {"forceDeleteWithoutRecovery": True}
        self.call(aws, "DeleteSecret", {"secretId": id_} | how)

    def tag_target(self, aws: Session, id_: str, state: Properties) -> str:
        """The id is the ARN."""
        return id_


@resource("aws:secretsmanager/secretVersion:SecretVersion")
class SecretVersion(SecretsManagerResource):
    """A secret's value; its id is ``ARN|VERSION``."""

    replace_on = frozenset({"secretBinary", "secretId", "secretString", "secretStringWoVersion"})
    secrets = frozenset({"secretBinary", "secretString", "secretStringWo"})
    sets = frozenset({"versionStages"})

    def create(self, aws: Session, inputs: Properties) -> str:
        """PutSecretValue."""
        value = {"secretString": inputs.get("secretString") or inputs.get("secretStringWo")}
        if inputs.get("secretBinary"):
            value = {"secretBinary": base64.b64decode(inputs["secretBinary"])}
        made = self.call(aws, "PutSecretValue", inputs | value)
        return f"{made['arn']}|{made['versionId']}"

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """UpdateSecretVersionStage, one stage at a time."""
        before, after = set(old.get("versionStages") or ()), set(new.get("versionStages") or ())
        for stage in sorted(after - before):
            holders = self.call(aws, "DescribeSecret", self.key(id_))["versionIdsToStages"] or {}
            holder = next((version for version, stages in holders.items() if stage in stages), None)
            move = {"versionStage": stage, "moveToVersionId": self.key(id_)["versionId"], "removeFromVersionId": holder}
            self.call(aws, "UpdateSecretVersionStage", self.key(id_) | move)
        self.unstage(aws, id_, before - after - {CURRENT})

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """GetSecretValue of this version."""
        live = self.call(aws, "GetSecretValue", self.key(id_))
        return pick(live, "arn", "secretString", "versionId", "versionStages", secretArn="arn")

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """Take its stages off; AWS never lets go of the current version, which ends with the secret."""
        self.unstage(aws, id_, set(state.get("versionStages") or ()) - {CURRENT})

    def unstage(self, aws: Session, id_: str, stages: set[str]) -> None:
        """Remove stages from the version."""
        for stage in sorted(stages):
            removal = {"versionStage": stage, "removeFromVersionId": self.key(id_)["versionId"]}
            self.call(aws, "UpdateSecretVersionStage", self.key(id_) | removal)

    def key(self, id_: str) -> Properties:
        """What the id stands for."""
        arn, _, version = id_.partition("|")
        return {"secretId": arn, "versionId": version}


@resource("aws:secretsmanager/secretPolicy:SecretPolicy")
class SecretPolicy(SecretsManagerResource):
    """Who may read a secret; its id is the secret's ARN."""

    replace_on = frozenset({"secretArn"})
    json_properties = frozenset({"policy"})

    def create(self, aws: Session, inputs: Properties) -> str:
        """PutResourcePolicy."""
        answer = self.call(aws, "PutResourcePolicy", inputs, SecretId="secretArn", ResourcePolicy="policy")
        return str(answer["arn"])

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """Put it again."""
        self.create(aws, new)

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """GetResourcePolicy."""
        policy = self.policy(aws, id_)
        return {"secretArn": id_, "policy": policy} if policy else None

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """DeleteResourcePolicy."""
        self.call(aws, "DeleteResourcePolicy", {"secretId": id_})
