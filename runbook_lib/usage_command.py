"""``runbook usage``: only arguments and printing; see ``costs.measured``."""

from __future__ import annotations

from typing import Annotated

import typer


def usage(
    *,
    environment: Annotated[
        str, typer.Option("--environment", "-e", help="A file notebooks/parameters/<environment>.yaml.")
    ] = "staging",
    days: Annotated[int, typer.Option("--days", min=1, max=455, help="How many full days back; CloudWatch keeps 455.")] = 30,
) -> None:
    """Print what the running stack used, as a usage: block for its environment file; reads only."""
    from botocore.exceptions import BotoCoreError, ClientError

    from runbook_lib import settings, tagged, way_in
    from runbook_lib.aws import Aws
    from runbook_lib.costs import measured
    from runbook_lib.errors import TargetError
    from runbook_lib.results import now

    with way_in.resolved(settings.environment(environment), to_look=True) as place:
        typer.echo(f"# {place.line}")
        aws, identity = Aws(place.target), tagged.identity(tagged.configured_tags(environment))
        try:
            arns = tagged.carrying(aws, identity)
            if not arns:
                wanted = ", ".join(f"{key}={value}" for key, value in identity.items())
                raise TargetError(f"Nothing here carries {wanted}: no stack is running.", remedy="Deploy it, or name another.")
            typer.echo(measured.block(measured.read(aws, arns, now().date(), days), days))
        except (BotoCoreError, ClientError) as error:
            remedy = "Allow tag:GetResources, cloudwatch:GetMetricData, ec2:DescribeFlowLogs and apigateway:GET."
            raise TargetError(f"What the stack used, AWS does not say: {error}", remedy=remedy) from error
