# ruff: noqa: ARG002, D102 -- the methods, and what they are for, are base.Resource's
"""EC2: private ways to AWS's own services, and flow logs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runbook_lib.rehearsal.provider.base import Properties, ProviderError, given, only, tag_map
from runbook_lib.rehearsal.provider.ec2 import Ec2Resource, ids_filter
from runbook_lib.rehearsal.provider.registry import resource

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.session import Session

MEMBERS = {"routeTableIds": "RouteTableId", "subnetIds": "SubnetId", "securityGroupIds": "SecurityGroupId"}


@resource("aws:ec2/vpcEndpoint:VpcEndpoint")
class VpcEndpoint(Ec2Resource):
    """A gateway endpoint (in route tables) or an interface endpoint (in subnets)."""

    kind = "vpc-endpoint"
    replace_on = frozenset({"vpcId", "serviceName", "vpcEndpointType"})
    sets = frozenset(MEMBERS)
    json_properties = frozenset({"policy"})
    absent = frozenset({"InvalidVpcEndpointId.NotFound"})
    supports = frozenset({"vpcId", "serviceName", "vpcEndpointType", "policy", "privateDnsEnabled", *MEMBERS})

    def create(self, aws: Session, inputs: Properties) -> str:
        arguments = given(
            inputs,
            VpcId="vpcId",
            ServiceName="serviceName",
            VpcEndpointType="vpcEndpointType",
            PolicyDocument="policy",
            PrivateDnsEnabled="privateDnsEnabled",
            RouteTableIds="routeTableIds",
            SubnetIds="subnetIds",
            SecurityGroupIds="securityGroupIds",
        )
        answer = self.client(aws).create_vpc_endpoint(**arguments, **self.tag_specifications(inputs))
        return str(answer["VpcEndpoint"]["VpcEndpointId"])

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        arguments: dict[str, Any] = {}
        for name, singular in MEMBERS.items():
            if name in changed:
                there, wanted = set(old.get(name) or []), set(new.get(name) or [])
                arguments |= {f"Add{singular}s": sorted(wanted - there), f"Remove{singular}s": sorted(there - wanted)}
        arguments = {name: ids for name, ids in arguments.items() if ids}
        if "policy" in changed:
            arguments |= {"PolicyDocument": new["policy"]} if new.get("policy") else {"ResetPolicy": True}
        if "privateDnsEnabled" in changed:
            arguments["PrivateDnsEnabled"] = bool(new.get("privateDnsEnabled"))
        self.client(aws).modify_vpc_endpoint(VpcEndpointId=id_, **arguments)

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        ec2 = self.client(aws)
        endpoint = only(ec2.describe_vpc_endpoints(VpcEndpointIds=[id_])["VpcEndpoints"])
        if endpoint["State"].lower() in ("deleting", "deleted"):
            return None
        lists = ec2.describe_prefix_lists(Filters=ids_filter("prefix-list-name", endpoint["ServiceName"]))
        gateway = endpoint["VpcEndpointType"] == "Gateway"
        prefix: dict[str, Any] = next(iter(lists["PrefixLists"]), {}) if gateway else {}
        groups = [group["GroupId"] for group in endpoint.get("Groups", ())]
        # Members that another resource adds (an association) are that resource's, unless the program lists them here.
        members = {
            "routeTableIds": endpoint.get("RouteTableIds", []),
            "subnetIds": endpoint.get("SubnetIds", []),
            "securityGroupIds": groups,
        }
        return {name: value for name, value in members.items() if name in state} | {
            "arn": aws.arn("ec2", f"vpc-endpoint/{id_}"),
            "vpcId": endpoint["VpcId"],
            "serviceName": endpoint["ServiceName"],
            "vpcEndpointType": endpoint["VpcEndpointType"],
            "privateDnsEnabled": endpoint.get("PrivateDnsEnabled", False),
            "state": endpoint["State"],
            "ownerId": endpoint.get("OwnerId", aws.account),
            "prefixListId": prefix.get("PrefixListId"),
            "cidrBlocks": prefix.get("Cidrs"),
            "networkInterfaceIds": endpoint.get("NetworkInterfaceIds", []),
            **({"policy": endpoint["PolicyDocument"]} if endpoint.get("PolicyDocument") else {}),
            "tagsAll": tag_map(endpoint.get("Tags")),
        }

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        failed = self.client(aws).delete_vpc_endpoints(VpcEndpointIds=[id_]).get("Unsuccessful") or []
        for each in failed:
            if each["Error"]["Code"] not in self.absent:
                raise ProviderError(f"DeleteVpcEndpoints: {each['Error']['Code']}: {each['Error'].get('Message', '')}")


@resource("aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation")
class VpcEndpointRouteTableAssociation(Ec2Resource):
    """A gateway endpoint in one route table."""

    replace_on = frozenset({"routeTableId", "vpcEndpointId"})
    absent = frozenset({"InvalidVpcEndpointId.NotFound", "InvalidRouteTableId.NotFound"})
    delete_before_replace = True

    def create(self, aws: Session, inputs: Properties) -> str:
        endpoint, table = inputs["vpcEndpointId"], inputs["routeTableId"]
        self.client(aws).modify_vpc_endpoint(VpcEndpointId=endpoint, AddRouteTableIds=[table])
        return f"a-{endpoint}{table}"

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        answer = self.client(aws).describe_vpc_endpoints(VpcEndpointIds=[state["vpcEndpointId"]])
        tables = only(answer["VpcEndpoints"]).get("RouteTableIds", [])
        names = ("vpcEndpointId", "routeTableId")
        return {name: state[name] for name in names} if state["routeTableId"] in tables else None

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        self.client(aws).modify_vpc_endpoint(VpcEndpointId=state["vpcEndpointId"], RemoveRouteTableIds=[state["routeTableId"]])


@resource("aws:ec2/flowLog:FlowLog")
class FlowLog(Ec2Resource):
    """A record of a network's traffic; AWS has no way to change one."""

    kind = "vpc-flow-log"
    replace_on = frozenset(
        {"vpcId", "subnetId", "eniId", "trafficType", "logDestination", "logDestinationType", "iamRoleArn"}
    ) | {"logFormat", "maxAggregationInterval", "destinationOptions"}
    supports = replace_on - {"destinationOptions"}
    tags_on_create = False  # the emulator forgets those given at creation
    absent = frozenset({"InvalidFlowLogId.NotFound"})
    conflict = "CreateFlowLogs: FlowLogAlreadyExists"

    def there(self, aws: Session, inputs: Properties) -> str | None:
        """One of the same traffic to the same place."""
        wanted = (_source(inputs), inputs.get("trafficType", "ALL"), inputs.get("logDestination"))
        logs = self.client(aws).describe_flow_logs()["FlowLogs"]
        same = (each for each in logs if (each["ResourceId"], each["TrafficType"], each.get("LogDestination")) == wanted)
        return next((str(each["FlowLogId"]) for each in same), None)

    def create(self, aws: Session, inputs: Properties) -> str:
        kinds = {"vpcId": "VPC", "subnetId": "Subnet", "eniId": "NetworkInterface"}
        name = next((name for name in kinds if inputs.get(name)), None)
        if name is None:
            raise ProviderError("a flow log needs one of vpcId, subnetId and eniId")
        arguments = given(
            inputs,
            LogDestination="logDestination",
            LogDestinationType="logDestinationType",
            DeliverLogsPermissionArn="iamRoleArn",
            LogFormat="logFormat",
            MaxAggregationInterval="maxAggregationInterval",
        )
        answer = self.client(aws).create_flow_logs(
            ResourceIds=[inputs[name]],
            ResourceType=kinds[name],
            TrafficType=inputs.get("trafficType", "ALL"),
            **arguments,
        )
        for failed in answer.get("Unsuccessful") or []:
            raise ProviderError(f"CreateFlowLogs: {failed['Error']['Code']}: {failed['Error'].get('Message', '')}")
        return str(answer["FlowLogIds"][0])

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        log = only(self.client(aws).describe_flow_logs(FlowLogIds=[id_])["FlowLogs"])
        tags = self.client(aws).describe_tags(Filters=ids_filter("resource-id", id_))["Tags"]
        name = next((name for name in ("vpcId", "subnetId", "eniId") if state.get(name)), "vpcId")
        observed = {
            "trafficType": log.get("TrafficType"),
            "logDestination": log.get("LogDestination"),
            "logDestinationType": log.get("LogDestinationType"),
            "iamRoleArn": log.get("DeliverLogsPermissionArn"),
            "logFormat": log.get("LogFormat"),
            "maxAggregationInterval": log.get("MaxAggregationInterval"),
        }
        return {key: value for key, value in observed.items() if value} | {
            "arn": aws.arn("ec2", f"vpc-flow-log/{id_}"),
            name: log["ResourceId"],
            "tagsAll": tag_map(tags),
        }

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        self.client(aws).delete_flow_logs(FlowLogIds=[id_])


def _source(inputs: Properties) -> str | None:
    return next((inputs[name] for name in ("vpcId", "subnetId", "eniId") if inputs.get(name)), None)
