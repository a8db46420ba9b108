"""EC2: endpoints and flow logs."""

from integration.provider.harness import Case, Make

SERVICE = "com.amazonaws.us-east-1.s3"


def _table(make: Make, vpc: str) -> str:
    return make("aws:ec2/routeTable:RouteTable", vpcId=vpc)["id"]


def _endpoint(make: Make) -> dict:
    vpc = make.vpc()
    tables = [_table(make, vpc)]
    return {"vpcId": vpc, "serviceName": SERVICE, "vpcEndpointType": "Gateway", "routeTableIds": tables}


def _interface(make: Make) -> dict:
    """With all that the emulator itself forgets."""
    vpc = make.vpc()
    inputs = {"subnetIds": [make.subnet(vpc)], "securityGroupIds": [make.security_group(vpc)], "privateDnsEnabled": True}
    return {"vpcId": vpc, "serviceName": "com.amazonaws.us-east-1.kms", "vpcEndpointType": "Interface", **inputs}


def _association(make: Make) -> dict:
    vpc = make.vpc()
    endpoint = make("aws:ec2/vpcEndpoint:VpcEndpoint", vpcId=vpc, serviceName=SERVICE, vpcEndpointType="Gateway")
    return {"vpcEndpointId": endpoint["id"], "routeTableId": _table(make, vpc)}


def _log(make: Make) -> dict:
    destination = "arn:aws:logs:us-east-1:000000000000:log-group:/flow"
    role = "arn:aws:iam::000000000000:role/flow"
    return {"vpcId": make.vpc(), "trafficType": "REJECT", "logDestination": destination, "iamRoleArn": role}


CASES = [
    Case("aws:ec2/vpcEndpoint:VpcEndpoint", _endpoint, lambda make: {"routeTableIds": [_table(make, make.vpcs[0])]}),
    Case(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        _interface,
        lambda make: {"securityGroupIds": [make.security_group(make.vpcs[0])], "privateDnsEnabled": False},
    ),
    Case("aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation", _association),
    Case("aws:ec2/flowLog:FlowLog", _log, lambda _: {"tags": {"Name": "b"}}),
]
