"""RDS: subnet groups and parameter groups."""

# ruff: noqa: ARG002  # the contract hands every method more than each type needs

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from runbook_lib.rehearsal import database
from runbook_lib.rehearsal.provider.registry import resource
from runbook_lib.rehearsal.provider.shapes import ModelledResource, pick

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.base import Properties
    from runbook_lib.rehearsal.provider.session import Session

MANAGED = "Managed by Pulumi"
FORCE_SSL = "rds.force_ssl"
TLS_FORCED_SINCE = 15  # the first major version of PostgreSQL whose default parameter group forces TLS
PER_CALL = 20  # parameters that one ModifyDBParameterGroup takes


class RdsResource(ModelledResource):
    """Base of the RDS types."""

    service: ClassVar[str] = "rds"
    tag_operations: ClassVar[tuple[str, str]] = ("AddTagsToResource", "RemoveTagsFromResource")
    absent: ClassVar[frozenset[str]] = frozenset(
        {
            "DBInstanceNotFound",
            "DBInstanceNotFoundFault",
            "DBParameterGroupNotFound",
            "DBParameterGroupNotFoundFault",
            "DBSubnetGroupNotFoundFault",
        }
    )

    def tags(self, aws: Session, arn: str) -> dict[str, str]:
        """The live tags."""
        return dict(self.call(aws, "ListTagsForResource", {"resourceName": arn})["tagList"] or {})

    def forces_tls(self, aws: Session, group: str | None, version: str) -> bool:
        """Whether a parameter group, or else RDS's default for the engine version, refuses connections in clear."""
        pages = self.client(aws).get_paginator("describe_db_parameters")
        for page in pages.paginate(DBParameterGroupName=group) if group else ():
            for parameter in page["Parameters"]:
                if parameter["ParameterName"] == FORCE_SSL and parameter.get("ParameterValue"):
                    return str(parameter["ParameterValue"]) == "1"
        return int(version.partition(".")[0] or TLS_FORCED_SINCE) >= TLS_FORCED_SINCE


@resource("aws:rds/subnetGroup:SubnetGroup")
class SubnetGroup(RdsResource):
    """Where instances may stand; its id is its name, which RDS keeps in lower case."""

    autoname = "name"
    autoname_max = 255
    replace_on = frozenset({"name", "namePrefix"})
    sets = frozenset({"subnetIds", "supportedNetworkTypes"})
    defaults: ClassVar[dict[str, Any]] = {"description": MANAGED}
    conflict = "CreateDBSubnetGroup: DBSubnetGroupAlreadyExists"

    def refused(self, inputs: Properties) -> str | None:
        """Names that RDS would change."""
        name = inputs.get("name")
        if not isinstance(name, str) or name == name.lower():
            return None
        return f"RDS keeps names in lower case: write {name.lower()}"

    def there(self, aws: Session, inputs: Properties) -> str | None:
        """One of the same name."""
        return self.standing(aws, inputs["name"], inputs)

    def create(self, aws: Session, inputs: Properties) -> str:
        """CreateDBSubnetGroup."""
        names = {"DBSubnetGroupName": "name", "DBSubnetGroupDescription": "description", "Tags": "tagsAll"}
        self.call(aws, "CreateDBSubnetGroup", inputs, **names)
        return str(inputs["name"])

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """ModifyDBSubnetGroup."""
        names = {"DBSubnetGroupName": "name", "DBSubnetGroupDescription": "description"}
        self.call(aws, "ModifyDBSubnetGroup", new, **names)

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """DescribeDBSubnetGroups and the tags."""
        (live,) = self.call(aws, "DescribeDBSubnetGroups", {"dbSubnetGroupName": id_})["dbSubnetGroups"]
        return pick(
            live, "vpcId", "supportedNetworkTypes", name="dbSubnetGroupName", description="dbSubnetGroupDescription",
            arn="dbSubnetGroupArn",
        ) | {
            "subnetIds": [subnet["subnetIdentifier"] for subnet in live["subnets"]],
            "tagsAll": self.tags(aws, live["dbSubnetGroupArn"]),
        }  # fmt: skip

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """DeleteDBSubnetGroup."""
        self.call(aws, "DeleteDBSubnetGroup", {"dbSubnetGroupName": id_})


@resource("aws:rds/parameterGroup:ParameterGroup")
class ParameterGroup(RdsResource):
    """Settings of the database engine; its id is its name."""

    autoname = "name"
    autoname_max = 255
    replace_on = frozenset({"description", "family", "name", "namePrefix"})
    sets = frozenset({"parameters"})
    defaults: ClassVar[dict[str, Any]] = {"description": MANAGED, "skipDestroy": False}

    def create(self, aws: Session, inputs: Properties) -> str:
        """CreateDBParameterGroup."""
        names = {"DBParameterGroupName": "name", "DBParameterGroupFamily": "family", "Tags": "tagsAll"}
        self.call(aws, "CreateDBParameterGroup", inputs, **names)
        return str(inputs["name"])

    def configure(self, aws: Session, id_: str, new: Properties, changed: frozenset[str]) -> None:
        """Set what is given, and reset what no longer is."""
        if "parameters" not in changed:
            return
        wanted = {parameter["name"]: _parameter(parameter) for parameter in new.get("parameters", [])}
        gone = [parameter for parameter in self.live(aws, id_) if parameter["parameterName"] not in wanted]
        self.send(aws, id_, "ResetDBParameterGroup", gone)
        self.send(aws, id_, "ModifyDBParameterGroup", list(wanted.values()))
        for page in self.client(aws).get_paginator("describe_db_instances").paginate():
            for instance in page["DBInstances"]:
                if id_ in {group["DBParameterGroupName"] for group in instance["DBParameterGroups"]}:
                    forced = self.forces_tls(aws, id_, instance["EngineVersion"])
                    database.set_force_ssl(instance["DBInstanceIdentifier"], on=forced)

    def send(self, aws: Session, name: str, operation: str, parameters: list[Properties]) -> None:
        """Hand the parameters over, as many at a time as RDS takes."""
        for start in range(0, len(parameters), PER_CALL):
            part = parameters[start : start + PER_CALL]
            self.call(aws, operation, {"dbParameterGroupName": name, "parameters": part})

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """DescribeDBParameterGroups, what the user set in it, and the tags."""
        (live,) = self.call(aws, "DescribeDBParameterGroups", {"dbParameterGroupName": id_})["dbParameterGroups"]
        arn = live["dbParameterGroupArn"]
        names = {"name": "parameterName", "value": "parameterValue"}
        parameters = [pick(parameter, "applyMethod", **names) for parameter in self.live(aws, id_)]
        return pick(live, "description", name="dbParameterGroupName", family="dbParameterGroupFamily") | {
            "arn": arn,
            "parameters": parameters,
            "tagsAll": self.tags(aws, arn),
        }

    def live(self, aws: Session, name: str) -> list[Properties]:
        """What the user set."""
        pages = self.client(aws).get_paginator("describe_db_parameters")
        return [
            {
                "parameterName": parameter["ParameterName"],
                "parameterValue": parameter.get("ParameterValue", ""),
                "applyMethod": parameter.get("ApplyMethod", "immediate"),
            }
            for page in pages.paginate(DBParameterGroupName=name, Source="user")
            for parameter in page["Parameters"]
        ]

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """DeleteDBParameterGroup, unless the program wants it kept."""
        if not state.get("skipDestroy"):
            self.call(aws, "DeleteDBParameterGroup", {"dbParameterGroupName": id_})


def _parameter(given: Properties) -> Properties:
    return {
        "parameterName": given["name"],
        "parameterValue": given["value"],
        "applyMethod": given.get("applyMethod", "immediate"),
    }
