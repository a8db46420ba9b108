"""What pre-flight says of an account: what lasts, fits and is offered passes; what nobody says does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from runbook_lib import preflight
from runbook_lib.preflight.facts import Account, Credentials, Quota, Zone
from runbook_lib.preflight.findings import MINUTES
from runbook_lib.results import Finding, Status

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
STATIC = Credentials(method="env", temporary=False, renewed=False, ends=None)
ADDRESSES = Quota(what="Elastic IP addresses", service="ec2", code="L-0263D0A3", limit=5, used=2, ours=0, needed=3)
ZONES = tuple(Zone(id=f"use1-az{n}", name=f"us-east-1{letter}", database=True) for n, letter in enumerate("abc", 1))
ACCOUNT = Account(credentials=STATIC, quotas=(ADDRESSES,), zones=ZONES, unknown={})
LONGEST, WHOLE = max(MINUTES.values()), sum(minutes for step, minutes in MINUTES.items() if step < "90")


def judged(**changes: Any) -> dict[str, Finding]:
    account = ACCOUNT.model_copy(update=changes)
    return {each.check: each for each in preflight.findings(account, region="us-east-1", now=NOW)}


def ending(minutes: float, **more: Any) -> Credentials:
    given = {"method": "env", "temporary": True, "renewed": False, "ends": NOW + timedelta(minutes=minutes)}
    return Credentials(**{**given, **more})


def test_an_account_in_which_everything_holds_passes() -> None:
    found = judged()
    assert set(found) == {"credentials_last", "quotas_suffice", "zones_offer_enough"}
    assert {each.status for each in found.values()} == {Status.PASS}
    assert preflight.warnings(ACCOUNT, NOW) == ()


@pytest.mark.parametrize(
    ("credentials", "status", "warned"),
    [
        (ending(WHOLE), Status.PASS, False),
        (ending(WHOLE - 1), Status.PASS, True),
        (ending(LONGEST), Status.PASS, True),
        (ending(LONGEST - 0.1), Status.FAIL, True),
        (ending(-1), Status.FAIL, True),
        (ending(1, renewed=True, method="assume-role"), Status.PASS, False),
        (ending(0, ends=None), Status.PASS, True),  # nobody says: a warning, for most that are so last
    ],
)
def test_credentials_that_end_in_the_middle_are_refused(credentials: Credentials, status: Status, *, warned: bool) -> None:
    found = judged(credentials=credentials)["credentials_last"]
    assert (found.status, bool(found.remedy)) == (status, status is Status.FAIL), found.message
    assert bool(preflight.warnings(ACCOUNT.model_copy(update={"credentials": credentials}), NOW)) is warned


@pytest.mark.parametrize(
    ("used", "ours", "needed", "missing"),
    [(2, 0, 3, 0), (3, 0, 3, 1), (5, 0, 3, 3), (5, 3, 3, 0), (5, 1, 3, 2), (0, 0, 6, 1)],
)
def test_a_full_quota_is_refused_with_how_to_raise_it(used: int, ours: int, needed: int, missing: int) -> None:
    found = judged(quotas=(ADDRESSES.model_copy(update={"used": used, "ours": ours, "needed": needed}),))["quotas_suffice"]
    if not missing:
        assert found.status is Status.PASS
        return
    assert (found.status, f"{missing} too few" in found.message) == (Status.FAIL, True)
    assert f"--quota-code L-0263D0A3 --desired-value {5 + missing} --region us-east-1" in found.remedy


def test_fewer_zones_than_the_stack_spans_are_refused() -> None:
    two = (*ZONES[:2], ZONES[2].model_copy(update={"database": False}))
    found = judged(zones=two)["zones_offer_enough"]
    assert (found.status, "2 of 3" in found.message, "use1-az3" in found.message) == (Status.FAIL, True, False)


def test_what_aws_does_not_say_is_unknown() -> None:
    found = judged(unknown={"availability zones": "AccessDenied"}, zones=())
    assert found["quotas_suffice"].status is Status.UNKNOWN
    assert "zones_offer_enough" not in found
