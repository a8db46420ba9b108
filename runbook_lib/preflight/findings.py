"""What pre-flight has to say: credentials that last, quotas that suffice, zones that offer what is needed; pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from runbook_lib.preflight import permissions
from runbook_lib.results import Finding, Status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from runbook_lib.preflight.facts import Account, Credentials, Quota

MINUTES = {
    "01_version_discovery": 2, "02_plan": 10, "03_deploy": 45, "04_verify": 30, "05_cost_check": 5, "91_teardown": 45,
}  # fmt: skip
"""How long a step may take on AWS: a Multi-AZ database alone takes a quarter of an hour to make, or to stop and start."""
ZONES = 3
"""How many availability zones the stack spans (N1)."""


def findings(account: Account, *, region: str, now: datetime) -> tuple[Finding, ...]:
    """One finding for the credentials, each quota, the zones, each policy, and each question that was not answered.

    Args:
        account: What was read.
        region: Where.
        now: The current time, UTC.
    """
    return (
        credentials_last(account.credentials, now),
        *(quota_suffices(quota, region) for quota in account.quotas),
        *([zones_offer_enough(account, region)] if "availability zones" not in account.unknown else []),
        *(permissions.findings(account.permissions) if account.permissions else ()),
        *_unanswered(account),
    )


def warnings(account: Account, now: datetime) -> tuple[str, ...]:
    """What passes and may not do so to the end."""
    return (*_ending(account.credentials, now), *(permissions.warnings(account.permissions) if account.permissions else ()))


def _ending(found: Credentials, now: datetime) -> tuple[str, ...]:
    whole = sum(minutes for step, minutes in MINUTES.items() if step < "90")
    if found.temporary and not found.renewed and found.ends is None:
        return (f"Nobody says when the credentials ({found.method}) end; the steps may take {whole} minutes together.",)
    if not _outlasts(found, now, whole):
        return (f"The credentials ({found.method}) end at {_time(found.ends)}; the steps may take {whole} minutes together.",)
    return ()


def credentials_last(found: Credentials, now: datetime) -> Finding:
    """Whether credentials outlast the longest step: what ends in the middle of a deployment leaves it half-made."""
    step, minutes = max(MINUTES.items(), key=lambda item: item[1])
    if not found.temporary:
        message = f"The credentials ({found.method}) do not end."
    elif found.renewed:
        message = f"The credentials ({found.method}) are renewed by themselves; these end at {_time(found.ends)}."
    elif found.ends is None:
        message = f"The credentials ({found.method}) are temporary, and nobody says until when."
    else:
        message = f"The credentials ({found.method}) end at {_time(found.ends)}; {step} alone may take {minutes} minutes."
    enough = _outlasts(found, now, minutes)
    remedy = f"Get new ones that last for {minutes} minutes, or use a profile that renews them (sso, assume-role)."
    return _finding("credentials_last", Status.PASS if enough else Status.FAIL, found.method, message, "" if enough else remedy)


def quota_suffices(quota: Quota, region: str) -> Finding:
    """Whether what the stack adds still fits."""
    name = f"{quota.what} in {region}"
    told = f"{name}: {quota.used} of {quota.limit} in use ({quota.ours} by this stack), the stack needs {quota.needed}"
    if quota.missing <= 0:
        return _finding("quotas_suffice", Status.PASS, name, f"{told}.")
    request = f"aws service-quotas request-service-quota-increase --service-code {quota.service} --quota-code {quota.code}"
    remedy = (
        f"Release {quota.missing}, or ask for more: {request} --desired-value {quota.limit + quota.missing} --region {region}."
    )
    return _finding("quotas_suffice", Status.FAIL, name, f"{told}: {quota.missing} too few.", remedy)


def zones_offer_enough(account: Account, region: str) -> Finding:
    """Whether enough availability zones offer what the stack has in each."""
    usable = [zone for zone in account.zones if zone.database]
    listed = ", ".join(f"{zone.id} ({zone.name})" for zone in usable) or "none"
    message = f"{len(usable)} of {len(account.zones)} availability zones in {region} offer the instance class: {listed}."
    if len(usable) >= ZONES:
        return _finding("zones_offer_enough", Status.PASS, region, message)
    remedy = "Choose an instance class or a region that offers it in more."
    return _finding("zones_offer_enough", Status.FAIL, region, f"{message} The stack spans {ZONES}.", remedy)


def _unanswered(account: Account) -> Iterator[Finding]:
    for question, why in account.unknown.items():
        if question == permissions.PERMISSIONS:
            yield permissions.unanswered(why)
            continue
        message = f"AWS does not say how many {question} there are and may be: {why}"
        remedy = "Allow the caller what docs/policies/read-only.json lists, and run 01 again."
        yield _finding("quotas_suffice", Status.UNKNOWN, question, message, remedy)


def _outlasts(found: Credentials, now: datetime, minutes: int) -> bool:
    if not found.temporary or found.renewed or found.ends is None:
        return True
    return found.ends - now >= timedelta(minutes=minutes)


def _time(when: datetime | None) -> str:
    return f"{when:%Y-%m-%d %H:%M} UTC" if when else "a time that nobody says"


def _finding(check: str, status: Status, resource: str, message: str, remedy: str = "") -> Finding:
    return Finding(check=check, requirement=(), status=status, resource=resource, message=message, remedy=remedy)
