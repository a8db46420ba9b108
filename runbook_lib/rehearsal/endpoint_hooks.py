"""Completes MiniStack's VPC endpoints: the security groups, the private name and the policy of one, which it forgets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from ministack.services import ec2

if TYPE_CHECKING:
    from collections.abc import Callable

    from runbook_lib.rehearsal.query_handlers import Answer, Handler, Parameters

# MiniStack's own helpers and stores; private, and pinned with its version.
value: Callable[..., str] = ec2._p  # noqa: SLF001  # see above
members: Callable[[Parameters, str], list[str]] = ec2._parse_member_list  # noqa: SLF001  # see above
endpoints: dict[str, dict[str, Any]] = ec2._vpc_endpoints  # noqa: SLF001  # see above
actions: dict[str, Handler] = ec2._ACTION_MAP  # noqa: SLF001  # see above
fields_xml: Callable[..., str] = ec2._vpce_fields_xml  # noqa: SLF001  # see above


def install() -> None:
    """Put these answers in front of MiniStack's."""
    ec2._vpce_fields_xml = _fields_xml  # noqa: SLF001  # MiniStack's handlers call it by this name
    actions["CreateVpcEndpoint"] = _create(actions["CreateVpcEndpoint"])
    actions["ModifyVpcEndpoint"] = _modify(actions["ModifyVpcEndpoint"])


def _create(original: Handler) -> Handler:
    def handler(request: Parameters) -> Answer:
        before = set(endpoints)
        status, headers, body = original(request)
        for id_ in set(endpoints) - before:
            forgotten = fields_xml(endpoints[id_], tag="vpcEndpoint")
            endpoints[id_]["SecurityGroupIds"] = members(request, "SecurityGroupId")
            _settings(endpoints[id_], request)
            body = body.replace(forgotten.encode(), _fields_xml(endpoints[id_], tag="vpcEndpoint").encode())
        return status, headers, body

    return handler


def _modify(original: Handler) -> Handler:
    def handler(request: Parameters) -> Answer:
        answer = original(request)
        endpoint = endpoints.get(value(request, "VpcEndpointId"))
        if endpoint:
            gone = members(request, "RemoveSecurityGroupId")
            groups = [*endpoint.get("SecurityGroupIds", ()), *members(request, "AddSecurityGroupId")]
            endpoint["SecurityGroupIds"] = [group for group in dict.fromkeys(groups) if group not in gone]
            _settings(endpoint, request)
        return answer

    return handler


def _settings(endpoint: dict[str, Any], request: Parameters) -> None:
    if value(request, "PrivateDnsEnabled"):
        endpoint["PrivateDnsEnabled"] = value(request, "PrivateDnsEnabled") == "true"
    if value(request, "PolicyDocument"):
        endpoint["PolicyDocument"] = value(request, "PolicyDocument")
    if value(request, "ResetPolicy") == "true":
        endpoint.pop("PolicyDocument", None)


def _fields_xml(endpoint: dict[str, Any], tag: str = "item") -> str:
    groups = "".join(f"<item><groupId>{group}</groupId></item>" for group in endpoint.get("SecurityGroupIds", ()))
    added = f"<groupSet>{groups}</groupSet>"
    if "PrivateDnsEnabled" in endpoint:
        added += f"<privateDnsEnabled>{str(endpoint['PrivateDnsEnabled']).lower()}</privateDnsEnabled>"
    if endpoint.get("PolicyDocument"):
        added += f"<policyDocument>{escape(endpoint['PolicyDocument'])}</policyDocument>"
    head, closing, tail = fields_xml(endpoint, tag=tag).rpartition(f"</{tag}>")
    return head + added + closing + tail
