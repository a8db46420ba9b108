"""Policy documents as AWS stores them, with every field a tuple: a lone string and a list of one mean the same."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runbook_lib.snapshot.conditions import many, names_source, narrows, vouched_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Document = dict[str, Any]
"""A policy document, decoded."""

WITHOUT_RESOURCE = {
    "ec2:AssignPrivateIpAddresses": "Lambda gives addresses to interfaces that do not exist yet",
    "ec2:CreateNetworkInterface": "Lambda attaches a function to its VPC by interfaces that do not exist yet",
    "ec2:DeleteNetworkInterface": "Lambda's own check at attachment asks for it on *",
    "ec2:DescribeNetworkInterfaces": "EC2's Describe actions take no resource",
    "ec2:DescribeSubnets": "the same",
    "ec2:UnassignPrivateIpAddresses": "it takes back what AssignPrivateIpAddresses gave",
    "xray:PutTelemetryRecords": "X-Ray telemetry belongs to the account",
    "xray:PutTraceSegments": "X-Ray segments belong to the account",
}
"""Actions for which AWS offers no resource to name (Service Authorization Reference), and why they are granted."""
_OF_THE_ACCOUNT = re.compile(
    r"ecr(?:-public)?:GetAuthorizationToken|cloudwatch:(?:PutMetricData|GetMetricData|GetMetricStatistics|ListMetrics)"
    r"|sts:(?:GetCallerIdentity|GetSessionToken|DecodeAuthorizationMessage|GetServiceBearerToken)"
    r"|s3:(?:ListAllMyBuckets|GetAccountPublicAccessBlock)|ec2messages:\w+|ssmmessages:\w+|xray:(?!GetGroup$)(?:Get|Put)\w+"
    # Most describe all there is; these take one, and an instance's attributes have its user data.
    r"|ec2:Describe(?!(?:FpgaImage|Image|Instance|Snapshot|Volume|Vpc)Attribute$|ClientVpn(?!Endpoints$)|Fleet(?!s$)"
    r"|SpotFleet(?!Requests$)|SecurityGroupReferences$|VpcEndpointServicePermissions$|CapacityBlockExtensionOfferings$)\w+"
    r"|kms:(?:ListKeys|ListAliases|GenerateRandom)|tag:Get\w+|autoscaling:Describe\w+|elasticloadbalancing:Describe\w+"
    r"|lambda:(?:ListFunctions|GetAccountSettings)|sns:ListTopics|secretsmanager:(?:ListSecrets|GetRandomPassword)"
    r"|route53:(?:ListHostedZones|ListHostedZonesByName)|acm:ListCertificates|logs:DescribeQueries|pricing:\w+"
    r"|ce:Get(?:Reservation|Rightsizing|SavingsPlan)\w+"
)
"""The same (Service Authorization Reference, 2026-11), of actions that other programs need: lists, tokens and telemetry."""


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement of a policy; what it leaves out is an empty tuple."""

    sid: str = ""
    allows: bool
    actions: tuple[str, ...] = ()
    all_actions_but: tuple[str, ...] = ()
    """``NotAction``: with ``Allow`` it grants nearly everything."""
    resources: tuple[str, ...] = ()
    principals: tuple[str, ...] = ()
    """ARNs, accounts and services alike; ``*`` is everybody."""
    federated: tuple[str, ...] = ()
    """Those of them that are identity providers."""
    conditions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def open_to_everybody(self) -> bool:
        """Whether it lets in anybody at all: no condition says who."""
        return self.allows and any(map(_is_pattern, self.principals)) and not narrows(self.conditions)

    @property
    def vouched_by(self) -> tuple[str, ...]:
        """The identity providers that it trusts whomever they vouch for: no condition says whose identities."""
        trusted = self.federated if self.allows else ()
        return tuple(each for each in trusted if not vouched_for(each, self.conditions))

    @property
    def for_anybody(self) -> tuple[str, ...]:
        """The services that it lets in without saying on whose behalf: anybody can have them act (confused deputy)."""
        services = (who for who in self.principals if who.endswith((".amazonaws.com", ".amazonaws.com.cn")))
        return tuple(services) if self.allows and not names_source(self.conditions) else ()


NAMED_FIRST = frozenset({"s3", "sns", "sqs", "execute-api"})
"""Services in whose ARNs the resource's own name comes first; in those of others its type does."""
NAME = 3
"""How many characters in a row make a pattern speak of something: fewer are in nearly every name."""


def documents(value: Any) -> Iterator[Document]:
    """The policy documents in a resource's inputs, wherever they are: as JSON text, however it is escaped, or as an object.

    Raises:
        ValueError: Something is meant for a policy and is no JSON.
    """
    text = value.lstrip("\ufeff \t\r\n") if isinstance(value, str) else ""
    if text.startswith(("{", "[")):
        try:
            value = json.loads(text)
        except ValueError:
            if '"Statement"' in value:
                raise
    if isinstance(value, dict) and "Statement" in value:
        yield value
    elif isinstance(value, dict):
        yield from (found for each in value.values() for found in documents(each))
    elif isinstance(value, list):
        yield from (found for each in value for found in documents(each))


def without_resource(action: str) -> bool:
    """Whether AWS offers no resource to name for an action."""
    return action in WITHOUT_RESOURCE or bool(_OF_THE_ACCOUNT.fullmatch(action))


def names_none(resource: str) -> bool:
    """Whether a policy's resource is everything, or everything of a service or a type, however that is written."""
    parts = resource.split(":", 5)
    if parts[0] != "arn" or len(parts) < 6:  # noqa: PLR2004 - an ARN's
        return _is_pattern(resource)
    if _is_pattern(parts[2]):
        return True
    words = [word for word in re.split("[/:]", parts[5]) if word]
    if parts[2] in NAMED_FIRST and not (parts[2] == "s3" and parts[4]):  # an access point has an account, and a type
        return not words or _says_nothing(words[0])
    type_, *name = words or ["*"]
    return _is_pattern(type_) or bool(name and _says_nothing(name[0]))


def _is_pattern(text: str) -> bool:
    return not set("*?").isdisjoint(text)


def _says_nothing(name: str) -> bool:
    return _is_pattern(name) and max(map(len, re.split("[*?]+", name))) < NAME


def statements(document: str | dict[str, Any]) -> tuple[Statement, ...]:
    """The statements of a policy document (JSON text, or already decoded as IAM's client does)."""
    decoded = json.loads(document) if isinstance(document, str) else document
    return tuple(_statement(raw) for raw in many(decoded["Statement"]))


def _statement(raw: dict[str, Any]) -> Statement:
    allows = raw["Effect"] == "Allow"
    # To allow all but a few is to allow everybody, and on everything; to deny all but a few denies nobody for certain.
    everything = {name: "*" for name in ("Principal", "Resource") if allows and f"Not{name}" in raw}
    raw = raw | everything
    principal = raw.get("Principal", ())
    named = principal.values() if isinstance(principal, dict) else [principal]
    return Statement(
        sid=raw.get("Sid", ""),
        allows=allows,
        actions=many(raw.get("Action", ())),
        all_actions_but=many(raw.get("NotAction", ())),
        resources=many(raw.get("Resource", ())),
        principals=tuple(who for group in named for who in many(group)),
        federated=many(principal.get("Federated", ())) if isinstance(principal, dict) else (),
        conditions=raw.get("Condition", {}),
    )
