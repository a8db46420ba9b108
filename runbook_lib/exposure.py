"""The inputs by which a resource is open to everybody, and how they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runbook_lib.documented import settings, values_at
from runbook_lib.plan import COMPUTED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runbook_lib.plan import Operation

OPEN: dict[str, tuple[Any, ...]] = {
    "publiclyAccessible": (True,), "isPubliclyAccessible": (True,), "publicConnectivity": (True,), "public": (True,),
    "assignPublicIp": (True,), "associatePublicIpAddress": (True,), "mapPublicIpOnLaunch": (True,), "createPublicIp": (True,),
    "endpointPublicAccess": (True,), "allowUnauthenticatedIdentities": (True,),
    "unauthenticated": (True,), "allowExternalPrincipals": (True,),
    "blockPublicAcls": (False,), "blockPublicPolicy": (False,), "ignorePublicAcls": (False,), "restrictPublicBuckets": (False,),
    "acl": ("public-read", "public-read-write", "authenticated-read"),
    "group": ("all",), "sharedAccounts": ("all",), "uri": ("http://acs.amazonaws.com/groups/global/AllUsers",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"), "directInternetAccess": ("Enabled",),
    "blockPublicSecurityGroupRules": (False,), "allowedPrincipals": ("*",), "principalArn": ("*",),
    "account_ids": ("All", "all"), "accountIds": ("All", "all"),
}  # fmt: skip
"""Inputs, at any depth and of any type, with the values that open something to everybody."""
NAMING = frozenset({"account_ids", "accountIds", "allowedPrincipals", "group", "principalArn", "sharedAccounts", "uri"})
"""Those that elsewhere name what is made by the same plan: that they are not known yet says nothing."""
OF_A_TYPE: dict[str, tuple[str, tuple[Any, ...]]] = {
    "aws:cloudwatch/eventPermission:EventPermission": ("principal", ("*",)),
    "aws:msk/cluster:Cluster": ("brokerNodeGroupInfo.connectivityInfo.publicAccess.type", ("SERVICE_PROVIDED_EIPS",)),
}
"""Inputs that open one type only, with the values that do; a condition beside a principal says who."""
UNLESS: dict[str, tuple[str, tuple[Any, ...]]] = {
    "aws:apprunner/service:Service": ("networkConfiguration.ingressConfiguration.isPubliclyAccessible", (False,)),
    "aws:eks/cluster:Cluster": ("vpcConfig.endpointPublicAccess", (False,)),
    "aws:elasticsearch/domain:Domain": ("vpcOptions.subnetIds", ()),
    "aws:opensearch/domain:Domain": ("vpcOptions.subnetIds", ()),
    "aws:sagemaker/notebookInstance:NotebookInstance": ("directInternetAccess", ("Disabled",)),
    "aws:transfer/server:Server": ("endpointType", ("VPC",)),
}
"""Types that are reached from the internet unless an input has one of these values, or any where none is named."""
# Types that are there to be public.
BY_NATURE = (
    "aws:s3/bucketWebsiteConfiguration:", "aws:s3/bucketWebsiteConfigurationV2:", "aws:ecrpublic/repository:",
    "aws:lightsail/instancePublicPorts:", "aws:lightsail/staticIpAttachment:",
)  # fmt: skip


def opened(inputs: Any) -> Iterator[str]:
    """What opens it, as sentences."""
    yield from (f"{here} is {value}" for here, name, value in settings(inputs) if value in OPEN.get(name, ()))


def opened_type(op: Operation) -> Iterator[str]:
    """What opens it by an input that means this in its type only."""
    path, values = OF_A_TYPE.get(op.type, ("", ()))
    if path and not op.inputs.get("condition"):
        yield from (f"{path} is {value}" for value in values_at(op.inputs, path.split(".")) if value in values)
    if op.type == "aws:apigatewayv2/api:Api" and op.inputs.get("target"):
        yield "target makes a route that asks nobody who comes"


def not_known(inputs: Any) -> Iterator[str]:
    """Inputs that may open it, and are not known."""
    yield from (here for here, name, value in settings(inputs) if value == COMPUTED and name in OPEN.keys() - NAMING)


def type_not_known(op: Operation) -> Iterator[str]:
    """The same of the input that has to close a type."""
    path, closed = UNLESS.get(op.type, ("", ()))
    if closed and COMPUTED in values_at(op.inputs, path.split(".")):
        yield path
