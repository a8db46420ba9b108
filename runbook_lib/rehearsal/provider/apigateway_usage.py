"""API Gateway (REST): keys, the plans that limit them, and the account's settings."""

# ruff: noqa: ARG002  # the contract hands every method more than each type needs

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from runbook_lib.rehearsal.provider.apigateway import MANAGED, ApiGatewayResource
from runbook_lib.rehearsal.provider.registry import resource
from runbook_lib.rehearsal.provider.shapes import pick

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.base import Properties
    from runbook_lib.rehearsal.provider.session import Session

ACCOUNT_ID = "api-gateway-account"  # there is one per account and region, so pulumi-aws gives it a fixed id


@resource("aws:apigateway/usagePlan:UsagePlan")
class UsagePlan(ApiGatewayResource):
    """How much the holder of a key may ask of which stages."""

    autoname = "name"
    sets = frozenset({"apiStages", "apiStages.throttles"})
    patched: ClassVar[dict[str, str]] = {
        "description": "/description",
        "name": "/name",
        "productCode": "/productCode",
        "quotaSettings": "/quota",
        "throttleSettings": "/throttle",
    }

    def create(self, aws: Session, inputs: Properties) -> str:
        """CreateUsagePlan."""
        stages = [
            {name: value for name, value in stage.items() if name != "throttles"}
            | {"throttle": {limit["path"]: _limits(limit) for limit in stage.get("throttles", [])}}
            for stage in inputs.get("apiStages", [])
        ]
        names = {"throttle": "throttleSettings", "quota": "quotaSettings", "tags": "tagsAll"}
        return str(self.call(aws, "CreateUsagePlan", inputs | {"apiStages": stages}, **names)["id"])

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """UpdateUsagePlan; a limit that is gone altogether is removed as a whole."""
        gone = [name for name in ("quotaSettings", "throttleSettings") if name in changed and not new.get(name)]
        if gone:
            removals = [{"op": "remove", "path": self.patched[name]} for name in gone]
            self.call(aws, "UpdateUsagePlan", {"usagePlanId": id_, "patchOperations": removals})
        self.patch(aws, "UpdateUsagePlan", {"usagePlanId": id_}, old, new, changed - set(gone))

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """GetUsagePlan and the tags."""
        live = self.call(aws, "GetUsagePlan", {"usagePlanId": id_})
        arn = self.arn(aws, f"usageplans/{id_}")
        limits = {name: live[name] if any((live[name] or {}).values()) else None for name in ("quota", "throttle")}
        return pick(live, "name", "description", "productCode") | {
            "quotaSettings": limits["quota"],
            "throttleSettings": limits["throttle"],
            "apiStages": [
                {"apiId": stage["apiId"], "stage": stage["stage"], "throttles": _throttles(stage["throttle"])}
                for stage in live["apiStages"] or []
            ],
            "arn": arn,
            "tagsAll": self.tags(aws, arn),
        }

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """DeleteUsagePlan; AWS wants its stages taken off first, the emulator cannot patch them."""
        self.call(aws, "DeleteUsagePlan", {"usagePlanId": id_})

    def tag_target(self, aws: Session, id_: str, state: Properties) -> str:
        """The ARN."""
        return self.arn(aws, f"usageplans/{id_}")


def _limits(throttle: Properties) -> Properties:
    return {name: throttle[name] for name in ("burstLimit", "rateLimit") if name in throttle}


def _throttles(live: Properties | None) -> list[Properties]:
    return [{"path": path} | limits for path, limits in sorted((live or {}).items())]


@resource("aws:apigateway/apiKey:ApiKey")
class ApiKey(ApiGatewayResource):
    """A key; its value is a secret."""

    autoname = "name"
    autoname_max = 1024
    replace_on = frozenset({"value"})
    secrets = frozenset({"value"})
    recomputed = frozenset({"lastUpdatedDate"})
    defaults: ClassVar[dict[str, Any]] = {"description": MANAGED, "enabled": True}
    patched: ClassVar[dict[str, str]] = {name: f"/{name}" for name in ("customerId", "description", "enabled", "name")}

    def create(self, aws: Session, inputs: Properties) -> str:
        """CreateApiKey."""
        return str(self.call(aws, "CreateApiKey", inputs, tags="tagsAll")["id"])

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """UpdateApiKey."""
        self.patch(aws, "UpdateApiKey", {"apiKey": id_}, old, new, changed)

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """GetApiKey with its value, and the tags."""
        live = self.call(aws, "GetApiKey", {"apiKey": id_, "includeValue": True})
        arn = self.arn(aws, f"apikeys/{id_}")
        names = ("createdDate", "customerId", "description", "enabled", "lastUpdatedDate", "name", "value")
        return pick(live, *names) | {"arn": arn, "tagsAll": self.tags(aws, arn)}

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """DeleteApiKey."""
        self.call(aws, "DeleteApiKey", {"apiKey": id_})

    def tag_target(self, aws: Session, id_: str, state: Properties) -> str:
        """The ARN."""
        return self.arn(aws, f"apikeys/{id_}")


@resource("aws:apigateway/usagePlanKey:UsagePlanKey")
class UsagePlanKey(ApiGatewayResource):
    """A key under a plan; its id is the key's."""

    replace_on = frozenset({"keyId", "keyType", "usagePlanId"})
    secrets = frozenset({"value"})
    conflict = "CreateUsagePlanKey: ConflictException"

    def there(self, aws: Session, inputs: Properties) -> str | None:
        """The same key under the same plan."""
        return self.standing(aws, inputs["keyId"], inputs)

    def create(self, aws: Session, inputs: Properties) -> str:
        """CreateUsagePlanKey."""
        return str(self.call(aws, "CreateUsagePlanKey", inputs)["id"])

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """GetUsagePlanKey."""
        live = self.call(aws, "GetUsagePlanKey", {"usagePlanId": state.get("usagePlanId"), "keyId": id_})
        return pick(live, "name", "value", keyId="id", keyType="type")

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """DeleteUsagePlanKey."""
        self.call(aws, "DeleteUsagePlanKey", {"usagePlanId": state["usagePlanId"], "keyId": id_})


@resource("aws:apigateway/account:Account")
class Account(ApiGatewayResource):
    """The role by which API Gateway writes logs, for all APIs of the account and region."""

    patched: ClassVar[dict[str, str]] = {"cloudwatchRoleArn": "/cloudwatchRoleArn"}

    def create(self, aws: Session, inputs: Properties) -> str:
        """The account is there already."""
        return ACCOUNT_ID

    def configure(self, aws: Session, id_: str, new: Properties, changed: frozenset[str]) -> None:
        """UpdateAccount."""
        self.patch(aws, "UpdateAccount", {}, {}, new, changed)

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """GetAccount."""
        live = self.call(aws, "GetAccount", {})
        return pick(live, "apiKeyVersion", "cloudwatchRoleArn", "features") | {"throttleSettings": [live["throttleSettings"]]}

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """Take the role off."""
        self.patch(aws, "UpdateAccount", {}, {}, {}, frozenset(self.patched))
