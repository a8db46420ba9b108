# ruff: noqa: ARG002, D102 -- the methods, and what they are for, are base.Resource's
"""EC2: route tables, their routes, and which subnets use them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runbook_lib.rehearsal.provider.base import Properties, ProviderError, given, only, tag_map
from runbook_lib.rehearsal.provider.ec2 import Ec2Resource, first
from runbook_lib.rehearsal.provider.registry import resource

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.session import Session

DESTINATIONS = {
    "destinationCidrBlock": "DestinationCidrBlock",
    "destinationIpv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
}
TARGETS = {
    "gatewayId": "GatewayId",
    "natGatewayId": "NatGatewayId",
    "networkInterfaceId": "NetworkInterfaceId",
    "transitGatewayId": "TransitGatewayId",
    "vpcEndpointId": "VpcEndpointId",
    "vpcPeeringConnectionId": "VpcPeeringConnectionId",
    "egressOnlyGatewayId": "EgressOnlyInternetGatewayId",
}
# Inside a route table the same destinations have shorter names.
INLINE = {
    "cidrBlock": "DestinationCidrBlock",
    "ipv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
}


def arguments_of(route: Properties, destinations: dict[str, str]) -> dict[str, Any]:
    """Boto3 arguments for a route."""
    return given(route, **{argument: name for name, argument in (destinations | TARGETS).items()})


def live_route(route: dict[str, Any], destinations: dict[str, str]) -> Properties:
    """A described route in Pulumi's names; NAT gateways come as such, endpoints among the gateways."""
    found = {name: route[argument] for name, argument in (destinations | TARGETS).items() if route.get(argument)}
    if str(found.get("gatewayId", "")).startswith("vpce-"):
        found["vpcEndpointId"] = found.pop("gatewayId")
    return found


@resource("aws:ec2/routeTable:RouteTable")
class RouteTable(Ec2Resource):
    """A route table, with its routes or (if ``routes`` is not given) without saying anything about them."""

    kind = "route-table"
    replace_on = frozenset({"vpcId"})
    sets = frozenset({"routes"})
    absent = frozenset({"InvalidRouteTableID.NotFound"})
    supports = frozenset({"vpcId", "routes"})

    def create(self, aws: Session, inputs: Properties) -> str:
        answer = self.client(aws).create_route_table(VpcId=inputs["vpcId"], **self.tag_specifications(inputs))
        return str(answer["RouteTable"]["RouteTableId"])

    def configure(self, aws: Session, id_: str, new: Properties, changed: frozenset[str]) -> None:
        if "routes" not in changed:
            return
        wanted = [arguments_of(route, INLINE) for route in new.get("routes") or []]
        there = [arguments_of(route, INLINE) for route in self._routes(aws, id_)]
        for route in there:
            if route not in wanted:
                place = {key: value for key, value in route.items() if key.startswith("Destination")}
                self.client(aws).delete_route(RouteTableId=id_, **place)
        for route in wanted:
            if route not in there:
                self.client(aws).create_route(RouteTableId=id_, **route)

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        table = only(self.client(aws).describe_route_tables(RouteTableIds=[id_])["RouteTables"])
        routes = {"routes": self._routes(aws, id_)} if "routes" in state else {}
        return routes | {
            "arn": aws.arn("ec2", f"route-table/{id_}"),
            "vpcId": table["VpcId"],
            "ownerId": table.get("OwnerId", aws.account),
            "tagsAll": tag_map(table.get("Tags")),
        }

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        self.client(aws).delete_route_table(RouteTableId=id_)

    def _routes(self, aws: Session, id_: str) -> list[Properties]:
        """The routes that somebody made: not the local one, and none that a gateway endpoint put there."""
        table = only(self.client(aws).describe_route_tables(RouteTableIds=[id_])["RouteTables"])
        made = [route for route in table.get("Routes", ()) if route.get("Origin", "CreateRoute") == "CreateRoute"]
        routes = [live_route(route, INLINE) for route in made if route.get("GatewayId") != "local"]
        return [route for route in routes if "vpcEndpointId" not in route or "destinationPrefixListId" not in route]


@resource("aws:ec2/route:Route")
class Route(Ec2Resource):
    """One route; its id is made of its table and destination."""

    replace_on = frozenset({"routeTableId", *DESTINATIONS})
    absent = frozenset({"InvalidRouteTableID.NotFound", "InvalidRoute.NotFound"})
    supports = frozenset({"routeTableId", *DESTINATIONS, *TARGETS})
    delete_before_replace = True
    conflict = "CreateRoute: RouteAlreadyExists"

    def create(self, aws: Session, inputs: Properties) -> str:
        self.client(aws).create_route(RouteTableId=inputs["routeTableId"], **arguments_of(inputs, DESTINATIONS))
        return self.id_of(inputs)

    def there(self, aws: Session, inputs: Properties) -> str | None:
        return self.standing(aws, self.id_of(inputs), inputs)

    def id_of(self, inputs: Properties) -> str:
        """The id that it has: a table has each destination once."""
        arguments = arguments_of(inputs, DESTINATIONS)
        place = next(value for key, value in sorted(arguments.items()) if key.startswith("Destination"))
        return f"r-{inputs['routeTableId']}-{place}"

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        self.client(aws).replace_route(RouteTableId=new["routeTableId"], **arguments_of(new, DESTINATIONS))

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        table = only(self.client(aws).describe_route_tables(RouteTableIds=[state["routeTableId"]])["RouteTables"])
        for route in table.get("Routes", ()):
            found = live_route(route, DESTINATIONS)
            if all(found.get(name) == state.get(name) for name in DESTINATIONS):
                unset = dict.fromkeys((name for name in TARGETS if name in state), None)
                answer = {"origin": route.get("Origin", "CreateRoute"), "state": route.get("State", "active")}
                return {**unset, **found, **answer, "routeTableId": state["routeTableId"]}
        return None

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        self.client(aws).delete_route(RouteTableId=state["routeTableId"], **given(state, **_swapped(DESTINATIONS)))


@resource("aws:ec2/routeTableAssociation:RouteTableAssociation")
class RouteTableAssociation(Ec2Resource):
    """Which table a subnet (or a gateway) uses.

    AWS gives a new association id when the table changes, Pulumi's id stays the first one: it is found by its subnet.
    """

    replace_on = frozenset({"subnetId", "gatewayId"})
    absent = frozenset({"InvalidAssociationID.NotFound"})
    delete_before_replace = True
    conflict = "AssociateRouteTable: Resource.AlreadyAssociated"

    def there(self, aws: Session, inputs: Properties) -> str | None:
        found = self._find(aws, "", inputs)
        return None if found is None else str(found["RouteTableAssociationId"])

    def create(self, aws: Session, inputs: Properties) -> str:
        arguments = given(inputs, RouteTableId="routeTableId", SubnetId="subnetId", GatewayId="gatewayId")
        return str(self.client(aws).associate_route_table(**arguments)["AssociationId"])

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        there = self._find(aws, id_, old)
        if there is None:
            raise ProviderError(f"route table association {id_} is gone")
        self.client(aws).replace_route_table_association(
            AssociationId=there["RouteTableAssociationId"], RouteTableId=new["routeTableId"]
        )

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        there = self._find(aws, id_, state)
        if there is None:
            return None
        return {
            "routeTableId": there["RouteTableId"],
            "subnetId": there.get("SubnetId"),
            "gatewayId": there.get("GatewayId"),
        }

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        there = self._find(aws, id_, state)
        if there is not None:
            self.client(aws).disassociate_route_table(AssociationId=there["RouteTableAssociationId"])

    def _find(self, aws: Session, id_: str, state: Properties) -> dict[str, Any] | None:
        subnet = state.get("subnetId")
        tables = self.client(aws).describe_route_tables()["RouteTables"]
        every = [each for table in tables for each in table.get("Associations", ())]
        return first(
            [each for each in every if each["RouteTableAssociationId"] == id_ or (subnet and each.get("SubnetId") == subnet)]
        )


def _swapped(names: dict[str, str]) -> dict[str, str]:
    return {argument: name for name, argument in names.items()}
