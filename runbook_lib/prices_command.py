"""``runbook prices``: the price lists that estimates are made from. Only arguments and printing; see ``costs.refresh``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from runbook_lib.costs.matching import Row

app = typer.Typer(
    name="prices", help="The price lists that estimates are made from.", no_args_is_help=True, rich_markup_mode=None
)


@app.callback()
def prices() -> None:
    """The price lists that estimates are made from."""


@app.command()
def refresh(
    *,
    region: Annotated[
        list[str] | None, typer.Option("--region", help="A region to price; repeatable. Those of the environments if none.")
    ] = None,
    public: Annotated[
        bool, typer.Option("--public", help="Read AWS's public files even where there are credentials; they lack EC2's.")
    ] = False,
) -> None:
    """Write a region's price list anew from what AWS says today, into notebooks/prices or $RUNBOOK_PRICES."""
    from datetime import UTC, datetime

    from runbook_lib import settings
    from runbook_lib.aws import trust
    from runbook_lib.costs import refresh as lists
    from runbook_lib.costs.price_sources import Api, OfferFiles

    now = datetime.now(UTC)
    regions = region or sorted({settings.environment(name).region for name in settings.environments()})
    api = Api(now=now)
    if public or not api.usable():
        import httpx

        typer.echo("AWS's public offer files are read; services with larger ones than 100 MB stay not priced.")
        with httpx.Client(timeout=60, verify=trust(verify=True, own=True)) as http:
            for each in regions:
                _write(each, lists.build(each, OfferFiles(http), now=now, told=_reading))
        return
    for each in regions:
        _write(each, lists.build(each, api, now=now, told=_reading))


def _reading(service: str) -> None:
    typer.echo(f"  {service} ...", err=True)


def _write(region: str, rows: tuple[Row, ...]) -> None:
    from runbook_lib.costs import refresh as lists

    path = lists.write(region, rows)
    open_ = [row for row in rows if not row.usd]
    typer.echo(f"{region}: {len(rows) - len(open_)} prices in {path}; {len(open_)} not found.")
    for row in open_:
        typer.echo(f"  not priced: {row.key}: {row.note}")
