"""01_version_discovery: which versions are there, and which may we use?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from runbook_lib import preflight, settings, tagged, versions
from runbook_lib.errors import UsageError
from runbook_lib.preflight import plugins
from runbook_lib.steps.outcome import Report
from runbook_lib.steps.step import Context, progress, step
from runbook_lib.versions import show

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
    policies = preflight.wanted(known.permissions, drills=_drills(context.run))
    tags = tagged.identity(tagged.configured_tags(context.run.facts.environment))
    needs = preflight.needs_of(config, tags=tags, policies=policies)
    with ThreadPoolExecutor(max_workers=2) as meanwhile:  # AWS answers elsewhere: this process has time
        meanwhile.submit(show.warm_up)
        asked = meanwhile.submit(preflight.read, context.aws, needs, context.run.facts.caller)
        progress("reading the catalogue, looking at the account")
        discovery = versions.discover(
            context.aws,
            major=known.postgres_major,
            lambda_runtime=known.lambda_runtime,
            instance_class=str(config["payments:instanceClass"]),
            day=context.day,
            minor=known.postgres_minor,
            min_support_days=known.min_support_days,
        )
    account, now = asked.result().offering(discovery.zones), context.clock()
    facts = context.run.facts
    return Report(
        findings=(
            *discovery.findings(),
            *preflight.findings(account, region=facts.target.region, now=now),
            *plugins.findings(facts.engine, emulated=facts.target.emulated),
        ),
        data={**discovery.model_dump(mode="json"), "account": account.model_dump(mode="json")},
        warnings=(*discovery.warnings(), *preflight.warnings(account, now)),
        frames=discovery.frames(),
        figures={"Support": discovery.figure()},
    )


def _drills(run: Run) -> bool:
    """Whether 04 drills in this run, as far as it is told yet."""
    told = settings.environment(run.facts.environment).steps.get("04_verify", {})
    return bool(run.facts.parameters.get("04_verify", told).get("drills", False))


def discovered(run: Run) -> versions.Discovery:
    """What version discovery found out in this run.

    Raises:
        UsageError: 01 has not passed in this run.
    """
    data = dict(run.passed("01_version_discovery").data)
    for beside in ("warnings", "account"):
        data.pop(beside, None)
    return versions.Discovery.model_validate(data)


def chosen_config(run: Run) -> dict[str, str]:
    """The stack configuration that version discovery decided.

    Raises:
        UsageError: 01 has not passed in this run.
    """
    found = discovered(run)
    return {"payments:engineVersion": found.engine_version, "payments:lambdaRuntime": found.runtime.name}
