"""``runbook bootstrap``: only arguments and printing; see ``bootstrap``."""

from __future__ import annotations

from typing import Annotated

import typer


def bootstrap(
    *,
    environment: Annotated[
        str, typer.Option("--environment", "-e", help="A file notebooks/parameters/<environment>.yaml.")
    ] = "staging",
    bucket: Annotated[str, typer.Option("--bucket", help="Its name; pulumi-state-ACCOUNT-REGION if none.")] = "",
    key: Annotated[str, typer.Option("--key", help="The ARN of the KMS key that encrypts it; AWS's own for S3 if none.")] = "",
) -> None:
    """Make the bucket for Pulumi's state in the environment's account: private, versioned, encrypted, TLS only."""
    from botocore.exceptions import BotoCoreError, ClientError

    from runbook_lib import settings, way_in
    from runbook_lib.aws import Aws
    from runbook_lib.bootstrap import state_bucket
    from runbook_lib.errors import TargetError

    with way_in.resolved(settings.environment(environment), to_look=True) as place:
        typer.echo(place.line)
        name = bucket or f"pulumi-state-{place.target.account}-{place.target.region}"
        try:
            made = state_bucket(Aws(place.target), name, place.caller, key)
        except (BotoCoreError, ClientError) as error:
            raise TargetError(
                f"The bucket {name} could not be made as it should be: {error}",
                remedy="Mend that and run it again: what is there already stays.",
            ) from error
        typer.echo(f"{name} {'made' if made else 'was there'}: private, versioned, encrypted by KMS, TLS only.")
        typer.echo(f"Use it: export PULUMI_BACKEND_URL='s3://{name}?region={place.target.region}'")
