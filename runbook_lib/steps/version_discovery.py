"""01_version_discovery: which versions are there, and which may we use?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runbook_lib import settings, versions
from runbook_lib.results import now
from runbook_lib.steps.outcome import Report
from runbook_lib.steps.step import Context, step

if TYPE_CHECKING:
    from runbook_lib.parameters import VersionDiscoveryParameters


@step("01_version_discovery")
def version_discovery(context: Context, known: VersionDiscoveryParameters) -> Report:
    """Read the live catalogue and choose the versions that 02 and 03 use; changes nothing."""
    config = settings.stack_config(context.run.facts.environment)
    discovery = versions.discover(
        context.aws,
        major=known.postgres_major,
        lambda_runtime=known.lambda_runtime,
        instance_class=str(config["payments:instanceClass"]),
        multi_az=bool(config.get("payments:multiAz", True)),
        today=now().date(),
    )
    return Report(findings=discovery.findings, data=discovery.model_dump(mode="json"), frames={"Versions": discovery.frame()})
