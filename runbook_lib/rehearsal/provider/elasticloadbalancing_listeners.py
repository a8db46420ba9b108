# ruff: noqa: ARG002, D102 -- the methods, and what they are for, are base.Resource's
"""Load balancing: listeners, their rules, and the actions of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runbook_lib.rehearsal.provider.base import Properties, given, only
from runbook_lib.rehearsal.provider.elasticloadbalancing import ElbResource
from runbook_lib.rehearsal.provider.registry import resource

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.session import Session

REDIRECT = {
    "host": "Host",
    "path": "Path",
    "port": "Port",
    "protocol": "Protocol",
    "query": "Query",
    "statusCode": "StatusCode",
}
FIXED = {"contentType": "ContentType", "messageBody": "MessageBody", "statusCode": "StatusCode"}
VALUES = {
    "hostHeader": ("host-header", "HostHeaderConfig"),
    "pathPattern": ("path-pattern", "PathPatternConfig"),
    "httpRequestMethod": ("http-request-method", "HttpRequestMethodConfig"),
    "sourceIp": ("source-ip", "SourceIpConfig"),
}
CONDITIONS = frozenset({*VALUES, "httpHeader"})
ACTIONS = frozenset({"fixed-response", "forward", "redirect"})


def refused_action(actions: Any) -> str | None:
    """Why one of these actions cannot be rehearsed, as far as they are known."""
    kinds = [action.get("type") for action in actions if isinstance(action, dict)] if isinstance(actions, list) else []
    beyond = [kind for kind in kinds if isinstance(kind, str) and kind not in ACTIONS]
    return f"load balancer actions of type {beyond[0]} cannot be rehearsed" if beyond else None


def to_action(action: Properties) -> dict[str, Any]:
    """AWS's form of an action: forward, redirect or fixed response."""
    made: dict[str, Any] = {"Type": action["type"]} | given(action, Order="order")
    if action["type"] == "redirect":
        made["RedirectConfig"] = given(action["redirect"], **{value: key for key, value in REDIRECT.items()})
    elif action["type"] == "fixed-response":
        made["FixedResponseConfig"] = given(action["fixedResponse"], **{value: key for key, value in FIXED.items()})
    elif action["type"] == "forward" and action.get("targetGroupArn"):
        made["TargetGroupArn"] = action["targetGroupArn"]
    else:
        groups = (action.get("forward") or {}).get("targetGroups") or []
        targets = [given(group, TargetGroupArn="arn", Weight="weight") for group in groups]
        made["ForwardConfig"] = {"TargetGroups": targets}
    return made


def from_action(action: dict[str, Any]) -> Properties:
    """Pulumi's form of an action."""
    found: Properties = {"type": action["Type"]}
    if action.get("Order"):
        found["order"] = action["Order"]
    if action["Type"] == "redirect":
        found["redirect"] = _named(action.get("RedirectConfig") or {}, REDIRECT)
    elif action["Type"] == "fixed-response":
        found["fixedResponse"] = _named(action.get("FixedResponseConfig") or {}, FIXED)
    elif action.get("TargetGroupArn"):
        found["targetGroupArn"] = action["TargetGroupArn"]
    else:
        groups = (action.get("ForwardConfig") or {}).get("TargetGroups", ())
        names = {"arn": "TargetGroupArn", "weight": "Weight"}
        found["forward"] = {"targetGroups": [_named(group, names) for group in groups]}
    return found


def to_condition(condition: Properties) -> dict[str, Any]:
    """AWS's form of a rule's condition."""
    for name, (field, config) in VALUES.items():
        if condition.get(name):
            return {"Field": field, config: {"Values": condition[name]["values"]}}
    header = condition["httpHeader"]
    named = {"HttpHeaderName": header["httpHeaderName"], "Values": header["values"]}
    return {"Field": "http-header", "HttpHeaderConfig": named}


def from_condition(condition: dict[str, Any]) -> Properties:
    """Pulumi's form of a rule's condition."""
    if condition["Field"] == "http-header":
        header = condition["HttpHeaderConfig"]
        return {"httpHeader": {"httpHeaderName": header["HttpHeaderName"], "values": header["Values"]}}
    name, config = next((name, config) for name, (field, config) in VALUES.items() if field == condition["Field"])
    return {name: {"values": (condition.get(config) or condition)["Values"]}}


@resource("aws:lb/listener:Listener")
class Listener(ElbResource):
    """A port of a load balancer, and what is done with what comes in."""

    replace_on = frozenset({"loadBalancerArn"})
    absent = frozenset({"ListenerNotFound"})
    supports = frozenset({"loadBalancerArn", "port", "protocol", "certificateArn", "sslPolicy", "defaultActions"})
    conflict = "CreateListener: DuplicateListener"

    def refused(self, inputs: Properties) -> str | None:
        return refused_action(inputs.get("defaultActions"))

    def there(self, aws: Session, inputs: Properties) -> str | None:
        """One on the same port."""
        listeners = self.client(aws).describe_listeners(LoadBalancerArn=inputs["loadBalancerArn"])["Listeners"]
        return next((str(each["ListenerArn"]) for each in listeners if each.get("Port") == inputs.get("port")), None)

    def create(self, aws: Session, inputs: Properties) -> str:
        answer = self.client(aws).create_listener(LoadBalancerArn=inputs["loadBalancerArn"], **_listener(inputs))
        return str(answer["Listeners"][0]["ListenerArn"])

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        self.client(aws).modify_listener(ListenerArn=id_, **_listener(new))

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        listener = only(self.client(aws).describe_listeners(ListenerArns=[id_])["Listeners"])
        certificates = listener.get("Certificates") or [{}]
        return {
            "arn": id_,
            "loadBalancerArn": listener["LoadBalancerArn"],
            "port": listener.get("Port"),
            "protocol": listener.get("Protocol"),
            "certificateArn": certificates[0].get("CertificateArn"),
            **({"sslPolicy": listener["SslPolicy"]} if listener.get("SslPolicy") else {}),
            "defaultActions": [from_action(action) for action in listener["DefaultActions"]],
            "tagsAll": self.tags_of(aws, id_),
        }

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        self.client(aws).delete_listener(ListenerArn=id_)


@resource("aws:lb/listenerRule:ListenerRule")
class ListenerRule(ElbResource):
    """What is done with some of what comes in."""

    replace_on = frozenset({"listenerArn"})
    sets = frozenset({"conditions"})
    absent = frozenset({"RuleNotFound", "ListenerNotFound"})
    supports = frozenset({"listenerArn", "priority", "actions", "conditions"})
    conflict = "CreateRule: PriorityInUse"

    def refused(self, inputs: Properties) -> str | None:
        conditions = inputs.get("conditions")
        known = [each for each in conditions if isinstance(each, dict)] if isinstance(conditions, list) else []
        beyond = [sorted(each) for each in known if not each.keys() & CONDITIONS]
        if beyond:
            return f"a listener rule's condition {beyond[0]} cannot be rehearsed"
        return refused_action(inputs.get("actions"))

    def there(self, aws: Session, inputs: Properties) -> str | None:
        """One of the same priority."""
        rules = self.client(aws).describe_rules(ListenerArn=inputs["listenerArn"])["Rules"]
        return next((str(each["RuleArn"]) for each in rules if each["Priority"] == str(inputs.get("priority"))), None)

    def create(self, aws: Session, inputs: Properties) -> str:
        priority = inputs.get("priority") or self._next(aws, inputs["listenerArn"])
        answer = self.client(aws).create_rule(ListenerArn=inputs["listenerArn"], Priority=int(priority), **_rule(inputs))
        return str(answer["Rules"][0]["RuleArn"])

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        if "priority" in changed and new.get("priority"):
            moved = [{"RuleArn": id_, "Priority": int(new["priority"])}]
            self.client(aws).set_rule_priorities(RulePriorities=moved)
        if changed - {"priority"}:
            self.client(aws).modify_rule(RuleArn=id_, **_rule(new))

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        rule = only(self.client(aws).describe_rules(RuleArns=[id_])["Rules"])
        return {
            "arn": id_,
            "priority": int(rule["Priority"]),
            "actions": [from_action(action) for action in rule["Actions"]],
            "conditions": [from_condition(condition) for condition in rule["Conditions"]],
            "tagsAll": self.tags_of(aws, id_),
        }

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        self.client(aws).delete_rule(RuleArn=id_)

    def _next(self, aws: Session, listener: str) -> int:
        rules = self.client(aws).describe_rules(ListenerArn=listener)["Rules"]
        return 1 + max((int(rule["Priority"]) for rule in rules if rule["Priority"].isdigit()), default=0)


def _listener(inputs: Properties) -> dict[str, Any]:
    certificate = inputs.get("certificateArn")
    return {
        **given(inputs, Port="port", Protocol="protocol", SslPolicy="sslPolicy"),
        **({"Certificates": [{"CertificateArn": certificate}]} if certificate else {}),
        "DefaultActions": [to_action(action) for action in inputs["defaultActions"]],
    }


def _rule(inputs: Properties) -> dict[str, Any]:
    return {
        "Actions": [to_action(action) for action in inputs["actions"]],
        "Conditions": [to_condition(condition) for condition in inputs["conditions"]],
    }


def _named(values: dict[str, Any], names: dict[str, str]) -> Properties:
    return {name: values[argument] for name, argument in names.items() if values.get(argument) is not None}
