"""Which day a judgement is for.

Support ends and prices age: whatever depends on that is judged for a day. Against AWS that is today. What a rehearsal meets was
recorded, and what was right on that day stays right about it: so a rehearsal judges for the day of its record, and says
beside it what today's date would give. ``of`` is where that is decided, once for each step.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from runbook_lib.aws import Aws

RECORDED_REGION = "us-east-1"  # the one region that the recorded catalogue (cfn-lint's) is made from


class Day(BaseModel):
    """The day that a step's judgements are for.

    Attributes:
        judged: What verdicts are for.
        today: What the clock says, UTC.
        source: Who says what AWS offers, in words that say whether it was AWS.
        as_of: The day that it is true for; ``None`` where that is not known, and then verdicts are for today.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    judged: date
    today: date
    source: str
    as_of: date | None


def of(aws: Aws, clock: datetime) -> Day:
    """The day for judgements about a target.

    Args:
        aws: The target.
        clock: The current time, UTC.
    """
    today = clock.date()
    if not aws.target.emulated:
        return Day(judged=today, today=today, source=f"RDS API, {aws.target.region}", as_of=today)
    source, as_of = _recorded(aws)
    return Day(judged=as_of or today, today=today, source=source, as_of=as_of)


def _recorded(aws: Aws) -> tuple[str, date | None]:
    """What the emulator says of the catalogue that it answers from."""
    import httpx

    with aws.http(timeout=5, verify=False) as http:  # without TLS: nothing to load authorities for
        try:
            answer = http.get(f"{aws.target.endpoint}/_runbook/catalogue")
            about = answer.json() if answer.is_success else {}
        except (httpx.HTTPError, ValueError):
            about = {}  # an emulator without a recorded catalogue, or none at all: whoever asks it next will say so
    if not isinstance(about, dict) or "source" not in about:
        return "emulator catalogue: the emulator's own, not AWS's", None
    recorded = about.get("region") or RECORDED_REGION
    told = f"emulator catalogue: {about['source']}, recorded in {recorded}, not a live answer of AWS"
    return told, date.fromisoformat(about["as_of"]) if about.get("as_of") else None
