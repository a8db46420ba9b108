"""Resources to price, and the baseline stack of which the cost is known; imported by the tests beside it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from runbook_lib import costs

TODAY = date(2026, 11, 24)
GOLDEN = Path(__file__).parents[2] / "golden" / "costs"
RENEW = "RUNBOOK_TEST_RENEW"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"  # Pulumi's own mark for a value known after the deployment
DATABASE = {
    "engine": "postgres",
    "engineVersion": "14.24",
    "instanceClass": "db.t3.medium",
    "multiAz": True,
    "allocatedStorage": 20,
    "storageType": "gp3",
    "manageMasterUserPassword": True,
    "engineLifecycleSupport": "open-source-rds-extended-support-disabled",
}


@dataclass(frozen=True)
class Planned:
    """A resource of a plan, with the attributes that the estimate reads."""

    type: str
    name: str
    op: str = "create"
    inputs: dict[str, Any] = field(default_factory=dict)
    provider: str = ""

    @property
    def urn(self) -> str:
        """Pulumi's URN."""
        return f"urn:pulumi:staging::payments::{self.type}::{self.name}"


def make(token: str, name: str = "x", op: str = "create", **inputs: Any) -> Planned:
    """An AWS resource by its short token, e.g. ``ec2/eip:Eip``."""
    return Planned(f"aws:{token}", name, op, inputs)


def database(**inputs: Any) -> Planned:
    """The stack's database, with other inputs where given."""
    return make("rds/instance:Instance", "db", **{**DATABASE, **inputs})


def golden(name: str, text: str) -> str:
    """What is recorded under a name; where it is being renewed, ``text`` from now on."""
    file = GOLDEN / f"{name}.txt"
    if os.environ.get(RENEW):
        file.write_text(text, encoding="utf-8")
    return file.read_text(encoding="utf-8")


def price(*resources: Planned, **options: Any) -> costs.Estimate:
    """Estimate resources in us-east-1 on 2026-11-24."""
    return costs.estimate(resources, **{"region": "us-east-1", "today": TODAY, **options})


BASELINE = (
    Planned("pulumi:pulumi:Stack", "payments-staging"),
    Planned("payments:network:Network", "network"),
    make("ec2/vpc:Vpc", "vpc"),
    *(make("ec2/eip:Eip", f"nat-{zone}", domain="vpc") for zone in "abc"),
    *(make("ec2/natGateway:NatGateway", f"nat-{zone}") for zone in "abc"),
    database(),
    make("lb/loadBalancer:LoadBalancer", "alb", internal=False, subnets=[UNKNOWN] * 3),
    make("kms/key:Key", "key", enableKeyRotation=True),
)
"""Three NAT gateways, six public addresses, a Multi-AZ database with its secret, a load balancer and a key."""
