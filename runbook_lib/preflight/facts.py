"""What was read of an account before anything is planned in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pydantic import BaseModel, ConfigDict


class Facts(BaseModel):
    """Base of the immutable records here."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Credentials(Facts):
    """What a step acts by.

    Attributes:
        method: Where botocore has them from, e.g. ``env``, ``assume-role``, ``sso``.
        temporary: Whether they end at all.
        renewed: Whether botocore gets new ones by itself when they do.
        ends: When these end, UTC; ``None`` where nobody says.
    """

    method: str
    temporary: bool
    renewed: bool
    ends: datetime | None


class Quota(Facts):
    """How much of something an account may have in a region, and has.

    Attributes:
        what: In the plural, e.g. ``Elastic IP addresses``.
        service: The Service Quotas code, e.g. ``ec2``; empty where the service itself says.
        code: The quota's, e.g. ``L-0263D0A3``.
        limit: How many there may be.
        used: How many there are.
        ours: How many of those are this stack's.
        needed: How many the stack asks for.
    """

    what: str
    service: str
    code: str
    limit: int
    used: int
    ours: int
    needed: int

    @property
    def missing(self) -> int:
        """How many there are too few for what is asked for; none where there is all of it, whatever else the account has."""
        return self.needed - self.ours - (self.limit - self.used) if self.needed > self.ours else 0


class Zone(Facts):
    """An availability zone, by its id, which means the same in every account, and by its name here.

    Attributes:
        database: Whether the instance class can be had in it with the version that 01 chose.
    """

    id: str
    name: str
    database: bool = False


class Decided(Facts):
    """What IAM says of a policy's actions.

    Attributes:
        policy: The published policy, e.g. ``deploy``.
        denied: Actions that the steps need and the caller may not.
        provider: Actions that the provider may need and the caller may not.
        conditions: What the answer depends on and IAM was not told, e.g. ``aws:MultiFactorAuthPresent``.
        asked: How many actions were asked about.
    """

    policy: str
    denied: tuple[str, ...]
    provider: tuple[str, ...]
    conditions: tuple[str, ...]
    asked: int


class Permissions(Facts):
    """What IAM says of a caller.

    Attributes:
        principal: Whose policies were asked about; empty where nobody's were.
        unasked: Why they were not, where that is nobody's fault: somebody said so, or the caller is an account's root user.
        decided: By policy.
    """

    principal: str
    unasked: str
    decided: tuple[Decided, ...]


class Account(Facts):
    """What pre-flight read.

    Attributes:
        permissions: What IAM says of the caller; ``None`` where it did not say.
        unknown: What AWS did not say: the question, and why.
    """

    credentials: Credentials
    quotas: tuple[Quota, ...]
    zones: tuple[Zone, ...]
    permissions: Permissions | None = None
    unknown: dict[str, str]

    def offering(self, zones: Iterable[str]) -> Account:
        """The same, with the zones (by name) in which the database can be had."""
        names = frozenset(zones)
        return self.model_copy(
            update={"zones": tuple(zone.model_copy(update={"database": zone.name in names}) for zone in self.zones)}
        )
