"""Look-ups about where and who one is: region, zones, caller, partition, service names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runbook_lib.rehearsal.provider.base import Properties, ProviderError
from runbook_lib.rehearsal.provider.registry import function

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.session import Session

DNS_SUFFIX = "amazonaws.com"
# The account whose load balancers write access logs, by region (Elastic Load Balancing's user guide, "Access logs").
LOAD_BALANCER_ACCOUNTS = {
    "us-east-1": "127311923021",
    "us-east-2": "033677994240",
    "us-west-1": "027434742980",
    "us-west-2": "797873946194",
    "eu-west-1": "156460612806",
    "eu-west-2": "652711504416",
    "eu-central-1": "054676820928",
    "ap-southeast-1": "114774131450",
    "ap-southeast-2": "783225319266",
    "ap-northeast-1": "582318560864",
}


@function("aws:index/getAvailabilityZones:getAvailabilityZones")
def get_availability_zones(aws: Session, arguments: Properties) -> Properties:
    """The zones of the region, by name."""
    filters = [{"Name": each["name"], "Values": each["values"]} for each in arguments.get("filters") or []]
    if arguments.get("state"):
        filters.append({"Name": "state", "Values": [arguments["state"]]})
    answer = aws.client("ec2").describe_availability_zones(**({"Filters": filters} if filters else {}))
    without = {*(arguments.get("excludeNames") or []), *(arguments.get("excludeZoneIds") or [])}
    zones = sorted(answer["AvailabilityZones"], key=lambda zone: zone["ZoneName"])
    kept = [zone for zone in zones if not {zone["ZoneName"], zone.get("ZoneId")} & without]
    return {
        **arguments,
        "id": aws.region,
        "region": aws.region,
        "names": [zone["ZoneName"] for zone in kept],
        "zoneIds": [zone.get("ZoneId", "") for zone in kept],
        "groupNames": sorted({zone.get("GroupName") or aws.region for zone in kept}),
    }


@function("aws:index/getCallerIdentity:getCallerIdentity")
def get_caller_identity(aws: Session, arguments: Properties) -> Properties:  # noqa: ARG001  # takes none
    """Who the credentials belong to."""
    answer = aws.client("sts").get_caller_identity()
    account = answer["Account"]
    return {"id": account, "accountId": account, "arn": answer["Arn"], "userId": answer["UserId"]}


@function("aws:index/getRegion:getRegion")
def get_region(aws: Session, arguments: Properties) -> Properties:  # noqa: ARG001  # the session is in the region asked for
    """The region."""
    endpoint = f"ec2.{aws.region}.{DNS_SUFFIX}"
    return {"id": aws.region, "name": aws.region, "region": aws.region, "description": aws.region, "endpoint": endpoint}


@function("aws:index/getPartition:getPartition")
def get_partition(aws: Session, arguments: Properties) -> Properties:  # noqa: ARG001  # takes none
    """The partition."""
    suffix = f"{DNS_SUFFIX}.cn" if aws.partition == "aws-cn" else DNS_SUFFIX
    reverse = ".".join(reversed(suffix.split(".")))
    return {"id": aws.partition, "partition": aws.partition, "dnsSuffix": suffix, "reverseDnsPrefix": reverse}


@function("aws:index/getDefaultTags:getDefaultTags")
def get_default_tags(aws: Session, arguments: Properties) -> Properties:  # noqa: ARG001  # takes none
    """The provider's default tags."""
    return {"id": aws.partition, "tags": dict(aws.default_tags)}


@function("aws:index/getServicePrincipal:getServicePrincipal")
def get_service_principal(aws: Session, arguments: Properties) -> Properties:
    """A service's name in policies."""
    name = arguments["serviceName"]
    principal = f"{name}.{DNS_SUFFIX}"
    return {
        **arguments,
        "id": f"{name}.{aws.region}.{DNS_SUFFIX}",
        "name": principal,
        "suffix": DNS_SUFFIX,
        "region": aws.region,
    }


@function("aws:elb/getServiceAccount:getServiceAccount")
def get_service_account(aws: Session, arguments: Properties) -> Properties:
    """The account that load balancers write access logs with."""
    account = LOAD_BALANCER_ACCOUNTS.get(aws.region)
    if account is None:
        raise ProviderError(f"getServiceAccount: {aws.region} has none; grant logdelivery.elasticloadbalancing instead")
    return {**arguments, "id": account, "arn": f"arn:{aws.partition}:iam::{account}:root", "region": aws.region}
