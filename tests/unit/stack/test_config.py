"""The configuration is refused at the door, by the name of the bad key."""

from __future__ import annotations

from datetime import date
from ipaddress import IPv4Network
from typing import Any

import config
import pulumi
import pytest

from .conftest import BASE


def load(**overrides: str | None) -> config.StackConfig:
    settings: dict[str, Any] = {**BASE, **{f"payments:{key}": value for key, value in overrides.items()}}
    pulumi.runtime.set_all_config({key: value for key, value in settings.items() if value is not None})
    return config.load()


def test_values_are_typed() -> None:
    loaded = load(vpcCidr="10.9.0.0/16", natPerZone="false", allocatedStorage="50")
    assert loaded.migration_date == date(2026, 11, 24)
    assert loaded.vpc_cidr == IPv4Network("10.9.0.0/16")
    assert (loaded.nat_per_zone, loaded.allocated_storage, loaded.engine_major) == (False, 50, "14")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("true", ("secretsmanager", "kms", "logs")), ("false", ()), ('["kms"]', ("kms",))],
)
def test_interface_endpoints_are_all_none_or_a_list(text: str, expected: tuple[str, ...]) -> None:
    assert load(interfaceEndpoints=text).interface_endpoints == expected


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("environment", "Staging_1", "payments:environment has a bad value 'Staging_1'"),
        ("suffix", "thirteen-long", "payments:suffix has a bad value"),
        ("migrationDate", "24.11.2026", "payments:migrationDate has a bad value '24.11.2026'"),
        ("vpcCidr", "8.8.0.0/16", "payments:vpcCidr has a bad value '8.8.0.0/16': must be a private range"),
        ("vpcCidr", "10.0.0.0/24", "payments:vpcCidr .* must be between /16 and /22"),
        ("vpcCidr", "10.0.0.1/16", "payments:vpcCidr"),
        ("engineVersion", "14", "payments:engineVersion has a bad value '14'"),
        ("engineVersion", None, "payments:engineVersion is not set: run `pulumi config set payments:engineVersion"),
        ("backupRetentionDays", "6", "payments:backupRetentionDays has a bad value '6'"),
        ("lambdaTimeoutSeconds", "30", "payments:lambdaTimeoutSeconds"),
        ("logRetentionDays", "31", "payments:logRetentionDays .* CloudWatch Logs takes only these days"),
        ("interfaceEndpoints", '["s3"]', "payments:interfaceEndpoints"),
        ("interfaceEndpoints", "yes please", "payments:interfaceEndpoints"),
        ("certificateArn", "my-certificate", "payments:certificateArn"),
        ("alarmEmail", "nobody", "payments:alarmEmail"),
        ("natPerZon", "false", "payments:natPerZon is not a setting of this program"),
    ],
)
def test_a_bad_value_is_refused_by_the_name_of_its_key(key: str, value: str | None, message: str) -> None:
    with pytest.raises(config.ConfigError, match=message):
        load(**{key: value})


def test_storage_that_cannot_grow_to_its_own_size_is_refused() -> None:
    with pytest.raises(config.ConfigError, match="payments:maxAllocatedStorage must not be below"):
        load(allocatedStorage="200")


def test_a_missing_region_is_refused_in_the_namespace_where_it_belongs() -> None:
    pulumi.runtime.set_all_config({key: value for key, value in BASE.items() if key != "aws:region"})
    with pytest.raises(config.ConfigError, match="aws:region is not set"):
        config.load()


def test_all_bad_keys_are_named_at_once() -> None:
    with pytest.raises(config.ConfigError, match=r"(?s)payments:suffix.*payments:multiAz"):
        load(suffix="?", multiAz="perhaps")
