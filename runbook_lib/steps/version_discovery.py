"""01_version_discovery: which versions are there, and which may we use?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runbook_lib import settings, versions
from runbook_lib.errors import UsageError
from runbook_lib.steps.outcome import Report
from runbook_lib.steps.step import Context, progress, step

if TYPE_CHECKING:
    from runbook_lib.parameters import VersionDiscoveryParameters
    from runbook_lib.run import Run


@step("01_version_discovery")
def version_discovery(context: Context, known: VersionDiscoveryParameters) -> Report:
    """Read the live catalogue and choose the versions that 02 and 03 use; changes nothing."""
    config = settings.stack_config(context.run.facts.environment)
    if "payments:instanceClass" not in config:
        raise UsageError(
            f"stack/Pulumi.{context.run.facts.environment}.yaml does not say payments:instanceClass.",
            remedy="Add it: which versions can be had depends on the instance class.",
        )
    progress("reading the catalogue")
    discovery = versions.discover(
        context.aws,
        major=known.postgres_major,
        lambda_runtime=known.lambda_runtime,
        instance_class=str(config["payments:instanceClass"]),
        day=context.day,
        minor=known.postgres_minor,
        min_support_days=known.min_support_days,
    )
    return Report(
        findings=discovery.findings(),
        data=discovery.model_dump(mode="json"),
        warnings=discovery.warnings(),
        frames=discovery.frames(),
    )


def discovered(run: Run) -> versions.Discovery:
    """What version discovery found out in this run.

    Raises:
        UsageError: 01 has not passed in this run.
    """
    data = dict(run.passed("01_version_discovery").data)
    data.pop("warnings")
    return versions.Discovery.model_validate(data)


def chosen_config(run: Run) -> dict[str, str]:
    """The stack configuration that version discovery decided.

    Raises:
        UsageError: 01 has not passed in this run.
    """
    found = discovered(run)
    return {"payments:engineVersion": found.engine_version, "payments:lambdaRuntime": found.runtime.name}
