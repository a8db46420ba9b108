"""KMS: keys and the names they go by."""

# ruff: noqa: ARG002  # the contract hands every method more than each type needs

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from runbook_lib.rehearsal.provider.registry import resource
from runbook_lib.rehearsal.provider.shapes import ModelledResource, pick

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.base import Properties
    from runbook_lib.rehearsal.provider.session import Session

DEFAULT_WINDOW_DAYS = 30
DEFAULT_ROTATION_DAYS = 365
PLACE = "alias/"
MANAGED = "alias/aws/"


class KmsResource(ModelledResource):
    """Base of the KMS types."""

    service: ClassVar[str] = "kms"
    absent: ClassVar[frozenset[str]] = frozenset({"NotFoundException"})


@resource("aws:kms/key:Key")
class Key(KmsResource):
    """A customer-managed key; deleting it only schedules its end, so a key in that state counts as gone."""

    replace_on = frozenset({"customerMasterKeySpec", "customKeyStoreId", "keyUsage", "multiRegion", "xksKeyId"})
    json_properties = frozenset({"policy"})
    defaults: ClassVar[dict[str, Any]] = {
        "isEnabled": True,
        "enableKeyRotation": False,
        "keyUsage": "ENCRYPT_DECRYPT",
        "customerMasterKeySpec": "SYMMETRIC_DEFAULT",
    }

    def create(self, aws: Session, inputs: Properties) -> str:
        """CreateKey."""
        names = {
            "KeySpec": "customerMasterKeySpec",
            "CustomerMasterKeySpec": "",
            "BypassPolicyLockoutSafetyCheck": "bypassPolicyLockoutSafetyCheck",
            "Tags": "tagsAll",
        }
        return str(self.call(aws, "CreateKey", inputs, **names)["keyMetadata"]["keyId"])

    def configure(self, aws: Session, id_: str, new: Properties, changed: frozenset[str]) -> None:
        """Rotation, and whether it is enabled: in this order, because a disabled key takes no rotation."""
        key = {"keyId": id_}
        if changed & {"enableKeyRotation", "rotationPeriodInDays"}:
            rotates = new.get("enableKeyRotation")
            self.call(aws, "EnableKeyRotation" if rotates else "DisableKeyRotation", new | key)
        if "isEnabled" in changed and not new.get("isEnabled", True):
            self.call(aws, "DisableKey", key)

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """Change what moved."""
        key = {"keyId": id_}
        if "isEnabled" in changed and new.get("isEnabled", True):
            self.call(aws, "EnableKey", key)
        if "description" in changed:
            self.call(aws, "UpdateKeyDescription", {"description": ""} | new | key)
        if "policy" in changed and new.get("policy"):
            self.call(aws, "PutKeyPolicy", new | key | {"policyName": "default"})
        self.configure(aws, id_, new, changed)

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """DescribeKey, its policy, its rotation and its tags."""
        key = {"keyId": id_}
        live = self.call(aws, "DescribeKey", key)["keyMetadata"]
        if live["keyState"] in {"PendingDeletion", "PendingReplicaDeletion"}:
            return None
        rotation = self.call(aws, "GetKeyRotationStatus", key)
        period = rotation.get("rotationPeriodInDays", DEFAULT_ROTATION_DAYS)
        return pick(
            live, "arn", "keyId", "description", "keyUsage", "multiRegion",
            isEnabled="enabled", customerMasterKeySpec="keySpec",
        ) | {
            "policy": self.call(aws, "GetKeyPolicy", key | {"policyName": "default"})["policy"],
            "enableKeyRotation": rotation["keyRotationEnabled"],
            "rotationPeriodInDays": period if rotation["keyRotationEnabled"] else None,
            "tagsAll": self.call(aws, "ListResourceTags", key)["tags"],
        }  # fmt: skip

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """ScheduleKeyDeletion."""
        window = state.get("deletionWindowInDays") or DEFAULT_WINDOW_DAYS
        self.call(aws, "ScheduleKeyDeletion", {"keyId": id_, "pendingWindowInDays": window})

    def tag_target(self, aws: Session, id_: str, state: Properties) -> str:
        """KMS tags by key id."""
        return id_


@resource("aws:kms/alias:Alias")
class Alias(KmsResource):
    """A name for a key; its id is the name, which begins with ``alias/``."""

    autoname = "name"
    autoname_max = 238
    replace_on = frozenset({"name", "namePrefix"})

    def made_up(self, name: str, inputs: Properties) -> str:
        """In the one place where KMS keeps aliases."""
        return name if name.startswith(PLACE) else f"{PLACE}{name}"

    def refused(self, inputs: Properties) -> str | None:
        """Names that AWS keeps for its own keys."""
        taken = str(inputs.get("name", "")).startswith(MANAGED)
        return f"name cannot begin with {MANAGED}, which AWS keeps for its own keys" if taken else None

    def create(self, aws: Session, inputs: Properties) -> str:
        """CreateAlias."""
        self.call(aws, "CreateAlias", inputs, AliasName="name")
        return str(inputs["name"])

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """UpdateAlias."""
        self.call(aws, "UpdateAlias", new, AliasName="name")

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """Found in ListAliases, which is all that KMS offers."""
        for page in self.client(aws).get_paginator("list_aliases").paginate():
            for alias in page["Aliases"]:
                if alias["AliasName"] == id_ and alias.get("TargetKeyId"):
                    key = alias["TargetKeyId"]
                    arn = aws.arn("kms", f"key/{key}")
                    # A program may name the target by id or by ARN; both mean the same key.
                    target = arn if str(state.get("targetKeyId", "")).startswith("arn:") else key
                    return {"name": id_, "arn": alias["AliasArn"], "targetKeyId": target, "targetKeyArn": arn}
        return None

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """DeleteAlias."""
        self.call(aws, "DeleteAlias", {"aliasName": id_})
