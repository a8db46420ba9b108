"""Asks AWS what pre-flight judges, all at the same time; reads only."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from runbook_lib.preflight.facts import Account, Credentials, Quota, Zone
from runbook_lib.preflight.permissions import PERMISSIONS
from runbook_lib.preflight.simulating import simulate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from runbook_lib.aws import Aws

KEPT_UNRESERVED = 100
"""Executions that Lambda keeps for functions without a reservation (PutFunctionConcurrency refuses what would leave fewer)."""
EXPIRATION = "AWS_CREDENTIAL_EXPIRATION"
"""Says until when credentials in the environment hold, as the AWS CLI exports them."""


@dataclass(frozen=True)
class Needs:
    """What the stack is configured to have.

    Attributes:
        addresses: Elastic IP addresses.
        concurrency: Executions reserved for its function; 0 for none.
        tags: What tells its resources from others'.
        policies: The published policies that the caller is held to.
    """

    addresses: int
    concurrency: int
    tags: Mapping[str, str]
    policies: tuple[str, ...] = ()


def needs_of(
    config: Mapping[str, Any],
    *,
    tags: Mapping[str, str],
    policies: tuple[str, ...] = (),
) -> Needs:
    """What a stack's configuration comes to; defaults are those of ``stack/config.py``."""
    per_zone = str(config.get("payments:natPerZone", "true")).lower() == "true"
    return Needs(
        addresses=3 if per_zone else 1,
        concurrency=int(config.get("payments:reservedConcurrency") or 0),
        tags=tags,
        policies=policies,
    )


def read(aws: Aws, needs: Needs, caller: str) -> Account:
    """Ask every question; what is not answered is on record with why.

    Args:
        aws: Where.
        needs: What the stack is configured to have.
        caller: The ARN that AWS knows the caller by.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    questions: dict[str, Callable[[], Any]] = {
        "Elastic IP addresses": lambda: _addresses(aws, needs),
        "VPCs": lambda: _vpcs(aws, needs),
        "database instances": lambda: _databases(aws, needs),
        "concurrent executions": lambda: _concurrency(aws, needs),
        "KMS keys": lambda: _keys(aws),
        "availability zones": lambda: _zones(aws),
        PERMISSIONS: lambda: simulate(aws, caller, needs.policies),
    }
    answers: dict[str, Any] = {}
    unknown: dict[str, str] = {}
    with ThreadPoolExecutor(max_workers=len(questions)) as pool:
        asked = {name: pool.submit(question) for name, question in questions.items()}
    for name, future in asked.items():
        try:
            answers[name] = future.result()
        except (BotoCoreError, ClientError) as error:
            unknown[name] = str(error)
    zones = answers.pop("availability zones", ())
    permissions = answers.pop(PERMISSIONS, None)
    quotas = tuple(answers.values())
    return Account(credentials=credentials(aws), quotas=quotas, zones=zones, permissions=permissions, unknown=unknown)


def credentials(aws: Aws) -> Credentials:
    """What steps act by; their secrets are not looked at."""
    if aws.target.emulated:
        return Credentials(method="emulator", temporary=False, renewed=False, ends=None)
    found = aws.credentials()
    refreshable = hasattr(found, "refresh_needed")  # botocore's RefreshableCredentials; to ask these for a token renews them
    ends = getattr(found, "_expiry_time", None) or _told(os.environ.get(EXPIRATION) if found.method == "env" else None)
    signed_in = _signed_in_until() if found.method == "sso" else None
    ends = signed_in or ends
    return Credentials(
        method=str(found.method),
        temporary=refreshable or bool(found.token),
        renewed=refreshable and found.method != "env" and signed_in is None,
        ends=ends and ends.astimezone(UTC),
    )


def _signed_in_until() -> datetime | None:
    """When a sign-in to IAM Identity Center ends that nothing renews: credentials are got by it no longer than that."""
    import botocore.session
    from botocore.credentials import SSOProvider
    from botocore.exceptions import SSOTokenLoadError
    from botocore.utils import JSONFileCache, SSOTokenLoader

    session = botocore.session.get_session()
    told = session.get_scoped_config()
    name = told.get("sso_session")
    url = told.get("sso_start_url") or session.full_config.get("sso_sessions", {}).get(name, {}).get("sso_start_url", "")
    try:
        kept = JSONFileCache(SSOProvider._SSO_TOKEN_CACHE_DIR)  # type: ignore[attr-defined]  # noqa: SLF001 - where the CLI puts it
        token = SSOTokenLoader(kept)(url, name)
    except SSOTokenLoadError:
        return None  # the caller is somebody already, by credentials that are still held
    return None if token.get("refreshToken") else datetime.fromisoformat(token["expiresAt"].replace("UTC", "Z"))


def _told(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None  # which is to say that nobody does


def _quota(aws: Aws, what: str, service: str, code: str, **counted: int) -> Quota:
    quotas = aws.client("service-quotas")
    try:
        limit = quotas.get_service_quota(ServiceCode=service, QuotaCode=code)["Quota"]["Value"]
    except quotas.exceptions.NoSuchResourceException:  # nobody has asked for another than AWS's default
        limit = quotas.get_aws_default_service_quota(ServiceCode=service, QuotaCode=code)["Quota"]["Value"]
    return Quota(what=what, service=service, code=code, limit=int(limit), **counted)


def _mine(found: Sequence[Mapping[str, Any]], needs: Needs, key: str = "Tags") -> int:
    """How many of these carry the stack's tags."""
    wanted = needs.tags.items()
    return sum(wanted <= {tag["Key"]: tag["Value"] for tag in one.get(key) or ()}.items() for one in found)


def _addresses(aws: Aws, needs: Needs) -> Quota:
    used = aws.client("ec2").describe_addresses()["Addresses"]
    counted = {"used": len(used), "ours": _mine(used, needs), "needed": needs.addresses}
    return _quota(aws, "Elastic IP addresses", "ec2", "L-0263D0A3", **counted)


def _vpcs(aws: Aws, needs: Needs) -> Quota:
    used = list(aws.pages("ec2", "describe_vpcs", "Vpcs"))
    return _quota(aws, "VPCs", "vpc", "L-F678F1CE", used=len(used), ours=_mine(used, needs), needed=1)


def _databases(aws: Aws, needs: Needs) -> Quota:
    used = list(aws.pages("rds", "describe_db_instances", "DBInstances"))
    return _quota(aws, "database instances", "rds", "L-7B6409FD", used=len(used), ours=_mine(used, needs, "TagList"), needed=1)


def _keys(aws: Aws) -> Quota:
    used = len(list(aws.pages("kms", "list_keys", "Keys")))
    return _quota(aws, "KMS keys", "kms", "L-C2F1777E", used=used, ours=0, needed=3)


def _concurrency(aws: Aws, needs: Needs) -> Quota:
    limits = aws.client("lambda").get_account_settings()["AccountLimit"]
    whole, free = int(limits["ConcurrentExecutions"]), int(limits["UnreservedConcurrentExecutions"])
    ours = _reserved(aws, needs) if needs.concurrency else 0
    return Quota(
        what="concurrent executions", service="lambda", code="L-B99A9384", limit=max(whole - KEPT_UNRESERVED, 0),
        used=whole - free, ours=ours, needed=needs.concurrency,
    )  # fmt: skip


def _reserved(aws: Aws, needs: Needs) -> int:
    """What is reserved for this stack's function already."""
    client = aws.client("lambda")
    name = f"payments-{needs.tags.get('Environment', '')}-{needs.tags.get('Suffix', '')}"
    try:
        return int(client.get_function_concurrency(FunctionName=name).get("ReservedConcurrentExecutions") or 0)
    except client.exceptions.ResourceNotFoundException:
        return 0


def _zones(aws: Aws) -> tuple[Zone, ...]:
    here = [{"Name": "zone-type", "Values": ["availability-zone"]}]
    zones = aws.client("ec2").describe_availability_zones(Filters=here)["AvailabilityZones"]
    usable = (zone for zone in zones if zone.get("State", "available") == "available")
    return tuple(Zone(id=zone["ZoneId"], name=zone["ZoneName"]) for zone in usable)
