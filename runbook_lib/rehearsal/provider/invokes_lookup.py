"""Look-ups of things that are there: networks, keys, parameters, buckets, images, database versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runbook_lib.rehearsal.provider.base import Properties, ProviderError, tag_map
from runbook_lib.rehearsal.provider.registry import function, resources
from runbook_lib.rehearsal.values import Secret

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.session import Session

VPC, SUBNET, GROUP = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet", "aws:ec2/securityGroup:SecurityGroup"


def one(found: list[Any], what: str) -> Any:
    """The one that a look-up is for.

    Raises:
        ProviderError: There is none, or more than one.
    """
    if len(found) != 1:
        raise ProviderError(f"{what}: {len(found)} found, one wanted; say more exactly which")
    return found[0]


def filters(arguments: Properties, **names: str) -> list[dict[str, Any]]:
    """EC2's filters for a look-up's arguments: ``filters``, ``tags``, and the ones named ``filter_name="argument"``."""
    made = [{"Name": each["name"], "Values": each["values"]} for each in arguments.get("filters") or []]
    made += [{"Name": f"tag:{key}", "Values": [value]} for key, value in (arguments.get("tags") or {}).items()]
    for name, argument in names.items():
        value = arguments.get(argument)
        if value not in (None, ""):
            text = str(value).lower() if isinstance(value, bool) else str(value)
            made.append({"Name": name.replace("_", "-"), "Values": [text]})
    return made


def described(aws: Session, token: str, id_: str, arguments: Properties) -> Properties:
    """What the resource type reads of the one that was found."""
    live = resources()[token].read(aws, id_, {}) or {}
    live["tags"] = live.pop("tagsAll", {})
    return {**arguments, **live, "id": id_, "region": aws.region}


@function("aws:ec2/getVpc:getVpc")
def get_vpc(aws: Session, arguments: Properties) -> Properties:
    """A VPC."""
    wanted = filters(arguments, vpc_id="id", cidr="cidrBlock", is_default="default", state="state")
    vpc = one(aws.client("ec2").describe_vpcs(Filters=wanted)["Vpcs"], "getVpc")
    return described(aws, VPC, vpc["VpcId"], arguments) | {"default": vpc.get("IsDefault", False), "state": "available"}


@function("aws:ec2/getSubnet:getSubnet")
def get_subnet(aws: Session, arguments: Properties) -> Properties:
    """A subnet."""
    wanted = filters(arguments, subnet_id="id", vpc_id="vpcId", cidr_block="cidrBlock", availability_zone="availabilityZone")
    subnet = one(aws.client("ec2").describe_subnets(Filters=wanted)["Subnets"], "getSubnet")
    return described(aws, SUBNET, subnet["SubnetId"], arguments) | {"state": subnet.get("State", "available")}


@function("aws:ec2/getSubnets:getSubnets")
def get_subnets(aws: Session, arguments: Properties) -> Properties:
    """The ids of subnets."""
    found = aws.client("ec2").describe_subnets(Filters=filters(arguments))["Subnets"]
    return {**arguments, "id": aws.region, "region": aws.region, "ids": sorted(each["SubnetId"] for each in found)}


@function("aws:ec2/getSecurityGroup:getSecurityGroup")
def get_security_group(aws: Session, arguments: Properties) -> Properties:
    """A security group."""
    wanted = filters(arguments, group_id="id", group_name="name", vpc_id="vpcId")
    found = aws.client("ec2").describe_security_groups(Filters=wanted)["SecurityGroups"]
    # The emulator takes no filter by id, and answers all.
    group = one([each for each in found if arguments.get("id") in (None, each["GroupId"])], "getSecurityGroup")
    return described(aws, GROUP, group["GroupId"], arguments)


@function("aws:ec2/getPrefixList:getPrefixList")
def get_prefix_list(aws: Session, arguments: Properties) -> Properties:
    """The addresses of an AWS service."""
    wanted = filters(arguments, prefix_list_id="prefixListId", prefix_list_name="name")
    found = one(aws.client("ec2").describe_prefix_lists(Filters=wanted)["PrefixLists"], "getPrefixList")
    names = {"id": found["PrefixListId"], "name": found["PrefixListName"], "cidrBlocks": found.get("Cidrs", [])}
    return {**arguments, **names, "region": aws.region}


@function("aws:ec2/getManagedPrefixList:getManagedPrefixList")
def get_managed_prefix_list(aws: Session, arguments: Properties) -> Properties:
    """A managed list of addresses."""
    ec2 = aws.client("ec2")
    wanted = filters(arguments, prefix_list_id="id", prefix_list_name="name")
    found = one(ec2.describe_managed_prefix_lists(Filters=wanted)["PrefixLists"], "getManagedPrefixList")
    entries = ec2.get_managed_prefix_list_entries(PrefixListId=found["PrefixListId"])["Entries"]
    return {
        **arguments,
        "id": found["PrefixListId"],
        "name": found["PrefixListName"],
        "arn": found["PrefixListArn"],
        "addressFamily": found["AddressFamily"],
        "maxEntries": found.get("MaxEntries", 0),
        "ownerId": found["OwnerId"],
        "version": found.get("Version", 1),
        "entries": [{"cidr": each["Cidr"], "description": each.get("Description", "")} for each in entries],
        "tags": tag_map(found.get("Tags")),
        "region": aws.region,
    }


@function("aws:ssm/getParameter:getParameter")
def get_parameter(aws: Session, arguments: Properties) -> Properties:
    """A parameter; its value is a secret, as in pulumi-aws."""
    decrypt = arguments.get("withDecryption", True)
    found = aws.client("ssm").get_parameter(Name=arguments["name"], WithDecryption=decrypt)["Parameter"]
    value = {"value": Secret(found["Value"]), "insecureValue": found["Value"] if found["Type"] != "SecureString" else ""}
    facts = {"arn": found["ARN"], "type": found["Type"], "version": found["Version"], "region": aws.region}
    return {**arguments, **value, **facts, "id": found["Name"], "withDecryption": decrypt}


@function("aws:kms/getKey:getKey")
def get_key(aws: Session, arguments: Properties) -> Properties:
    """A key."""
    found = aws.client("kms").describe_key(KeyId=arguments["keyId"])["KeyMetadata"]
    facts = {"arn": "Arn", "enabled": "Enabled", "keyState": "KeyState", "keyUsage": "KeyUsage", "origin": "Origin"}
    live = {name: found[key] for name, key in facts.items() if key in found}
    names = {"description": "Description", "keyManager": "KeyManager", "awsAccountId": "AWSAccountId"}
    live |= {name: found.get(key, "") for name, key in names.items()}
    return {**arguments, **live, "id": found["KeyId"], "multiRegion": found.get("MultiRegion", False), "region": aws.region}


@function("aws:kms/getAlias:getAlias")
def get_alias(aws: Session, arguments: Properties) -> Properties:
    """A key's other name. AWS makes the key behind one of its own (``alias/aws/s3``) when that is described first."""
    kms = aws.client("kms")
    pages = kms.get_paginator("list_aliases").paginate()
    found = one(
        [each for page in pages for each in page["Aliases"] if each["AliasName"] == arguments["name"]],
        f"getAlias {arguments['name']}",
    )
    key = kms.describe_key(KeyId=found.get("TargetKeyId") or found["AliasArn"])["KeyMetadata"]
    names = {"arn": found["AliasArn"], "targetKeyId": key["KeyId"], "targetKeyArn": key["Arn"]}
    return {**arguments, **names, "id": found["AliasArn"], "region": aws.region}


@function("aws:s3/getBucket:getBucket")
def get_bucket(aws: Session, arguments: Properties) -> Properties:
    """A bucket."""
    name = arguments["bucket"]
    aws.client("s3").head_bucket(Bucket=name)
    domain = f"{name}.s3.amazonaws.com"
    regional = f"{name}.s3.{aws.region}.amazonaws.com"
    names = {"id": name, "arn": f"arn:{aws.partition}:s3:::{name}", "bucketRegion": aws.region, "region": aws.region}
    return {**arguments, **names, "bucketDomainName": domain, "bucketRegionalDomainName": regional}


@function("aws:ec2/getAmi:getAmi")
def get_ami(aws: Session, arguments: Properties) -> Properties:
    """An image."""
    owners = {"Owners": arguments["owners"]} if arguments.get("owners") else {}
    found = aws.client("ec2").describe_images(Filters=filters(arguments), **owners)["Images"]
    if arguments.get("mostRecent"):
        found = sorted(found, key=lambda image: str(image.get("CreationDate", "")))[-1:]
    image = one(found, "getAmi")
    facts = {"name": "Name", "architecture": "Architecture", "ownerId": "OwnerId", "creationDate": "CreationDate"}
    live = {name: image.get(key, "") for name, key in facts.items()}
    return {**arguments, **live, "id": image["ImageId"], "imageId": image["ImageId"], "region": aws.region}


@function("aws:rds/getEngineVersion:getEngineVersion")
def get_engine_version(aws: Session, arguments: Properties) -> Properties:
    """A database engine's version: the preferred one that is there, the latest, or the default."""
    asked = {"EngineVersion": arguments["version"]} if arguments.get("version") else {}
    one_of = arguments.get("preferredVersions") or []
    default = not one_of and not arguments.get("latest")
    answer = aws.client("rds").describe_db_engine_versions(
        Engine=arguments["engine"], DefaultOnly=default, IncludeAll=bool(arguments.get("includeAll")), **asked
    )
    found = answer["DBEngineVersions"]
    preferred = [each for name in one_of for each in found if each["EngineVersion"] == name]
    chosen = preferred[:1] if one_of else found[-1:]  # the catalogue lists the oldest first
    version = one(chosen, f"getEngineVersion {arguments['engine']} {arguments.get('version', '')}")
    exact = version["EngineVersion"]
    names = {"id": exact, "version": exact, "versionActual": exact, "status": version["Status"]}
    family = {"parameterGroupFamily": version["DBParameterGroupFamily"], "region": aws.region}
    return {**arguments, **names, **family, "exportableLogTypes": version.get("ExportableLogTypes", [])}


@function("aws:rds/getOrderableDbInstance:getOrderableDbInstance")
def get_orderable_db_instance(aws: Session, arguments: Properties) -> Properties:
    """A class that can be had for an engine: the preferred one that is sold, or the one asked for."""
    asked = {"EngineVersion": arguments["engineVersion"]} if arguments.get("engineVersion") else {}
    wanted = arguments.get("preferredInstanceClasses") or [arguments.get("instanceClass")]
    for name in wanted:
        found = aws.client("rds").describe_orderable_db_instance_options(
            Engine=arguments["engine"], **asked, **({"DBInstanceClass": name} if name else {})
        )["OrderableDBInstanceOptions"]
        if found:
            option = found[-1]
            version, sold = option["EngineVersion"], option["DBInstanceClass"]
            return {**arguments, "id": sold, "instanceClass": sold, "engineVersion": version, "region": aws.region}
    raise ProviderError(f"getOrderableDbInstance: {arguments['engine']} is not sold as any of {wanted}")
