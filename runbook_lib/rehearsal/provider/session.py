"""What a resource type sees of AWS: clients for one region, the account, and ARNs."""

from __future__ import annotations

import threading
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from runbook_lib.aws import Aws, Target
from runbook_lib.rehearsal.provider.base import ProviderError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PARTITION = "aws"


@dataclass
class Session:
    """One provider configuration, at work.

    Attributes:
        region: Where, e.g. ``us-east-1``.
        endpoint: The emulator's address; empty if only ``endpoints`` has any.
        endpoints: Addresses by boto3 service name, where they differ from ``endpoint``.
        default_tags: Tags that every taggable resource gets.
    """

    region: str
    endpoint: str
    endpoints: Mapping[str, str] = field(default_factory=dict)
    default_tags: Mapping[str, str] = field(default_factory=dict)
    _targets: dict[tuple[str, str], Aws] = field(default_factory=dict, repr=False)
    partition: str = PARTITION
    _locks: dict[str, threading.Lock] = field(default_factory=dict, repr=False)

    def client(self, service: str) -> Any:
        """The boto3 client for ``service``; made once, safe to use from threads."""
        endpoint = self.endpoints.get(service) or self.endpoint
        if not endpoint:  # never AWS itself, whatever boto3 would make of no address
            raise ProviderError(f"aws:endpoints has no address for {service}, and AWS_ENDPOINT_URL is not set")
        # setdefault is atomic, so that two threads end up with the same one.
        target = self._targets.setdefault((endpoint, self.region), Aws(Target(region=self.region, endpoint=endpoint)))
        return target.client(service)

    def at(self, region: str | None) -> Session:
        """The same, in another region; pulumi-aws 7 takes a ``region`` on every resource."""
        if region in (None, "", self.region):
            return self
        return Session(region, self.endpoint, self.endpoints, self.default_tags, self._targets, self.partition, self._locks)

    @contextmanager
    def alone(self, what: str | None) -> Iterator[None]:
        """One at a time for each ``what``; None waits for nobody."""
        with self._locks.setdefault(what, threading.Lock()) if what else nullcontext():
            yield

    @cached_property
    def account(self) -> str:
        """The account number."""
        return str(self.client("sts").get_caller_identity()["Account"])

    def arn(self, service: str, resource: str, *, region: bool = True, account: bool = True) -> str:
        """An ARN in this region and account: ``arn("ec2", "vpc/vpc-1")``."""
        where = f"{self.region if region else ''}:{self.account if account else ''}"
        return f"arn:{self.partition}:{service}:{where}:{resource}"
