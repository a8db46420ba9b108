"""API Gateway (REST): what a request must look like, and what answers one that does not."""

# ruff: noqa: ARG002  # the contract hands every method more than each type needs

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from runbook_lib.rehearsal.provider.apigateway import ApiGatewayResource
from runbook_lib.rehearsal.provider.registry import resource
from runbook_lib.rehearsal.provider.shapes import pick

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.base import Properties
    from runbook_lib.rehearsal.provider.session import Session


@resource("aws:apigateway/model:Model")
class Model(ApiGatewayResource):
    """A JSON schema for bodies."""

    autoname = "name"
    conflict = "CreateModel: ConflictException"
    replace_on = frozenset({"contentType", "name", "restApi"})
    json_properties = frozenset({"schema"})
    patched: ClassVar[dict[str, str]] = {"description": "/description", "schema": "/schema"}

    def there(self, aws: Session, inputs: Properties) -> str | None:
        """One of the same name."""
        return self.standing(aws, inputs["name"], inputs)

    def create(self, aws: Session, inputs: Properties) -> str:
        """CreateModel."""
        return str(self.call(aws, "CreateModel", inputs, restApiId="restApi")["id"])

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """UpdateModel."""
        self.patch(aws, "UpdateModel", self.key(new), old, new, changed)

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """GetModel."""
        return pick(self.call(aws, "GetModel", self.key(state)), "name", "description", "schema", "contentType")

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """DeleteModel."""
        self.call(aws, "DeleteModel", self.key(state))

    def key(self, state: Properties) -> Properties:
        """API Gateway finds models by name, not by id."""
        return {"restApiId": state.get("restApi"), "modelName": state.get("name")}


@resource("aws:apigateway/requestValidator:RequestValidator")
class RequestValidator(ApiGatewayResource):
    """Which parts of a request are held against the model."""

    autoname = "name"
    replace_on = frozenset({"restApi"})
    defaults: ClassVar[dict[str, Any]] = {"validateRequestBody": False, "validateRequestParameters": False}
    patched: ClassVar[dict[str, str]] = {name: f"/{name}" for name in ("name", *defaults)}

    def create(self, aws: Session, inputs: Properties) -> str:
        """CreateRequestValidator."""
        return str(self.call(aws, "CreateRequestValidator", inputs, restApiId="restApi")["id"])

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """UpdateRequestValidator."""
        self.patch(aws, "UpdateRequestValidator", self.key(id_, new), old, new, changed)

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """GetRequestValidator."""
        live = self.call(aws, "GetRequestValidator", self.key(id_, state))
        return pick(live, "name", "validateRequestBody", "validateRequestParameters")

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """DeleteRequestValidator."""
        self.call(aws, "DeleteRequestValidator", self.key(id_, state))

    def key(self, id_: str, state: Properties) -> Properties:
        """What finds it."""
        return {"restApiId": state.get("restApi"), "requestValidatorId": id_}


@resource("aws:apigateway/response:Response")
class GatewayResponse(ApiGatewayResource):
    """What API Gateway itself answers, e.g. to a missing key; its id is ``aggr-API-TYPE``."""

    replace_on = frozenset({"responseType", "restApiId"})

    def create(self, aws: Session, inputs: Properties) -> str:
        """PutGatewayResponse."""
        self.call(aws, "PutGatewayResponse", inputs)
        return f"aggr-{inputs['restApiId']}-{inputs['responseType']}"

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """Put it again."""
        self.create(aws, new)

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """GetGatewayResponse; the built-in one counts as none."""
        live = self.call(aws, "GetGatewayResponse", self.key(id_))
        if live["defaultResponse"]:
            return None
        return pick(live, "responseType", "statusCode", "responseParameters", "responseTemplates") | {
            "restApiId": self.key(id_)["restApiId"]
        }

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """DeleteGatewayResponse, which brings the built-in one back."""
        self.call(aws, "DeleteGatewayResponse", self.key(id_))

    def key(self, id_: str) -> Properties:
        """What the id stands for."""
        _, api, kind = id_.split("-", 2)
        return {"restApiId": api, "responseType": kind}
