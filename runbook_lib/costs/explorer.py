"""What a stack has cost, by Cost Explorer: every request of it costs $0.01, so it is asked only on demand."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from runbook_lib.costs.model import HOURS, Facts, dollars

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pandas as pd

    from runbook_lib.aws import Aws

DAYS = 7
_LAG = timedelta(days=1)
"""AWS brings its figures up to date at least once in 24 hours: yesterday's may be half of it."""
PRICE = Decimal("0.01")
"""US dollars a request (aws.amazon.com/aws-cost-management/aws-cost-explorer/pricing)."""


class Actual(Facts):
    """What was charged for use, without taxes, credits, refunds and support.

    Attributes:
        days: The full days, in order, that it is of.
        services: US dollars of all these days by Cost Explorer's name of the service, unrounded.
    """

    days: tuple[date, ...]
    services: dict[str, Decimal]

    @property
    def total(self) -> Decimal:
        """US dollars of all these days."""
        return sum(self.services.values(), Decimal(0))

    @property
    def monthly(self) -> Decimal:
        """What a month of 730 hours comes to at this pace, US dollars."""
        return _month(self.total, len(self.days))

    def frame(self, estimated: Decimal) -> pd.DataFrame:
        """By service, dearest first, with the estimate's fixed total beside the sum."""
        import pandas as pd

        dearest = sorted(self.services.items(), key=lambda item: -item[1])
        rows = [(name, dollars(usd), dollars(_month(usd, len(self.days))), "") for name, usd in dearest]
        rows.append(("TOTAL", dollars(self.total), dollars(self.monthly), dollars(estimated)))
        return pd.DataFrame(rows, columns=["Service", f"In {len(self.days)} days", "A month", "Estimated, fixed"])

    def told(self, estimated: Decimal) -> str:
        """One sentence beside the estimate."""
        return (
            f"Cost Explorer: {dollars(self.total)} from {self.days[0]} to {self.days[-1]}, use included, "
            f"{dollars(self.monthly)} a month at this pace; the estimate's fixed part is {dollars(estimated)}."
        )


def actual(aws: Aws, tags: Mapping[str, str], today: date) -> Actual | str:
    """What carried these tags has cost on the last full days, or why that is not known.

    Args:
        aws: The target's; an emulated one is not asked.
        tags: The tags that tell the stack; they must be activated as cost allocation tags.
        today: Today's date, UTC.
    """
    if aws.target.emulated:
        return "an emulated AWS charges nothing"
    if not tags:
        return "the stack has no tags to tell its costs by"
    try:
        return _judged(_asked(aws, tags, today - _LAG - timedelta(days=DAYS), today - _LAG))
    except (ClientError, BotoCoreError) as error:
        return str(error)


def _asked(aws: Aws, tags: Mapping[str, str], start: date, end: date) -> Iterator[Mapping[str, Any]]:
    only = [{"Dimensions": {"Key": "RECORD_TYPE", "Values": ["Usage"]}}]
    arguments: dict[str, Any] = {
        "TimePeriod": {"Start": start.isoformat(), "End": end.isoformat()},  # the end is not part of it
        "Granularity": "DAILY",
        "Metrics": ["UnblendedCost"],
        "GroupBy": [{"Type": "DIMENSION", "Key": "SERVICE"}],
        "Filter": {"And": [*only, *({"Tags": {"Key": key, "Values": [value]}} for key, value in tags.items())]},
    }
    while True:
        page = aws.client("ce").get_cost_and_usage(**arguments)
        yield from page["ResultsByTime"]
        if not page.get("NextPageToken"):
            return
        arguments["NextPageToken"] = page["NextPageToken"]


def _judged(results: Iterable[Mapping[str, Any]]) -> Actual | str:
    by_day: dict[date, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for result in results:
        that_day = by_day[date.fromisoformat(result["TimePeriod"]["Start"])]
        for group in result["Groups"]:
            cost = group["Metrics"]["UnblendedCost"]
            if cost["Unit"] != "USD":
                return f"it is charged in {cost['Unit']}, the estimate is in US dollars"
            that_day[group["Keys"][0]] += Decimal(cost["Amount"])
    days = sorted(by_day)
    charged = [day for day in days if any(by_day[day].values())]
    if not charged:
        return "nothing was charged with the stack's tags: they are not activated as cost allocation tags, or it is too new"
    # A stack that came in between was there for a part of its first day only.
    between = [day for day in days if charged[0] <= day <= charged[-1]]
    full = [day for day in between if day != charged[0] or day == days[0]]
    if not full:
        return f"the stack has no full day yet since {charged[0]}"
    services: dict[str, Decimal] = defaultdict(Decimal)
    for day in full:
        for name, usd in by_day[day].items():
            services[name] += usd
    return Actual(days=tuple(full), services=dict(services))


def _month(usd: Decimal, days: int) -> Decimal:
    return usd / days / 24 * HOURS
