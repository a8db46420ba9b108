"""An estimate for people: a table, a picture, and plain text."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

from runbook_lib.costs.model import HOURS, Estimate, Kind, Line, dollars

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from matplotlib.figure import Figure

COLUMNS = ("Service", "Resource", "What", "Quantity", "Unit", "Unit price", "Monthly", "Kind", "Price of")
_SERVICES = {
    "AmazonRDS": "RDS",
    "AmazonEC2": "NAT gateways",
    "AmazonVPC": "VPC (IPv4, endpoints)",
    "AWSELB": "Load balancer",
    "AWSLambda": "Lambda",
    "AmazonApiGateway": "API Gateway",
    "AmazonS3": "S3",
    "awskms": "KMS",
    "AmazonCloudWatch": "CloudWatch",
    "AWSSecretsManager": "Secrets Manager",
    "AmazonSNS": "SNS",
    "AWSXRay": "X-Ray",
    "AWSDataTransfer": "Data transfer",
}
_USAGE_COLOUR, _FIXED_COLOUR = "#9ecae1", "#08519c"


def frame(estimate: Estimate) -> pd.DataFrame:
    """The lines as a table, equal ones together, the total last."""
    import pandas as pd

    rows = [_row(estimate, group) for group in _grouped(estimate)]
    rows.append((f"TOTAL ({_extent(estimate)})", "", "", "", "", "", total(estimate), "", ""))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def lists(estimate: Estimate) -> pd.DataFrame:
    """The files that prices were read from; per region the first is believed before the next."""
    import pandas as pd

    rows = [(file.region, file.name, file.sha256) for file in estimate.price_lists]
    return pd.DataFrame(rows, columns=["Region", "Price list", "SHA-256"])


def text(estimate: Estimate) -> str:
    """The whole estimate as plain text."""
    rows = [COLUMNS, *(_row(estimate, group) for group in _grouped(estimate))]
    widths = [max(len(row[i]) for row in rows) for i in range(len(COLUMNS))]
    table = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join(
        (
            f"Cost estimate, {places(estimate)}, {estimate.today}, a month of {HOURS} hours, US dollars",
            "",
            *table,
            "",
            *_totals(estimate),
            *_section(
                f"Not priced, and not in the total ({len(estimate.unpriced)} charges)",
                [f"{x.type} {x.name}: {x.what}: {x.reason}" for x in estimate.unpriced],
            ),
            *_section("Prices from", [f"{file.region}: {file.name}" for file in estimate.price_lists]),
            *_section("Free tiers not deducted", [f"{x.key}: {x.allowance}" for x in estimate.free_tiers]),
            *_section(f"Free of charge ({len(estimate.free)} resources)", _counted(x.type for x in estimate.free)),
            *_section("Not resources of AWS", [f"{n} x {name}" for name, n in estimate.outside.items()]),
            "",
        )
    )


def figure(estimate: Estimate) -> Figure:
    """A bar per service, dearest on top: fixed cost, and expected usage beside it where it was assumed."""
    from matplotlib.figure import Figure

    costs: dict[str, list[Decimal]] = {}
    for line in estimate.lines:
        if line.monthly:
            costs.setdefault(_service(line), [Decimal(0), Decimal(0)])[line.kind is Kind.USAGE] += line.monthly
    services = sorted(costs, key=lambda name: sum(costs[name]))
    fixed, used = ([float(costs[name][i]) for name in services] for i in (0, 1))
    picture = Figure(figsize=(8, 1.2 + 0.42 * max(len(services), 1)), layout="constrained")
    axes = picture.subplots()
    axes.barh(services, fixed, color=_FIXED_COLOUR, label="fixed")
    if estimate.assumed:
        axes.barh(services, used, left=fixed, color=_USAGE_COLOUR, label="usage, expected")
        axes.legend(frameon=False, loc="lower right")
    for place, name in enumerate(services):
        axes.annotate(
            dollars(sum(costs[name], Decimal(0))),
            (fixed[place] + used[place], place),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
        )
    axes.margins(x=0.15)
    axes.spines[["top", "right", "bottom", "left"]].set_visible(False)
    axes.tick_params(length=0, bottom=False, labelbottom=False)
    axes.set_title(f"{total(estimate)} a month in {places(estimate)} ({_extent(estimate)})", loc="left")
    return picture


def total(estimate: Estimate) -> str:
    """The total as shown; where nothing has a price, no sum is named."""
    return dollars(estimate.total) if estimate.lines else "not priced"


def places(estimate: Estimate) -> str:
    """The regions, the stack's own first."""
    return ", ".join(estimate.regions)


def _extent(estimate: Estimate) -> str:
    """What the total covers."""
    usage = "fixed and expected usage" if estimate.assumed else "fixed, without usage"
    return f"{usage}; {len(estimate.unpriced)} charges not priced" if estimate.unpriced else usage


def _grouped(estimate: Estimate) -> list[list[Line]]:
    """Lines that differ in nothing but the resource, together; usage last."""
    groups: dict[tuple[object, ...], list[Line]] = {}
    for line in sorted(estimate.lines, key=lambda x: x.kind is Kind.USAGE):
        groups.setdefault((line.region, line.key, line.what, line.kind, line.monthly is None), []).append(line)
    return list(groups.values())


def _row(estimate: Estimate, group: list[Line]) -> tuple[str, ...]:
    line = group[0]
    names = [name for x in group for name in x.names]
    quantity = None if line.quantity is None else sum((x.quantity or Decimal(0) for x in group), Decimal(0))
    monthly = sum((x.monthly or Decimal(0) for x in group), Decimal(0))
    return (
        _service(line),
        names[0] if len(names) == 1 else f"{len(names)} resources",
        f"{line.what}, {line.region}" if len(estimate.regions) > 1 else line.what,
        "" if quantity is None else plain(quantity),
        line.unit,
        f"${plain(line.unit_price)}",
        f"depends on usage: {line.driver}" if line.monthly is None else dollars(monthly),
        line.kind.value,
        f"{line.as_of or 'undated'}{'' if line.confirmed else ', one source'}",
    )


def _totals(estimate: Estimate) -> list[str]:
    totals = [f"Fixed                 {dollars(estimate.fixed) if estimate.lines else total(estimate)}"]
    if estimate.usage:
        low, high = dollars(estimate.usage.low), dollars(estimate.usage.high)
        totals += [
            f"Usage, as assumed     {dollars(estimate.usage.expected)} ({low} to {high})",
            f"Total                 {dollars(estimate.total)}",
        ]
    unknown = sum(line.monthly is None for line in estimate.lines)
    return [*totals, f"Depends on usage      {unknown} lines, not in the total"] if unknown else totals


def _section(title: str, entries: list[str]) -> list[str]:
    return ["", f"{title}:", *(f"  {entry}" for entry in entries)] if entries else []


def _counted(names: Iterable[str]) -> list[str]:
    return [f"{n} x {name}" for name, n in sorted(Counter(names).items())]


def _service(line: Line) -> str:
    return _SERVICES.get(line.service, line.service)


def plain(number: Decimal) -> str:
    """A number without exponent or trailing zeros, e.g. ``0.0000002``, ``2,190``."""
    whole, _, fraction = f"{number:,f}".partition(".")
    fraction = fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole
