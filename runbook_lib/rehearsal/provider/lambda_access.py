"""Lambda: who may call a function, by which name, and calling it."""

# ruff: noqa: ARG002  # the contract hands every method more than each type needs

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, ClassVar

from runbook_lib.rehearsal.provider.base import ProviderError
from runbook_lib.rehearsal.provider.lambda_function import INVOKE, LambdaResource
from runbook_lib.rehearsal.provider.registry import resource
from runbook_lib.rehearsal.provider.shapes import pick

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.base import Properties
    from runbook_lib.rehearsal.provider.session import Session

LATEST = "$LATEST"
# Where a policy statement says what a permission's property says.
CONDITIONS = {
    "aws:sourcearn": "sourceArn",
    "aws:sourceaccount": "sourceAccount",
    "aws:principalorgid": "principalOrgId",
    "lambda:eventsourcetoken": "eventSourceToken",
    "lambda:functionurlauthtype": "functionUrlAuthType",
}


@resource("aws:lambda/permission:Permission")
class Permission(LambdaResource):
    """One statement of a function's policy; its id is the statement's."""

    autoname = "statementId"
    autoname_max = 100
    replace_on = frozenset(
        {"action", "function", "principal", "qualifier", "statementId", "statementIdPrefix", *CONDITIONS.values()}
    )

    def create(self, aws: Session, inputs: Properties) -> str:
        """AddPermission."""
        self.call(aws, "AddPermission", inputs, FunctionName="function", PrincipalOrgID="principalOrgId")
        return str(inputs["statementId"])

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """GetPolicy, and the statement in it."""
        policy = self.call(aws, "GetPolicy", state, FunctionName="function")["policy"]
        for statement in json.loads(policy)["Statement"]:
            if statement["Sid"] == id_:
                return {"statementId": id_, "action": statement["Action"]} | self.principal(statement, state)
        return None

    def principal(self, statement: Properties, state: Properties) -> Properties:
        """Who may call, and on which conditions."""
        live: Properties = dict.fromkeys(CONDITIONS.values())
        for condition in statement.get("Condition", {}).values():
            live |= {CONDITIONS[key.lower()]: value for key, value in condition.items() if key.lower() in CONDITIONS}
        principal = statement["Principal"]
        name = principal if isinstance(principal, str) else next(iter(principal.values()))
        account = str(state.get("principal", ""))
        # An account given by number comes back as the ARN of its root.
        return live | {"principal": account if account.isdigit() and f"::{account}:root" in name else name}

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """RemovePermission."""
        self.call(aws, "RemovePermission", state, FunctionName="function")


@resource("aws:lambda/alias:Alias")
class Alias(LambdaResource):
    """A name for a version; its id is its ARN."""

    autoname = "name"
    autoname_max = 128
    replace_on = frozenset({"functionName", "name"})

    def create(self, aws: Session, inputs: Properties) -> str:
        """CreateAlias."""
        return str(self.call(aws, "CreateAlias", inputs)["aliasArn"])

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """UpdateAlias."""
        empty: Properties = {"description": "", "routingConfig": {"additionalVersionWeights": {}}}
        self.call(aws, "UpdateAlias", empty | new)

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """GetAlias."""
        live = self.call(aws, "GetAlias", self.key(id_))
        weights = (live["routingConfig"] or {}).get("additionalVersionWeights")
        return pick(live, "name", "description", "functionVersion", arn="aliasArn") | {
            "invokeArn": INVOKE.format(region=aws.region, arn=id_),
            "routingConfig": {"additionalVersionWeights": weights} if weights else None,
        }

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """DeleteAlias."""
        self.call(aws, "DeleteAlias", self.key(id_))

    def key(self, id_: str) -> Properties:
        """What the id stands for."""
        function, _, name = id_.rpartition(":")
        return {"functionName": function, "name": name}


@resource("aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig")
class FunctionEventInvokeConfig(LambdaResource):
    """What becomes of asynchronous calls; its id is ``function`` or ``function:qualifier``."""

    replace_on = frozenset({"functionName", "qualifier"})
    defaults: ClassVar[dict[str, Any]] = {"maximumRetryAttempts": 2}

    def create(self, aws: Session, inputs: Properties) -> str:
        """PutFunctionEventInvokeConfig."""
        self.call(aws, "PutFunctionEventInvokeConfig", inputs)
        return ":".join(filter(None, (inputs["functionName"], inputs.get("qualifier"))))

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """Put it again."""
        self.create(aws, new)

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """GetFunctionEventInvokeConfig."""
        live = self.call(aws, "GetFunctionEventInvokeConfig", state or {"functionName": id_})
        destinations = {name: value for name, value in (live["destinationConfig"] or {}).items() if value}
        return {"destinationConfig": destinations or None} | {
            name: live[name] for name in ("maximumEventAgeInSeconds", "maximumRetryAttempts")
        }

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """DeleteFunctionEventInvokeConfig."""
        self.call(aws, "DeleteFunctionEventInvokeConfig", state)


@resource("aws:lambda/invocation:Invocation")
class Invocation(LambdaResource):
    """One call, made when the resource is: whatever changes it makes another."""

    replace_on = frozenset({"functionName", "input", "qualifier", "triggers", "lifecycleScope", "tenantId"})
    defaults: ClassVar[dict[str, Any]] = {
        "lifecycleScope": "CREATE_ONLY",
        "qualifier": LATEST,
        "terraformKey": "tf",
    }

    def create(self, aws: Session, inputs: Properties) -> str:
        """Invoke, and fail if the function does."""
        if inputs["lifecycleScope"] != "CREATE_ONLY":
            raise ProviderError("the rehearsal calls functions on creation only: leave lifecycleScope at CREATE_ONLY")
        inputs["result"] = self.result(aws, inputs)  # nowhere to be read again, so it goes into the state from here
        digest = hashlib.md5(inputs["input"].encode(), usedforsecurity=False).hexdigest()
        return f"{inputs['functionName']}_{inputs['qualifier']}_{digest}"

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """Nothing to look at: a call is over once it is made."""
        return {}

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """Nothing to take back."""

    def result(self, aws: Session, inputs: Properties) -> str:
        """The function's answer."""
        answer = self.call(aws, "Invoke", inputs, Payload="input")
        payload = str(answer["payload"].read().decode())
        if answer["functionError"]:
            raise ProviderError(f"{inputs['functionName']} failed ({answer['functionError']}): {payload[:500]}")
        return payload
