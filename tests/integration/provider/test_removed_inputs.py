"""An input that the program no longer has goes back to pulumi-aws's default, or stays where pulumi-aws lets it stay."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from integration.provider.cases.elasticloadbalancing import BALANCER, GROUP, balancer, group
from integration.provider.cases.functions import FUNCTION, configured_function
from integration.provider.cases.rds import INSTANCE, instance

from runbook_lib.rehearsal.provider.lifecycle import INCOMPLETE, Lifecycle
from runbook_lib.rehearsal.provider.wire import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from integration.provider.harness import Make, Properties

    from runbook_lib.rehearsal.provider.session import Session


@dataclass(frozen=True)
class Removal:
    """Inputs to set and to take away again.

    Attributes:
        token: The type.
        base: The inputs that stay.
        reset: What is set and goes back, and to what; None is "not set".
        kept: What is set and stays.
    """

    token: str
    base: Callable[[Make], Properties]
    reset: dict[str, tuple[Any, Any]]
    kept: dict[str, Any] = field(default_factory=dict)


REMOVALS = [
    Removal(
        BALANCER,
        balancer,
        {
            "clientKeepAlive": (120, 3600),
            "desyncMitigationMode": ("strictest", "defensive"),
            "dropInvalidHeaderFields": (True, False),
            "enableDeletionProtection": (True, False),
            "enableHttp2": (False, True),
            "idleTimeout": (30, 60),
            "preserveHostHeader": (True, False),
        },
        {"ipAddressType": "dualstack"},
    ),
    Removal(
        GROUP,
        group,
        {"deregistrationDelay": (10, 300), "slowStart": (30, 0), "lambdaMultiValueHeadersEnabled": (True, False)},
        {"loadBalancingAlgorithmType": "least_outstanding_requests"},
    ),
    Removal(
        INSTANCE,
        instance,
        {
            "autoMinorVersionUpgrade": (False, True),
            "copyTagsToSnapshot": (True, False),
            "deletionProtection": (True, False),
            "enabledCloudwatchLogsExports": (["postgresql", "upgrade"], None),
            "iamDatabaseAuthenticationEnabled": (True, False),
            "maxAllocatedStorage": (100, None),
            "performanceInsightsEnabled": (True, False),
            "publiclyAccessible": (True, False),
        },
        {
            "backupRetentionPeriod": 9,
            "caCertIdentifier": "rds-ca-rsa4096-g1",
            "engineLifecycleSupport": "open-source-rds-extended-support-disabled",
            "multiAz": True,
        },
    ),
    Removal(
        FUNCTION,
        configured_function,
        {
            "deadLetterConfig": ({"targetArn": "arn:aws:sqs:us-east-1:000000000000:dead"}, None),
            "description": ("a", None),
            "environment": ({"variables": {"STAGE": "a"}}, None),
        },
        {"ephemeralStorage": {"size": 1024}, "tracingConfig": {"mode": "Active"}},
    ),
]


@pytest.mark.parametrize("removal", REMOVALS, ids=lambda removal: removal.token)
@pytest.mark.parametrize("repaired", [False, True], ids=["at once", "by the repair of a failed update"])
def test_what_is_taken_away_goes_back(removal: Removal, repaired: bool, aws: Session, make: Make) -> None:  # noqa: FBT001  # a parameter of the test
    lifecycle = Lifecycle(removal.token, aws)
    base = {name: value for name, value in removal.base(make).items() if name not in removal.reset.keys() | removal.kept.keys()}
    given = base | {name: value for name, (value, _) in removal.reset.items()} | removal.kept
    old, failures = lifecycle.check("subject", {}, given, b"seed")
    new, _ = lifecycle.check("subject", old, base, b"seed")
    assert not failures
    id_, outputs = lifecycle.create(old, preview=False)
    try:
        moved = {change.top for change in lifecycle.diff(outputs, old, new).changes}
        assert moved == removal.reset.keys() | removal.kept.keys()
        if repaired:  # the engine has noted the new inputs, and that they are not all set
            old, outputs = new, outputs | {INCOMPLETE: True}
        outputs = lifecycle.update(id_, outputs, old, new, preview=False)
        found = lifecycle.read(id_, {}, {})
        assert found is not None
        live = plain(found[0])
        assert {name: live.get(name) for name in removal.reset} == {name: after for name, (_, after) in removal.reset.items()}
        assert lifecycle.comparison.covers(removal.kept, live, "")
        assert lifecycle.read(id_, outputs, new) == (outputs, new)
    finally:
        unprotect(aws, removal.token, outputs)
        lifecycle.delete(id_, outputs)


def unprotect(aws: Session, token: str, outputs: Properties) -> None:
    """A test that fails leaves no instance that cannot be deleted."""
    if token == INSTANCE:
        aws.client("rds").modify_db_instance(DBInstanceIdentifier=outputs["identifier"], DeletionProtection=False)


def test_what_a_health_check_no_longer_says_goes_back(aws: Session, make: Make) -> None:
    lifecycle = Lifecycle(GROUP, aws)
    given = group(make)
    check = {"path": "/health", "interval": 35, "healthyThreshold": 7, "matcher": "204"}
    made = make(GROUP, **given | {"healthCheck": check})
    old = given | {"healthCheck": check}
    new = given | {"healthCheck": {"path": "/health"}}
    lifecycle.update(made["id"], made, old, new, preview=False)
    (live,) = aws.client("elbv2").describe_target_groups(TargetGroupArns=[made["id"]])["TargetGroups"]
    assert (live["HealthCheckIntervalSeconds"], live["HealthyThresholdCount"]) == (30, 3)
    assert live["Matcher"]["HttpCode"] == "204", "pulumi-aws leaves this to AWS, which keeps it"
