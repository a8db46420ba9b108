"""The roles that a stack's configuration has its provider assume (``aws:assumeRoles``), assumed by boto3 in the same order.

What assumes the first one is whatever credentials the caller has: they stay where they are, because the provider, which is
given the same list, starts from them too.
"""

from __future__ import annotations

import json
import os
import re
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from runbook_lib.errors import UsageError

if TYPE_CHECKING:
    from botocore.credentials import Credentials
    from botocore.session import Session

VARIABLE = "RUNBOOK_ASSUME_ROLES"
"""Hands the list, as JSON, to whatever is started for the environment."""
SESSION = "runbook"
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ns|us|ms|s|m|h))+")


def _seconds(given: object) -> int | None:
    """Seconds of a duration as the provider writes one: ``1h``, ``90m``, ``1h30m``.

    Raises:
        ValueError: It is none.
    """
    if given is None:
        return None
    if not _DURATION.fullmatch(str(given)):
        msg = f"{given} is no duration such as 1h or 90m"
        raise ValueError(msg)
    import pandas as pd  # a tenth of a second, for those alone that say a duration

    return int(pd.Timedelta(str(given)).total_seconds())


class Role(BaseModel):
    """One role, with what is said as it is assumed (pulumi-aws' ``ProviderAssumeRoleArgs``)."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel)

    role_arn: str = Field(pattern=r"^arn:aws[\w-]*:iam::\d{12}:role/.+$")
    duration: Annotated[int | None, BeforeValidator(_seconds)] = None
    external_id: str | None = None
    policy: str | None = None
    policy_arns: tuple[str, ...] = ()
    session_name: str | None = None
    source_identity: str | None = None
    tags: dict[str, str] = {}
    transitive_tag_keys: tuple[str, ...] = ()

    def request(self) -> dict[str, Any]:
        """What AssumeRole is asked beside the role's ARN."""
        asked = {
            "DurationSeconds": self.duration,
            "ExternalId": self.external_id,
            "Policy": self.policy,
            "PolicyArns": [{"arn": arn} for arn in self.policy_arns],
            "RoleSessionName": self.session_name or SESSION,
            "SourceIdentity": self.source_identity,
            "Tags": [{"Key": key, "Value": value} for key, value in self.tags.items()],
            "TransitiveTagKeys": list(self.transitive_tag_keys),
        }
        return {key: value for key, value in asked.items() if value}


_LIST = TypeAdapter(tuple[Role, ...])


def of(given: Any, *, where: str) -> tuple[Role, ...]:
    """The roles in a list as YAML has it, or as the JSON text that ``pulumi config set`` writes.

    Args:
        given: The list; nothing is none.
        where: What says it, for the error.

    Raises:
        UsageError: It is no list of roles.
    """
    try:
        return _LIST.validate_json(given) if isinstance(given, str) else _LIST.validate_python(given or ())
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, each['loc'])) or 'it'}: {each['msg']}" for each in error.errors(include_url=False))
        raise UsageError(
            f"{where} is no list of roles: {told}.", remedy='Give each as {"roleArn": "arn:aws:iam::…:role/…"}.'
        ) from error


def assume(session: Session, region: str) -> None:
    """Have a botocore session act by the last of the roles that ``VARIABLE`` names, if it names any.

    They are assumed when they are first needed, and anew before they end, for as long as the caller's own credentials hold.

    Args:
        session: Which has resolved the caller's own credentials.
        region: Where STS is asked.

    Raises:
        UsageError: ``VARIABLE`` holds no list of roles.
    """
    from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials

    found: Credentials | None = session.get_credentials()
    for role in of(json.loads(os.environ.get(VARIABLE) or "[]"), where=VARIABLE) if found else ():
        asks = partial(session.create_client, region_name=region)
        fetcher = AssumeRoleCredentialFetcher(asks, found, role.role_arn, extra_args=role.request())
        found = DeferredRefreshableCredentials(refresh_using=fetcher.fetch_credentials, method="assume-role")
    session._credentials = found  # type: ignore[attr-defined]  # noqa: SLF001 - botocore has a setter for keys only
