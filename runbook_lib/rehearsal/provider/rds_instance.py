"""RDS: instances. What AWS knows of one is in the emulator; what answers SQL is a real PostgreSQL (``database``)."""

# the contract hands every method more than each type needs

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from runbook_lib.rehearsal import database
from runbook_lib.rehearsal.provider import rds_master
from runbook_lib.rehearsal.provider.base import ProviderError
from runbook_lib.rehearsal.provider.rds import RdsResource
from runbook_lib.rehearsal.provider.registry import resource
from runbook_lib.rehearsal.provider.shapes import pick

if TYPE_CHECKING:
    from runbook_lib.rehearsal.provider.base import Properties
    from runbook_lib.rehearsal.provider.session import Session

# RDS's arguments whose property pulumi-aws calls otherwise.
ARGUMENTS = {
    "DBInstanceIdentifier": "identifier",
    "DBInstanceClass": "instanceClass",
    "DBParameterGroupName": "parameterGroupName",
    "MasterUsername": "username",
    "PreferredBackupWindow": "backupWindow",
    "PreferredMaintenanceWindow": "maintenanceWindow",
    "CACertificateIdentifier": "caCertIdentifier",
    "EnableIAMDatabaseAuthentication": "iamDatabaseAuthenticationEnabled",
    "EnablePerformanceInsights": "performanceInsightsEnabled",
    "EnableCloudwatchLogsExports": "enabledCloudwatchLogsExports",
    "Tags": "tagsAll",
}
COPIES = ("replicateSourceDb", "restoreToPointInTime", "s3Import", "snapshotIdentifier")


@resource("aws:rds/instance:Instance")
class Instance(RdsResource):
    """A PostgreSQL instance; its id is RDS's resource id (``db-…``), which survives a renaming."""

    autoname = "identifier"
    autoname_max = 63
    replace_on = frozenset(
        {
            *("availabilityZone", "backupTarget", "characterSetName", "customIamInstanceProfile", "dbName", "domain"),
            *("engine", "kmsKeyId", "ncharCharacterSetName", "storageEncrypted", "timezone", "username", *COPIES),
        }
    )
    refuses = frozenset({"blueGreenUpdate", "customerOwnedIpEnabled", "upgradeStorageConfig", "warningEventCategories"})
    # The database's folder is named after the instance and its port is given; the emulator forgets to change the rest.
    fixed = frozenset(
        {
            *("databaseInsightsMode", "dbSubnetGroupName", "dedicatedLogVolume", "identifier", "identifierPrefix"),
            *("licenseModel", "networkType", "optionGroupName", "performanceInsightsKmsKeyId"),
            *("performanceInsightsRetentionPeriod", "port", "storageThroughput"),
        }
    )
    sets = frozenset({"enabledCloudwatchLogsExports", "vpcSecurityGroupIds"})
    independent = frozenset({"port"})
    recomputed = frozenset({"latestRestorableTime"})
    defaults: ClassVar[dict[str, Any]] = {"skipFinalSnapshot": False, "deleteAutomatedBackups": True}
    cleared: ClassVar[dict[str, Any]] = {
        "autoMinorVersionUpgrade": True,
        "copyTagsToSnapshot": False,
        "deletionProtection": False,
        "enabledCloudwatchLogsExports": [],
        "iamDatabaseAuthenticationEnabled": False,
        "maxAllocatedStorage": 0,
        "monitoringInterval": 0,
        "performanceInsightsEnabled": False,
        "publiclyAccessible": False,
    }

    conflict = "CreateDBInstance: DBInstanceAlreadyExists"

    def refused(self, inputs: Properties) -> str | None:
        """What this rehearsal has not got: other engines, copies of existing databases; and a master without a password."""
        if copy := [name for name in COPIES if inputs.get(name)]:
            return f"{copy[0]}: the rehearsal makes new, empty databases only"
        engine = inputs.get("engine")
        if isinstance(engine, str) and engine != "postgres":
            return f"engine {engine}: the rehearsal has PostgreSQL only"
        return None

    def there(self, aws: Session, inputs: Properties) -> str | None:
        """One of the same identifier."""
        pages = self.client(aws).get_paginator("describe_db_instances").paginate()
        names = [each["DBInstanceIdentifier"] for page in pages for each in page["DBInstances"]]
        return next((name for name in names if name == inputs["identifier"]), None)

    def create(self, aws: Session, inputs: Properties) -> str:
        """Start the database, then CreateDBInstance with its port, then the master secret."""
        word = rds_master.password(inputs)
        name = inputs["identifier"]
        forced = self.forces_tls(aws, inputs.get("parameterGroupName"), str(inputs.get("engineVersion") or ""))
        where = database.provision(name, inputs["username"], word, inputs.get("dbName") or "", force_ssl=forced)
        try:
            # The emulator knows managed passwords of clusters only: rds_master stands in.
            asked = {"manageMasterUserPassword": None, "masterUserSecretKmsKeyId": None, "port": where.port}
            request = inputs | asked | {"masterUserPassword": word}
            made = self.call(aws, "CreateDBInstance", request, **ARGUMENTS)["dbInstance"]
            if inputs.get("manageMasterUserPassword"):
                rds_master.keep(aws, made["dbiResourceId"], made["dbInstanceArn"], inputs, word)
        except Exception:
            database.deprovision(name)
            raise
        return str(made["dbiResourceId"])

    def update(self, aws: Session, id_: str, old: Properties, new: Properties, changed: frozenset[str]) -> None:
        """ModifyDBInstance, and the password in the database itself."""
        if changed & {"manageMasterUserPassword", *rds_master.PASSWORDS, "passwordWoVersion"}:
            self.move_password(aws, id_, old, new)
        settings = {name: new.get(name) for name in changed} | {
            "identifier": old["identifier"],
            "applyImmediately": new.get("applyImmediately", False),
            "allowMajorVersionUpgrade": new.get("allowMajorVersionUpgrade"),
            "manageMasterUserPassword": None,
        }
        if "enabledCloudwatchLogsExports" in changed:
            exports = (set(each.get("enabledCloudwatchLogsExports") or ()) for each in (old, new))
            settings["cloudwatchLogsExportConfiguration"] = _moved_exports(*exports)
        if "maxAllocatedStorage" in changed:  # RDS calls it off when it is no more than what is allocated
            settings["maxAllocatedStorage"] = new.get("maxAllocatedStorage") or new.get("allocatedStorage")
        self.call(aws, "ModifyDBInstance", settings, **ARGUMENTS)
        if "parameterGroupName" in changed:
            forced = self.forces_tls(aws, new.get("parameterGroupName"), old["engineVersionActual"])
            database.set_force_ssl(old["identifier"], on=forced)

    def move_password(self, aws: Session, id_: str, old: Properties, new: Properties) -> None:
        """Give the master user another password, and keep or forget the secret."""
        word = rds_master.password(new)
        database.set_password(old["identifier"], word)
        rds_master.forget(aws, id_)
        if new.get("manageMasterUserPassword"):
            rds_master.keep(aws, id_, old["arn"], new, word)

    def read(self, aws: Session, id_: str, state: Properties) -> Properties | None:
        """DescribeDBInstances, the tags and the master secret.

        What the emulator does not hand back (insights key, throughput) is left out, so it stays as the state has it.
        """
        live = self.find(aws, id_)
        if live is None:
            return None
        endpoint, actual = live["endpoint"], live["engineVersion"]
        wanted = str(state.get("engineVersion") or actual)
        groups = live["dbParameterGroups"]
        return pick(
            live, "allocatedStorage", "autoMinorVersionUpgrade", "availabilityZone", "backupRetentionPeriod",
            "copyTagsToSnapshot", "deletionProtection", "enabledCloudwatchLogsExports", "engine", "engineLifecycleSupport",
            "iamDatabaseAuthenticationEnabled",
            "iops", "kmsKeyId", "licenseModel", "maxAllocatedStorage", "monitoringInterval", "monitoringRoleArn",
            "multiAz", "networkType", "performanceInsightsEnabled", "publiclyAccessible", "storageEncrypted",
            "storageType", "latestRestorableTime", identifier="dbInstanceIdentifier", instanceClass="dbInstanceClass",
            username="masterUsername", backupWindow="preferredBackupWindow", status="dbInstanceStatus",
            caCertIdentifier="caCertificateIdentifier",
            maintenanceWindow="preferredMaintenanceWindow", arn="dbInstanceArn", resourceId="dbiResourceId",
        ) | {
            # A program may ask for a major version only; any minor of it is what was asked for.
            "engineVersion": wanted if f"{actual}.".startswith(f"{wanted}.") else actual,
            "engineVersionActual": actual,
            "address": endpoint["address"],
            "port": endpoint["port"],
            "endpoint": f"{endpoint['address']}:{endpoint['port']}",
            "hostedZoneId": endpoint["hostedZoneId"],
            # RDS makes no database unless told to; the emulator then says it made one.
            "dbName": live["dbName"] if state.get("dbName") else None,
            "dbSubnetGroupName": (live["dbSubnetGroup"] or {}).get("dbSubnetGroupName"),
            "parameterGroupName": groups[0]["dbParameterGroupName"] if groups else None,
            "vpcSecurityGroupIds": [group["vpcSecurityGroupId"] for group in live["vpcSecurityGroups"]],
            "masterUserSecrets": rds_master.kept(aws, id_),
            "tagsAll": self.tags(aws, live["dbInstanceArn"]),
        }  # fmt: skip

    def delete(self, aws: Session, id_: str, state: Properties) -> None:
        """DeleteDBInstance, as RDS allows it; then the database and the secret.

        Raises:
            ProviderError: If a final snapshot is wanted but has no name.
        """
        skip, snapshot = state.get("skipFinalSnapshot", False), state.get("finalSnapshotIdentifier")
        if not skip and not snapshot:
            raise ProviderError("finalSnapshotIdentifier is required when skipFinalSnapshot is false")
        request = {
            "dbInstanceIdentifier": state["identifier"],
            "skipFinalSnapshot": skip,
            "finalDbSnapshotIdentifier": None if skip else snapshot,
            "deleteAutomatedBackups": state.get("deleteAutomatedBackups", True),
        }
        if self.find(aws, id_) is not None:
            self.call(aws, "DeleteDBInstance", request)
        database.deprovision(state["identifier"])
        rds_master.forget(aws, id_)

    def find(self, aws: Session, id_: str) -> Properties | None:
        """The instance with this resource id, for which the emulator has no filter."""
        for page in self.client(aws).get_paginator("describe_db_instances").paginate():
            for instance in page["DBInstances"]:
                if instance["DbiResourceId"] == id_:
                    name = {"dbInstanceIdentifier": instance["DBInstanceIdentifier"]}
                    found: Properties = self.call(aws, "DescribeDBInstances", name)["dbInstances"][0]
                    return found
        return None


def _moved_exports(old: set[str], new: set[str]) -> Properties:
    """The log exports as ModifyDBInstance wants them, which takes what to switch on and what to switch off."""
    return {"enableLogTypes": sorted(new - old), "disableLogTypes": sorted(old - new)}
