"""EC2: subnets, gateways and routes."""

from integration.provider.harness import Case, Make


def _subnet(make: Make) -> dict:
    return {"vpcId": make.vpc(), "cidrBlock": "10.20.1.0/24", "availabilityZone": "us-east-1b", "tags": {"Name": "a"}}


def _gateway(make: Make) -> str:
    vpc = make.vpc()
    return vpc, make("aws:ec2/internetGateway:InternetGateway", vpcId=vpc)["id"]


def _nat(make: Make) -> dict:
    address = make("aws:ec2/eip:Eip", domain="vpc")["id"]
    return {"allocationId": address, "subnetId": make.subnet(make.vpc())}


def _table(make: Make) -> dict:
    vpc, gateway = _gateway(make)
    return {"vpcId": vpc, "routes": [{"cidrBlock": "0.0.0.0/0", "gatewayId": gateway}]}


def _table_with_other_routes(make: Make) -> dict:
    nat = make("aws:ec2/natGateway:NatGateway", **_nat(make))["id"]
    return {"routes": [{"cidrBlock": "192.168.0.0/16", "natGatewayId": nat}]}


def _route(make: Make) -> dict:
    vpc, gateway = _gateway(make)
    table = make("aws:ec2/routeTable:RouteTable", vpcId=vpc)["id"]
    return {"routeTableId": table, "destinationCidrBlock": "0.0.0.0/0", "gatewayId": gateway}


def _association(make: Make) -> dict:
    vpc = make.vpc()
    return {
        "subnetId": make.subnet(vpc),
        "routeTableId": make("aws:ec2/routeTable:RouteTable", vpcId=vpc)["id"],
    }


CASES = [
    Case("aws:ec2/subnet:Subnet", _subnet, lambda _: {"mapPublicIpOnLaunch": True, "tags": {"Name": "b"}}),
    Case(
        "aws:ec2/internetGateway:InternetGateway",
        lambda make: {"vpcId": make.vpc()},
        lambda make: {"vpcId": make.vpc()},
    ),
    Case("aws:ec2/eip:Eip", lambda _: {"domain": "vpc"}, lambda _: {"tags": {"Name": "b"}}),
    Case("aws:ec2/natGateway:NatGateway", _nat, lambda _: {"tags": {"Name": "b"}}),
    Case("aws:ec2/routeTable:RouteTable", _table, _table_with_other_routes),
    Case("aws:ec2/route:Route", _route),
    Case(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        _association,
        lambda make: {"routeTableId": make("aws:ec2/routeTable:RouteTable", vpcId=make.vpcs[0])["id"]},
    ),
]
