"""API Gateway (REST): deployments, the stages they are reached at, and the settings of their methods."""

# ruff: noqa: ARG002  # the contract hands every method more than each type needs

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from runbook_lib.rehearsal.provider.apigateway import ApiGatewayResource
from runbook_lib.rehearsal.provider.registry import resource
from runbook_lib.rehearsal.provider.shapes import pick

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.base import Properties
    from runbook_lib.rehearsal.provider.session import Session

# Where a method setting is found among the patches of its stage.
SETTINGS = {
    "metricsEnabled": "metrics/enabled",
    "loggingLevel": "logging/loglevel",
    "dataTraceEnabled": "logging/dataTrace",
    "throttlingBurstLimit": "throttling/burstLimit",
    "throttlingRateLimit": "throttling/rateLimit",
    "cachingEnabled": "caching/enabled",
    "cacheTtlInSeconds": "caching/ttlInSeconds",
    "cacheDataEncrypted": "caching/dataEncrypted",
    "requireAuthorizationForCacheControl": "caching/requireAuthorizationForCacheControl",
    "unauthorizedCacheControlHeaderStrategy": "caching/unauthorizedCacheControlHeaderStrategy",
}


@resource("aws:apigateway/deployment:Deployment")
class Deployment(ApiGatewayResource):
    """The API as it is at one moment; ``triggers`` say when to make another."""

    replace_on = frozenset({"restApi", "triggers", "variables"})
    patched: ClassVar[dict[str, str]] = {"description": "/description"}

    def create(self, aws: Session, inputs: Properties) -> str:
        """CreateDeployment."""
        return str(self.call(aws, "CreateDeployment", inputs, restApiId="restApi")["id"])

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """UpdateDeployment."""
        self.patch(aws, "UpdateDeployment", self.key(id_, new), old, new, changed)

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """GetDeployment."""
        return pick(self.call(aws, "GetDeployment", self.key(id_, state)), "description", "createdDate")

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """DeleteDeployment."""
        self.call(aws, "DeleteDeployment", self.key(id_, state))

    def key(self, id_: str, state: Properties) -> Properties:
        """What finds it."""
        return {"restApiId": state.get("restApi"), "deploymentId": id_}


@resource("aws:apigateway/stage:Stage")
class Stage(ApiGatewayResource):
    """Where a deployment is reached; its id is ``ags-API-NAME``."""

    replace_on = frozenset({"restApi", "stageName"})
    conflict = "CreateStage: ConflictException"
    patched: ClassVar[dict[str, str]] = {
        "accessLogSettings": "/accessLogSettings",
        "cacheClusterEnabled": "/cacheClusterEnabled",
        "cacheClusterSize": "/cacheClusterSize",
        "clientCertificateId": "/clientCertificateId",
        "deployment": "/deploymentId",
        "description": "/description",
        "documentationVersion": "/documentationVersion",
        "variables": "/variables",
        "xrayTracingEnabled": "/tracingEnabled",
    }

    def create(self, aws: Session, inputs: Properties) -> str:
        """CreateStage."""
        names = {"restApiId": "restApi", "deploymentId": "deployment", "tracingEnabled": "xrayTracingEnabled"}
        self.call(aws, "CreateStage", inputs, tags="tagsAll", **names)
        return self.id_of(inputs)

    def there(self, aws: Session, inputs: Properties) -> str | None:
        """One of the same name."""
        return self.standing(aws, self.id_of(inputs), inputs)

    def id_of(self, inputs: Properties) -> str:
        """The id that it has."""
        return f"ags-{inputs['restApi']}-{inputs['stageName']}"

    def configure(self, aws: Session, id_: str, new: Properties, changed: frozenset[str]) -> None:
        """Access logs and client certificate, which CreateStage does not take."""
        late = changed & {"accessLogSettings", "clientCertificateId"}
        self.patch(aws, "UpdateStage", self.key(id_), {}, new, late)

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """UpdateStage."""
        key = self.key(id_)
        if "accessLogSettings" in changed and not new.get("accessLogSettings"):
            removal = {"patchOperations": [{"op": "remove", "path": "/accessLogSettings"}]}
            self.call(aws, "UpdateStage", key | removal)
            changed -= {"accessLogSettings"}
        self.patch(aws, "UpdateStage", key, old, new, changed)

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """GetStage and the tags; the address is the one at which this emulator answers."""
        key = self.key(id_)
        live = self.call(aws, "GetStage", key)
        api, stage = key["restApiId"], key["stageName"]
        arn = self.arn(aws, f"restapis/{api}/stages/{stage}")
        logs = live["accessLogSettings"] or {}
        address = aws.endpoints.get(self.service, aws.endpoint).rstrip("/")
        return pick(
            live, "cacheClusterEnabled", "cacheClusterSize", "clientCertificateId", "description",
            "documentationVersion", "stageName", "variables", "webAclArn",
            deployment="deploymentId", xrayTracingEnabled="tracingEnabled",
        ) | {
            "restApi": api,
            "accessLogSettings": logs if logs.get("destinationArn") else None,
            "arn": arn,
            "executionArn": aws.arn("execute-api", f"{api}/{stage}"),
            "invokeUrl": f"{address}/restapis/{api}/{stage}/_user_request_",
            "tagsAll": self.tags(aws, arn),
        }  # fmt: skip

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """DeleteStage."""
        self.call(aws, "DeleteStage", self.key(id_))

    def tag_target(self, aws: Session, id_: str, state: Properties) -> str:
        """The ARN, which is not in the state before the first read."""
        key = self.key(id_)
        return self.arn(aws, f"restapis/{key['restApiId']}/stages/{key['stageName']}")

    def key(self, id_: str) -> Properties:
        """What the id stands for."""
        _, api, stage = id_.split("-", 2)
        return {"restApiId": api, "stageName": stage}


@resource("aws:apigateway/methodSettings:MethodSettings")
class MethodSettings(ApiGatewayResource):
    """Logs, metrics and limits of one method, or of all as ``*/*``; its id is ``API-STAGE-PATH``."""

    replace_on = frozenset({"methodPath", "restApi", "stageName"})

    def create(self, aws: Session, inputs: Properties) -> str:
        """UpdateStage."""
        self.put(aws, inputs, frozenset(inputs["settings"]))
        return "-".join((inputs["restApi"], inputs["stageName"], inputs["methodPath"]))

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """Start over: a setting that is left out goes back to API Gateway's own."""
        if old["settings"].keys() - new["settings"].keys():
            self.delete(aws, id_, old)
        self.put(aws, new, frozenset(new["settings"]))

    def put(self, aws: Session, inputs: Properties, names: frozenset[str]) -> None:
        """Patch the stage."""
        patches = [
            {"op": "replace", "path": f"/{inputs['methodPath']}/{SETTINGS[name]}", "value": inputs["settings"][name]}
            for name in sorted(names)
        ]
        self.call(aws, "UpdateStage", inputs | {"patchOperations": patches}, restApiId="restApi")

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """GetStage, and the method's settings in it."""
        settings = self.call(aws, "GetStage", state, restApiId="restApi")["methodSettings"] or {}
        live = settings.get(state.get("methodPath"))
        if live is None:
            return None
        return {"settings": {name: live.get(name) for name in SETTINGS}}

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """Remove the method's settings from the stage."""
        removal = {"patchOperations": [{"op": "remove", "path": f"/{state['methodPath']}"}]}
        self.call(aws, "UpdateStage", state | removal, restApiId="restApi")
