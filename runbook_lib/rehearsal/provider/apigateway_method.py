"""API Gateway (REST): methods, what they call, and how answers travel back."""

# ruff: noqa: ARG002  # the contract hands every method more than each type needs

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from runbook_lib.rehearsal.provider.apigateway import ApiGatewayResource
from runbook_lib.rehearsal.provider.registry import resource
from runbook_lib.rehearsal.provider.shapes import pick

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.base import Properties
    from runbook_lib.rehearsal.provider.session import Session

METHOD = ("restApi", "resourceId", "httpMethod")


class MethodPart(ApiGatewayResource):
    """Base of the types that hang on a method; the id is ``PREFIX-API-RESOURCE-METHOD[-STATUS]``.

    Attributes:
        prefix: What pulumi-aws begins the id with.
        parts: The properties that the id is made of, all of which replace.
        operation: What follows Put, Get, Update and Delete in AWS's names.
    """

    prefix: ClassVar[str]
    parts: ClassVar[tuple[str, ...]] = METHOD
    operation: ClassVar[str]
    replace_on: ClassVar[frozenset[str]] = frozenset({*METHOD, "statusCode"})
    names: ClassVar[dict[str, str]] = {"restApiId": "restApi"}

    def create(self, aws: Session, inputs: Properties) -> str:
        """Put it."""
        self.call(aws, f"Put{self.operation}", inputs, **self.names)
        return self.id_of(inputs)

    def there(self, aws: Session, inputs: Properties) -> str | None:
        """The same part of the same method."""
        return self.standing(aws, self.id_of(inputs), inputs)

    def id_of(self, inputs: Properties) -> str:
        """The id that it has."""
        return "-".join([self.prefix, *(str(inputs[part]) for part in self.parts)])

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """Patch it, because putting it again would lose what hangs on it."""
        key = self.key(id_)
        self.patch(aws, f"Update{self.operation}", key | {"restApiId": key["restApi"]}, old, new, changed)

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """Get it."""
        key = self.key(id_)
        return key | self.live(self.call(aws, f"Get{self.operation}", key, restApiId="restApi"))

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """Delete it."""
        self.call(aws, f"Delete{self.operation}", self.key(id_), restApiId="restApi")

    def live(self, answer: Properties) -> Properties:
        """The answer as Pulumi has it."""
        raise NotImplementedError

    def key(self, id_: str) -> Properties:
        """What the id stands for."""
        return dict(zip(self.parts, id_.split("-")[1:], strict=True))


@resource("aws:apigateway/method:Method")
class Method(MethodPart):
    """What a resource can be asked."""

    prefix = "agm"
    conflict = "PutMethod: ConflictException"
    operation = "Method"
    names: ClassVar[dict[str, str]] = MethodPart.names | {"authorizationType": "authorization"}
    defaults: ClassVar[dict[str, Any]] = {"apiKeyRequired": False}
    sets = frozenset({"authorizationScopes"})
    patched: ClassVar[dict[str, str]] = {
        "apiKeyRequired": "/apiKeyRequired",
        "authorization": "/authorizationType",
        "authorizerId": "/authorizerId",
        "operationName": "/operationName",
        "requestModels": "/requestModels",
        "requestParameters": "/requestParameters",
        "requestValidatorId": "/requestValidatorId",
    }

    def live(self, answer: Properties) -> Properties:
        """The answer as Pulumi has it."""
        return pick(
            answer, "apiKeyRequired", "authorizationScopes", "authorizerId", "operationName", "requestModels",
            "requestParameters", "requestValidatorId", authorization="authorizationType",
        )  # fmt: skip


@resource("aws:apigateway/methodResponse:MethodResponse")
class MethodResponse(MethodPart):
    """What a method may answer."""

    prefix = "agmr"
    conflict = "PutMethodResponse: ConflictException"
    parts = (*METHOD, "statusCode")
    operation = "MethodResponse"

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """Put it again: nothing hangs on it, and the emulator has no UpdateMethodResponse."""
        self.create(aws, new)

    def live(self, answer: Properties) -> Properties:
        """The answer as Pulumi has it."""
        return pick(answer, "responseModels", "responseParameters")


@resource("aws:apigateway/integration:Integration")
class Integration(MethodPart):
    """What a method calls."""

    prefix = "agi"
    operation = "Integration"
    names: ClassVar[dict[str, str]] = MethodPart.names | {
        "timeoutInMillis": "timeoutMilliseconds",
        "httpMethod": "httpMethod",
    }
    replace_on = MethodPart.replace_on | {"integrationHttpMethod", "type", "passthroughBehavior", "cacheNamespace"}
    sets = frozenset({"cacheKeyParameters"})
    defaults: ClassVar[dict[str, Any]] = {"connectionType": "INTERNET", "timeoutMilliseconds": 29000}
    patched: ClassVar[dict[str, str]] = {
        "connectionId": "/connectionId",
        "connectionType": "/connectionType",
        "contentHandling": "/contentHandling",
        "credentials": "/credentials",
        "requestParameters": "/requestParameters",
        "requestTemplates": "/requestTemplates",
        "timeoutMilliseconds": "/timeoutInMillis",
        "uri": "/uri",
    }

    def live(self, answer: Properties) -> Properties:
        """The answer as Pulumi has it; ``httpMethod`` in it is the one that is called."""
        # The emulator names a method even for a mock, which calls nothing.
        called = None if answer["type"] == "MOCK" else answer["httpMethod"]
        return {"integrationHttpMethod": called} | pick(
            answer, "cacheKeyParameters", "cacheNamespace", "connectionId", "connectionType", "contentHandling",
            "credentials", "passthroughBehavior", "requestParameters", "requestTemplates", "type", "uri",
            timeoutMilliseconds="timeoutInMillis",
        )  # fmt: skip


@resource("aws:apigateway/integrationResponse:IntegrationResponse")
class IntegrationResponse(MethodPart):
    """How what was called is turned into an answer."""

    prefix = "agir"
    parts = (*METHOD, "statusCode")
    operation = "IntegrationResponse"

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """Put it again: nothing hangs on it."""
        self.create(aws, new)

    def live(self, answer: Properties) -> Properties:
        """The answer as Pulumi has it."""
        return pick(answer, "contentHandling", "responseParameters", "responseTemplates", "selectionPattern")
