"""What every component needs to know about where it is built: configuration, names, account and zones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from cidr import ZONES
from config import ConfigError
from naming import Names

if TYPE_CHECKING:
    from config import StackConfig


@dataclass(frozen=True)
class Context:
    """The place a stack is built in; all values are plain, so that names and most ARNs need no `apply`."""

    config: StackConfig
    names: Names
    account: str
    partition: str
    dns_suffix: str
    zones: tuple[str, ...]

    def arn(self, service: str, resource: str) -> str:
        """Give the ARN of a resource of this account and region whose name is known beforehand."""
        return f"arn:{self.partition}:{service}:{self.config.region}:{self.account}:{resource}"

    def role_arn(self, name: str) -> str:
        """Give the ARN of a role of this account; IAM has no region."""
        return f"arn:{self.partition}:iam::{self.account}:role/{name}"

    def bucket_arn(self, name: str) -> str:
        """Give the ARN of a bucket, which names neither account nor region."""
        return f"arn:{self.partition}:s3:::{name}"

    def host(self, service: str) -> str:
        """Give the name by which KMS and CloudWatch Logs know a service of this region, e.g. `s3.us-east-1.amazonaws.com`."""
        return f"{service}.{self.config.region}.{self.dns_suffix}"

    @property
    def account_root(self) -> str:
        """The principal that hands a decision over to this account's own IAM policies."""
        return f"arn:{self.partition}:iam::{self.account}:root"


def look_up(config: StackConfig, provider: aws.Provider) -> Context:
    """Ask AWS for the account, the partition and three zones.

    Raises:
        ConfigError: The region has fewer than three zones.
    """
    options = pulumi.InvokeOptions(provider=provider)
    # Local and wavelength zones are opt-in and have neither NAT gateways nor RDS.
    regular = aws.GetAvailabilityZonesFilterArgs(name="opt-in-status", values=["opt-in-not-required"])
    zones = aws.get_availability_zones(state="available", filters=[regular], opts=options).names
    if len(zones) < ZONES:
        raise ConfigError(f"aws:region {config.region} has {len(zones)} zones, {ZONES} are needed: choose another")
    partition = aws.get_partition(opts=options)
    return Context(
        config=config,
        names=Names(config.environment, config.suffix),
        account=aws.get_caller_identity(opts=options).account_id,
        partition=partition.partition,
        dns_suffix=partition.dns_suffix,
        zones=tuple(sorted(zones)[:ZONES]),
    )
