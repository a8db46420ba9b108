"""RDS; an instance has a real database behind it."""

from integration.provider.documents import key
from integration.provider.harness import Case, Make

INSTANCE = "aws:rds/instance:Instance"
TLS = {"name": "rds.force_ssl", "value": "1", "applyMethod": "immediate"}
SLOW = {"name": "log_min_duration_statement", "value": "500", "applyMethod": "immediate"}


def _subnets(make: Make, number: int) -> list[str]:
    vpc = make.vpc()
    return [make.subnet(vpc, each) for each in range(number)]


def instance(make: Make) -> dict:
    """What the subject is made with."""
    vpc = make.vpc()
    subnets = [make.subnet(vpc, each) for each in range(3)]
    customer_key = key(make)["arn"]
    return {
        "allocatedStorage": 20,
        "applyImmediately": True,
        "autoMinorVersionUpgrade": True,
        "backupRetentionPeriod": 7,
        "backupWindow": "03:00-04:00",
        "caCertIdentifier": "rds-ca-rsa4096-g1",
        "copyTagsToSnapshot": True,
        "dbName": "payments",
        "dbSubnetGroupName": make("aws:rds/subnetGroup:SubnetGroup", subnetIds=subnets)["name"],
        "deletionProtection": False,
        "enabledCloudwatchLogsExports": ["postgresql", "upgrade"],
        "engine": "postgres",
        "engineLifecycleSupport": "open-source-rds-extended-support-disabled",
        "engineVersion": "14",
        "instanceClass": "db.t4g.medium",
        "kmsKeyId": customer_key,
        "maintenanceWindow": "sun:05:00-sun:06:00",
        "manageMasterUserPassword": True,
        "masterUserSecretKmsKeyId": customer_key,
        "maxAllocatedStorage": 100,
        "multiAz": True,
        "parameterGroupName": make("aws:rds/parameterGroup:ParameterGroup", family="postgres14")["name"],
        "performanceInsightsEnabled": True,
        "publiclyAccessible": False,
        "skipFinalSnapshot": True,
        "storageEncrypted": True,
        "storageType": "gp3",
        "username": "payments_admin",
        "vpcSecurityGroupIds": [make.security_group(vpc)],
    }


CASES = [
    Case(
        "aws:rds/subnetGroup:SubnetGroup",
        lambda make: {"subnetIds": _subnets(make, 2), "description": "a"},
        lambda make: {"subnetIds": [make.subnet(make.vpcs[0], 2)], "description": "b"},
    ),
    Case(
        "aws:rds/parameterGroup:ParameterGroup",
        lambda _: {"family": "postgres14", "parameters": [TLS]},
        lambda _: {"parameters": [SLOW], "tags": {"Name": "b"}},
    ),
    Case(
        INSTANCE,
        instance,
        lambda _: {
            "allocatedStorage": 30,
            "autoMinorVersionUpgrade": False,
            "backupRetentionPeriod": 14,
            "caCertIdentifier": "rds-ca-ecc384-g1",
            "enabledCloudwatchLogsExports": ["postgresql", "iam-db-auth-error"],
            "engineLifecycleSupport": "open-source-rds-extended-support",
            "instanceClass": "db.m6g.large",
            "maxAllocatedStorage": 200,
            "multiAz": False,
            "performanceInsightsEnabled": False,
            "tags": {"Name": "b"},
        },
    ),
]
