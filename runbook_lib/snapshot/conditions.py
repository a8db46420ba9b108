"""Which conditions of a policy's statement say who calls, or from where: by what they ask for, not only by their names.

What tells a public policy from another in S3 (Amazon S3 User Guide, "The meaning of public") is asked of every policy: a fixed
value of a key that says who; no pattern, no policy variable, no range of addresses wider than /8 or, in IPv6, /32.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING, Any

from runbook_lib.snapshot.ranges import faces_internet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_SAYING = ("stringequals", "stringlike", "stringequalsignorecase", "arnequals", "arnlike", "ipaddress")
_OPEN = re.compile(r"[*?]|\$\{")
_MOUNTED = "elasticfilesystem:accessedviamounttarget"
"""Of a file system: only what is in its VPC reaches a mount target (EFS User Guide, "Blocking public access")."""
_WIDEST = {4: 2**24, 6: 2**96}
"""How many addresses from outside private networks may be named together: those of one /8, or of one /32 of IPv6."""
_SHARED_ISSUERS = (
    "token.actions.githubusercontent.com", "app.terraform.io", "gitlab.com", "oidc.circleci.com", "agent.buildkite.com",
)  # fmt: skip
"""Who vouches for everybody's pipelines under one name and audience: only the subject says whose."""


def narrows(conditions: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether the conditions of a statement leave only some of all callers.

    An operator that is satisfied by what is not there (``…IfExists``, ``ForAllValues:``), or says who not, leaves all. The values
    of a key are alternatives: each must name somebody.
    """
    told = (values for operator, values in conditions.items() if operator.lower() == "bool")
    if any(key.lower() == _MOUNTED and str(asked).lower() == "true" for values in told for key, asked in values.items()):
        return True
    return any(_names_somebody(key.lower(), many(asked)) for key, asked in _said(conditions))


def names_source(conditions: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether a statement that lets a service in says on whose behalf: by resource, account or organisation."""
    said = (many(asked) for key, asked in _said(conditions) if key.lower().startswith(("aws:source", "aws:principalorg")))
    return narrows(conditions) or any(values and not set(map(str, values)) & {"*", "arn:*"} for values in said)


def vouched_for(provider: str, conditions: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether a trust in an identity provider says whose identities: by subject, or by the audience where that is one's own.

    Args:
        provider: The federated principal: an OIDC or SAML provider's ARN, or a host's name.
        conditions: The statement's.
    """
    issuer = provider.rpartition("oidc-provider/")[2]
    own = not issuer.startswith(_SHARED_ISSUERS)
    for key, asked in _said(conditions):
        host, _, claim = key.lower().rpartition(":")
        fixed = all(map(_starts_named, many(asked)))
        if fixed and (claim in {"sub", "sub_type"} or (own and claim in {"aud", "amr", "iss"})) and host != "aws":
            return True
    return False


def many(value: Any) -> tuple[Any, ...]:
    """What a policy may write alone or as a list, as a tuple."""
    return tuple(value) if isinstance(value, (list, tuple)) else (value,)


def _said(conditions: Mapping[str, Mapping[str, Any]]) -> Iterable[tuple[str, Any]]:
    for operator, values in conditions.items():
        if operator.lower().removeprefix("foranyvalue:") in _SAYING:
            yield from values.items()


def _names_somebody(key: str, asked: tuple[Any, ...]) -> bool:
    names = _KEYS.get(key)
    if key == "aws:sourceip":
        return _few(asked)
    return names is not None and bool(asked) and all(names(str(value)) for value in asked)


def _few(blocks: Iterable[Any]) -> bool:
    """Whether the ranges hold, all together, few enough addresses of the internet to be somebody's."""
    public: dict[int, int] = {4: 0, 6: 0}
    for block in blocks:
        try:
            network: IPv4Network | IPv6Network = ip_network(str(block), strict=False)
        except ValueError:
            return False
        if faces_internet(block):
            public[network.version] += network.num_addresses
    return all(public[version] <= widest for version, widest in _WIDEST.items())


def _fixed(value: str) -> bool:
    return bool(value) and not _OPEN.search(value)


def _account(value: str) -> bool:
    return bool(re.fullmatch(r"\d{12}", value))


def _organization(value: str) -> bool:
    """A path may go on as it likes after the organization's own id."""
    return bool(re.match(r"o-[a-z0-9]+(?:/(?!.*\$\{)|$)", value))


def _arn(value: str) -> bool:
    """An ARN names somebody by its account; where it has none, as that of a bucket, by the first part of its name."""
    parts = value.split(":", 5)
    if len(parts) < 6 or parts[0] != "arn":  # noqa: PLR2004 - an ARN's
        return False
    return _account(parts[4]) if parts[4] else _fixed(parts[2]) and _fixed(parts[5].split("/")[0])


def _user(value: str) -> bool:
    """A role's id may be followed by any session's name."""
    return _fixed(value) or bool(re.fullmatch(r"A[A-Z0-9]{15,}:\*", value))


def _starts_named(value: Any) -> bool:
    """A subject such as ``repo:organization/*`` says whose; ``repo:*`` and ``*`` do not."""
    beginning = _OPEN.split(str(value), maxsplit=1)[0]
    return beginning == str(value) or bool(re.search(r"[:/][\w.-]{3,}[/:]", beginning))


_KEYS: Mapping[str, Callable[[str], bool]] = {
    **dict.fromkeys(("aws:principalaccount", "aws:sourceaccount", "aws:sourceowner"), _account),
    **dict.fromkeys(("kms:calleraccount", "s3:dataaccesspointaccount"), _account),
    **dict.fromkeys(("aws:principalarn", "aws:sourcearn", "s3:dataaccesspointarn"), _arn),
    "elasticfilesystem:accesspointarn": _arn,
    **dict.fromkeys(("aws:principalorgid", "aws:principalorgpaths", "aws:sourceorgid", "aws:sourceorgpaths"), _organization),
    **dict.fromkeys(("aws:sourcevpc", "aws:sourcevpce"), _fixed),
    "aws:userid": _user,
}
"""The condition keys (lower case, as IAM reads them) that say who calls or from where, and which of their values do.
``aws:SecureTransport`` is none of them: everybody has TLS."""
