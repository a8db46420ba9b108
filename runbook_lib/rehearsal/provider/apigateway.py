"""API Gateway (REST): APIs and their paths, and what all types of the service share."""

# ruff: noqa: ARG002  # the contract hands every method more than each type needs

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

from runbook_lib.rehearsal.provider.base import ProviderError
from runbook_lib.rehearsal.provider.registry import resource
from runbook_lib.rehearsal.provider.shapes import ModelledResource, pick

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.base import Properties
    from runbook_lib.rehearsal.provider.session import Session

MANAGED = "Managed by Pulumi"


class ApiGatewayResource(ModelledResource):
    """Base of the API Gateway types.

    Attributes:
        patched: Which properties an update may patch, by their path in AWS's patch operations.
    """

    service: ClassVar[str] = "apigateway"
    absent: ClassVar[frozenset[str]] = frozenset({"NotFoundException"})
    # The emulator keeps the tags given at creation apart from those that TagResource sets, so both are done.
    tags_on_create: ClassVar[bool] = False
    patched: ClassVar[dict[str, str]] = {}

    def patch(
        self, aws: Session, operation: str, key: Properties, old: Properties, new: Properties, changed: frozenset[str]
    ) -> None:
        """Make one of the Update… operations: a list of patches, a map's keys one by one.

        Raises:
            ProviderError: For a property that the emulator cannot patch.
        """
        if unpatched := sorted(changed - self.patched.keys()):
            raise ProviderError(f"{unpatched[0]}: the emulator cannot change this in place; remove the resource and add it anew")
        patches = [patch for name in sorted(changed) for patch in _patches(self.patched[name], old.get(name), new.get(name))]
        if patches:
            self.call(aws, operation, key | {"patchOperations": patches})

    def tags(self, aws: Session, arn: str) -> dict[str, str]:
        """The live tags."""
        return dict(self.call(aws, "GetTags", {"resourceArn": arn})["tags"] or {})

    def arn(self, aws: Session, path: str) -> str:
        """The ARN of ``path``; API Gateway's have no account."""
        return aws.arn("apigateway", f"/{path}", account=False)


def _patches(path: str, old: Any, new: Any) -> list[Properties]:
    if not isinstance(old, dict) and not isinstance(new, dict):
        return [{"op": "replace", "path": path, "value": "" if new is None else new}]
    before, after = old or {}, new or {}
    keys = before.keys() | after.keys()
    if slashed := sorted(key for key in keys if "/" in key and before.get(key) != after.get(key)):
        raise ProviderError(f"{path}: the emulator garbles patches of {slashed[0]}; remove the resource and add it anew")
    return [
        {"op": "replace", "path": f"{path}/{key}", "value": after[key]}
        if key in after
        else {"op": "remove", "path": f"{path}/{key}"}
        for key in sorted(keys)
        if before.get(key) != after.get(key)
    ]


@resource("aws:apigateway/restApi:RestApi")
class RestApi(ApiGatewayResource):
    """An API, made up of resources; a ``body`` (OpenAPI) is not supported."""

    autoname = "name"
    autoname_max = 128
    sets = frozenset({"endpointConfiguration.vpcEndpointIds"})
    json_properties = frozenset({"policy"})
    patched: ClassVar[dict[str, str]] = {
        "name": "/name",
        "description": "/description",
        "apiKeySource": "/apiKeySource",
        "disableExecuteApiEndpoint": "/disableExecuteApiEndpoint",
        "minimumCompressionSize": "/minimumCompressionSize",
        "policy": "/policy",
    }

    def refused(self, inputs: Properties) -> str | None:
        """An API given as a document."""
        return "body: the rehearsal builds APIs from resources and methods only" if inputs.get("body") else None

    def create(self, aws: Session, inputs: Properties) -> str:
        """CreateRestApi."""
        return str(self.call(aws, "CreateRestApi", inputs, tags="tagsAll")["id"])

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """UpdateRestApi."""
        self.patch(aws, "UpdateRestApi", {"restApiId": id_}, old, new, changed)

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """GetRestApi and the tags."""
        live = self.call(aws, "GetRestApi", {"restApiId": id_})
        arn = self.arn(aws, f"restapis/{id_}")
        return pick(
            live, "name", "description", "createdDate", "binaryMediaTypes", "minimumCompressionSize", "apiKeySource",
            "disableExecuteApiEndpoint", "rootResourceId",
        ) | {
            "endpointConfiguration": _endpoint(live["endpointConfiguration"]),
            "policy": _unescaped(live["policy"]),
            "arn": arn,
            "executionArn": aws.arn("execute-api", id_),
            "tagsAll": self.tags(aws, arn),
        }  # fmt: skip

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """DeleteRestApi, with everything in it."""
        self.call(aws, "DeleteRestApi", {"restApiId": id_})

    def tag_target(self, aws: Session, id_: str, state: Properties) -> str:
        """The ARN."""
        return self.arn(aws, f"restapis/{id_}")


def _endpoint(live: Properties | None) -> Properties | None:
    # Pulumi has the one type there can be, AWS a list of it.
    return None if live is None else live | {"types": (live["types"] or [None])[0]}


def _unescaped(policy: str | None) -> str | None:
    """API Gateway hands a policy back as the inside of a JSON string."""
    return str(json.loads(f'"{policy}"')) if policy and policy.startswith('{\\"') else policy


@resource("aws:apigateway/resource:Resource")
class ApiResource(ApiGatewayResource):
    """One segment of a path."""

    replace_on = frozenset({"restApi"})
    recomputed = frozenset({"path"})
    patched: ClassVar[dict[str, str]] = {"parentId": "/parentId", "pathPart": "/pathPart"}

    def create(self, aws: Session, inputs: Properties) -> str:
        """CreateResource."""
        return str(self.call(aws, "CreateResource", inputs, restApiId="restApi")["id"])

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """UpdateResource."""
        self.patch(aws, "UpdateResource", {"restApiId": new["restApi"], "resourceId": id_}, old, new, changed)

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """GetResource."""
        live = self.call(aws, "GetResource", {"restApiId": state.get("restApi"), "resourceId": id_})
        return pick(live, "parentId", "pathPart", "path")

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """DeleteResource."""
        self.call(aws, "DeleteResource", {"restApiId": state["restApi"], "resourceId": id_})
