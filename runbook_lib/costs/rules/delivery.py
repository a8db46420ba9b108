"""Building, delivering, and running what others operate: pipelines, file transfer, Airflow, directories."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from runbook_lib.costs.items import Fixed, Gap, Inputs, Item, Usage
from runbook_lib.costs.model import HOURS
from runbook_lib.costs.rules.priced import Priced, plain, table

if TYPE_CHECKING:
    from collections.abc import Iterator

_BUILD_KINDS = {"LINUX_CONTAINER": "linux", "ARM_CONTAINER": "arm", "WINDOWS_SERVER_2019_CONTAINER": "windows"}


def build(inputs: Inputs) -> Iterator[Item]:
    """Minutes of the machine that builds."""
    machine = inputs.nested("environment")
    kind, size = _BUILD_KINDS.get(machine.text("type")), machine.text("computeType").removeprefix("BUILD_GENERAL1_").lower()
    if kind is None or machine.raw.get("fleet"):
        yield Gap(f"builds on {machine.text('type')}", "they have no price here")
    else:
        yield Usage(f"build minutes, {kind} {size}", f"codebuild.{kind}.{size}", "build_minutes")


def pipeline(inputs: Inputs) -> Iterator[Item]:
    """The first type by the month that it is active, the second by the minutes of its actions."""
    if inputs.text("pipelineType", "V1") == "V1":
        yield Fixed("pipeline, at most (free until 30 days old)", "codepipeline.v1", Decimal(1))
    else:
        yield Usage("minutes of pipeline actions", "codepipeline.v2.minute", "pipeline_minutes")


def parameter(inputs: Inputs) -> Iterator[Item]:
    """Free in the standard tier; an advanced one by the month and by the call."""
    match inputs.text("tier", "Standard"):
        case "Standard":
            pass
        case "Advanced":
            yield Fixed("advanced parameter", "ssm.parameter.advanced", Decimal(1))
            yield Usage("calls for advanced parameters", "ssm.api", "parameter_calls")
        case tier:
            yield Gap("parameter", f"which tier {tier} makes of it is known only after the deployment")


def transfer(inputs: Inputs) -> Iterator[Item]:
    """Every protocol by the hour, and what goes in and out."""
    protocols = inputs.items("protocols")
    count = None if protocols is None else Decimal(max(len(protocols), 1))  # none given is SFTP
    yield Fixed("transfer endpoint, per protocol", "transfer.hour", None if count is None else HOURS * count)
    yield Usage("data transferred in and out", "transfer.gb", "transfer_gb")
    if protocols is None or "AS2" in protocols:
        yield Gap("AS2 messages", "they have no price here")


def airflow(inputs: Inputs) -> Iterator[Item]:
    """The environment by the hour; workers, schedulers and web servers beyond the least, and the metadata's storage."""
    size = inputs.text("environmentClass", "mw1.small")
    yield Fixed(f"Airflow environment {size}", f"mwaa.{size}")
    yield Gap("additional workers, schedulers and web servers", "how many run is known only while they do")


def directory(inputs: Inputs) -> Iterator[Item]:
    """Two controllers by the hour, by the kind and size."""
    kind, size = inputs.text("type", "SimpleAD"), inputs.text("edition") or inputs.text("size")
    yield Gap(f"directory {kind} {size}", "its controllers have no price here")


RULES = table(
    Priced(
        "aws:codebuild/project:Project",
        build,
        "environment environment.type environment.computeType environment.fleet",
        {"cache": "what a cache holds"},
    ),
    Priced("aws:codepipeline/pipeline:Pipeline", pipeline, "pipelineType"),
    Priced("aws:ssm/parameter:Parameter", parameter, "tier"),
    Priced("aws:transfer/server:Server", transfer, "protocols", {"workflowDetails": "steps of workflows"}),
    Priced(
        "aws:mwaa/environment:Environment",
        airflow,
        "environmentClass minWorkers maxWorkers minWebservers maxWebservers schedulers",
        {"loggingConfiguration": "logs of the environment"},
    ),
    Priced("aws:directoryservice/directory:Directory", directory, "type size edition desiredNumberOfDomainControllers"),
    Priced(
        "aws:elasticbeanstalk/environment:Environment",
        plain(Gap("environment", "its instances, balancer and database are made by Beanstalk, which its inputs do not tell")),
        "settings tier solutionStackName platformArn templateName",
    ),
    Priced("aws:amplify/app:App", plain(Gap("Amplify hosting", "builds, storage and transfer have no price here")), "platform"),
)
