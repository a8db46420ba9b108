"""Policy documents as AWS stores them, with every field a tuple: a lone string and a list of one mean the same."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

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
    conditions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def open_to_everybody(self) -> bool:
        """Whether it lets in anybody at all: no condition says who."""
        return self.allows and "*" in self.principals and not narrows(self.conditions)


NARROWING = frozenset(
    {
        "aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths", "aws:sourceaccount",
        "aws:sourcearn", "aws:sourceip", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner", "aws:sourcevpc",
        "aws:sourcevpce", "aws:userid", "kms:calleraccount", "s3:dataaccesspointaccount", "s3:dataaccesspointarn",
    }
)  # fmt: skip
"""The condition keys (lower case, as IAM reads them) that say who calls or from where: those by which S3 tells a public policy
from one that is not (Amazon S3 User Guide, "The meaning of public"), and their kin. ``aws:SecureTransport`` is none of them:
everybody has TLS."""
_EVERYWHERE = frozenset({"*", "0.0.0.0/0", "::/0"})
_SAYING = ("stringequals", "stringlike", "stringequalsignorecase", "arnequals", "arnlike", "ipaddress", "bool")


def narrows(conditions: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether the conditions of a statement leave only some of all callers.

    An operator that is satisfied by what is not there (``…IfExists``, ``ForAllValues:``), or says who not, leaves all.
    """
    for operator, values in conditions.items():
        name = operator.lower().removeprefix("foranyvalue:")
        if name not in _SAYING:
            continue
        for key, asked in values.items():
            if key.lower() in NARROWING and not _EVERYWHERE & {str(each) for each in _many(asked)}:
                return True
    return False


# All there is of a service, or all of one type: no name is left in the ARN. In S3 what stands first is the bucket.
_WHOLE = re.compile(r"^(?:[*?]+|[A-Za-z][\w-]*[/:][*?]+)(?:[/:][*?]+)*$")
_WHOLE_OF_S3 = re.compile(r"^[*?]+(?:/.*)?$")


def documents(value: Any) -> Iterator[Document]:
    """The policy documents in a resource's inputs, wherever they are: as JSON text, or as an object."""
    if isinstance(value, str) and value.lstrip().startswith("{") and '"Statement"' in value:
        value = json.loads(value)
    if isinstance(value, dict) and "Statement" in value:
        yield value
    elif isinstance(value, dict):
        yield from (found for each in value.values() for found in documents(each))
    elif isinstance(value, list):
        yield from (found for each in value for found in documents(each))


def names_none(resource: str) -> bool:
    """Whether a policy's resource is everything, or everything of a service or a type."""
    parts = resource.split(":", 5)
    if parts[0] != "arn" or len(parts) < 6:  # noqa: PLR2004 - an ARN's
        return resource == "*"
    return bool((_WHOLE_OF_S3 if parts[2] == "s3" else _WHOLE).match(parts[5]))


def statements(document: str | dict[str, Any]) -> tuple[Statement, ...]:
    """The statements of a policy document (JSON text, or already decoded as IAM's client does)."""
    decoded = json.loads(document) if isinstance(document, str) else document
    return tuple(_statement(raw) for raw in _many(decoded["Statement"]))


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
        actions=_many(raw.get("Action", ())),
        all_actions_but=_many(raw.get("NotAction", ())),
        resources=_many(raw.get("Resource", ())),
        principals=tuple(who for group in named for who in _many(group)),
        conditions=raw.get("Condition", {}),
    )


def _many(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, (list, tuple)) else (value,)
