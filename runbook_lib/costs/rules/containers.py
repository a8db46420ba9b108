"""ECS, EKS, ECR and what else runs containers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runbook_lib.costs.items import Fixed, Gap, Inputs, Item, Usage
from runbook_lib.costs.model import HOURS, Kind
from runbook_lib.costs.rules.compute import UNLIMITED_BY_DEFAULT
from runbook_lib.costs.rules.priced import Priced, plain, table

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEFAULT_NODE_GB = 20


def service(inputs: Inputs) -> Iterator[Item]:
    """On Fargate, tasks by their CPU and memory, which the task definition holds; on instances, nothing of its own.

    Without a launch type it is its cluster's default strategy that says which (CreateService in the ECS API reference).
    """
    tasks = inputs.number("desiredCount")  # a daemon's are as many as its instances
    count = "an unknown number of" if tasks is None else tasks
    kind = inputs.text("launchType")
    if kind == "FARGATE" or inputs.items("capacityProviderStrategies") != []:
        yield Gap(f"{count} tasks", "their CPU and memory are the task definition's, which the service's inputs do not tell")
    elif kind == "EXTERNAL":
        yield Gap(f"{count} tasks on your own machines", "they have no price here")
    elif kind != "EC2":
        yield Gap(f"{count} tasks", "whether on Fargate or on instances, its cluster's default strategy says; launchType would")
    # On EC2 the instances are charged, as resources of their own; only Fargate gives a task an address.
    if inputs.nested("networkConfiguration").flag("assignPublicIp") and tasks != 0:
        yield Fixed("public IPv4 address, per task", "ipv4.inuse", None if tasks is None else HOURS * tasks)


def ecs_cluster(inputs: Inputs) -> Iterator[Item]:
    """Free, but for the metrics of Container Insights."""
    settings = inputs.objects("settings")
    if settings is None or any(s.text("name") == "containerInsights" and s.text("value") != "disabled" for s in settings):
        yield Usage("custom metrics", "cw.metric", "custom_metrics")


def eks_cluster(inputs: Inputs) -> Iterator[Item]:
    """The control plane by the hour; its version's support decides the rate, and enrols by default."""
    policy = inputs.nested("upgradePolicy").text("supportType", "EXTENDED")
    yield Fixed("EKS control plane, standard support", "eks.cluster")
    if policy != "STANDARD":
        version = inputs.text("version") or "AWS's default"
        yield Gap(
            "Extended Support of Kubernetes", f"when support of version {version} ends is not known here; it enrols by default"
        )
    if inputs.items("enabledClusterLogTypes") != []:
        yield Usage("log data ingested", "cw.logs.ingest", "log_gb")
    if inputs.nested("computeConfig").flag("enabled"):
        yield Gap("EKS Auto Mode", "its instances and its fee have no price here")


def node_group(inputs: Inputs) -> Iterator[Item]:
    """Instances and their volumes; an own launch template may say both."""
    scaling, sizes = inputs.nested("scalingConfig"), inputs.items("instanceTypes")
    count = scaling.number("desiredSize")
    size = str(sizes[0]) if sizes else "t3.medium"
    if inputs.text("capacityType", "ON_DEMAND") != "ON_DEMAND":
        yield Gap("spot nodes", "the spot price changes by the hour")
    elif inputs.nested("launchTemplate").raw and not sizes:
        yield Gap("nodes", "their type is the launch template's, which the group's inputs do not tell")
    elif sizes is None or "windows" in inputs.text("amiType").lower():
        yield Gap("nodes", "only Linux nodes whose type is known have a price")
    else:
        yield Fixed(f"nodes {size}, Linux", f"ec2.linux.{size}", scaling.hours("desiredSize") if count is not None else None)
    if size.startswith(UNLIMITED_BY_DEFAULT) and (sizes or not inputs.nested("launchTemplate").raw):
        yield Usage("CPU credits beyond the earned ones", "ec2.cpucredits", "cpu_credit_hours")
    yield Gap("nodes' public IPv4 addresses", "whether they have any is their subnets' to say")
    if inputs.nested("launchTemplate").raw:
        yield Gap("nodes' volumes", "they are the launch template's, which the group's inputs do not tell")
    else:
        disk = inputs.count("diskSize", _DEFAULT_NODE_GB)
        yield Fixed("nodes' volumes, gp2", "ebs.gp2", None if disk is None or count is None else disk * count, Kind.CAPACITY)


def fargate_profile(_: Inputs) -> Iterator[Item]:
    """Pods by their CPU and memory, which no resource of AWS tells."""
    yield Usage("Fargate vCPU", "fargate.vcpu", "fargate_vcpu_hours")
    yield Usage("Fargate memory", "fargate.gb", "fargate_gb_hours")


def add_on(inputs: Inputs) -> Iterator[Item]:
    """AWS's own are free; others have their seller's price."""
    free = ("vpc-cni", "coredns", "kube-proxy", "aws-", "amazon-", "eks-", "snapshot-controller", "metrics-server")
    if not inputs.text("addonName").startswith(free):
        yield Gap(f"add-on {inputs.text('addonName')}", "what its seller charges is not known here")


def repository(_: Inputs) -> Iterator[Item]:
    """Images, by the GB."""
    yield Usage("ECR storage", "ecr.storage", "ecr_gb")


RULES = table(
    Priced(
        "aws:ecs/service:Service",
        service,
        "launchType desiredCount capacityProviderStrategies schedulingStrategy networkConfiguration "
        "networkConfiguration.assignPublicIp",
        {"volumeConfiguration": "volumes of tasks", "vpcLatticeConfigurations": "VPC Lattice"},
    ),
    Priced("aws:ecs/cluster:Cluster", ecs_cluster, "settings", {"configuration": "logs of commands that are run in tasks"}),
    Priced(
        "aws:eks/cluster:Cluster",
        eks_cluster,
        "version upgradePolicy enabledClusterLogTypes computeConfig",
        {
            "outpostConfig": "a cluster on Outposts",
            "remoteNetworkConfig": "hybrid nodes",
            "controlPlaneScalingConfig": "provisioned control plane",
        },
    ),
    Priced(
        "aws:eks/nodeGroup:NodeGroup",
        node_group,
        "scalingConfig scalingConfig.desiredSize instanceTypes capacityType diskSize launchTemplate amiType",
        {"warmPoolConfig": "stopped instances of the warm pool"},
    ),
    Priced("aws:eks/fargateProfile:FargateProfile", fargate_profile, "selectors"),
    Priced("aws:eks/addon:Addon", add_on, "addonName"),
    Priced(
        "aws:ecr/repository:Repository",
        repository,
        "",
        {},
    ),
    Priced("aws:ecrpublic/repository:Repository", plain(Usage("public ECR storage", "ecr.storage", "ecr_gb")), ""),
    Priced(
        "aws:apprunner/service:Service",
        plain(Gap("App Runner instances", "their vCPU and memory hours have no price here")),
        "instanceConfiguration autoScalingConfigurationArn",
        {"observabilityConfiguration": "traces"},
    ),
    Priced(
        "aws:batch/computeEnvironment:ComputeEnvironment",
        plain(Gap("compute environment", "what its jobs run on is known only while they run")),
        "computeResources type eksConfiguration",
    ),
)
