"""What each resource is charged for: literal sums, each by hand from the price list."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from unit.costs.planned import UNKNOWN, database, make, price

from runbook_lib import costs

HOURS = 730


def fixed(estimate: costs.Estimate) -> dict[str, Decimal | None]:
    return {line.key: line.monthly for line in estimate.lines if line.kind != "usage"}


def open_reasons(estimate: costs.Estimate) -> dict[str, str]:
    return {entry.what: entry.reason for entry in estimate.unpriced}


class TestDatabase:
    """RDS for PostgreSQL."""

    @pytest.mark.parametrize(("multi_az", "instance", "storage"), [(True, "105.85", "4.60"), (False, "52.56", "2.30")])
    def test_multi_az_has_rates_of_its_own(self, *, multi_az: bool, instance: str, storage: str) -> None:
        """105.85 is not twice 52.56: the list is asked, nothing is doubled."""
        zones = "multi" if multi_az else "single"
        charges = fixed(price(database(multiAz=multi_az)))
        assert charges[f"rds.pg.db.t3.medium.{zones}"] == Decimal(instance)
        assert charges[f"rds.storage.gp3.{zones}"] == Decimal(storage)

    def test_the_secret_that_rds_manages_counts(self) -> None:
        assert fixed(price(database()))["secrets.month"] == Decimal("0.40")
        assert "secrets.month" not in fixed(price(database(manageMasterUserPassword=False)))

    def test_extended_support_is_charged_on_the_standby_too(self) -> None:
        """PostgreSQL 13 left standard support on 2026-02-28: 2 vCPU x 2 x 0.10 x 730 = 292."""
        enrolled = database(engineVersion="13.23", engineLifecycleSupport=None)
        assert fixed(price(enrolled))["rds.extsupport.pg.yr1_2"] == Decimal(292)

    def test_extended_support_switched_off_costs_nothing(self) -> None:
        assert "rds.extsupport.pg.yr1_2" not in fixed(price(database(engineVersion="13.23")))

    def test_extended_support_does_not_apply_in_standard_support(self) -> None:
        assert "rds.extsupport.pg.yr1_2" not in fixed(price(database(engineLifecycleSupport=None)))

    @pytest.mark.parametrize("version", [UNKNOWN, "99.1", None])
    def test_unknown_support_dates_are_named(self, version: str | None) -> None:
        """Pulumi's mark for an unknown value begins with digits; it is no version 4."""
        estimate = price(database(engineVersion=version, engineLifecycleSupport=None))
        assert "are not known" in open_reasons(estimate)["Extended Support"]

    def test_a_class_without_a_price_is_named_and_its_storage_still_priced(self) -> None:
        estimate = price(database(instanceClass="db.t4g.micro"))
        assert "NOT FOUND" in open_reasons(estimate)["PostgreSQL db.t4g.micro, Multi-AZ"]
        assert fixed(estimate)["rds.storage.gp3.multi"] == Decimal("4.60")

    def test_other_engines_have_no_price(self) -> None:
        estimate = price(database(engine="mysql"))
        assert (estimate.lines, estimate.complete) == ((), False)

    def test_iops_above_the_baseline(self) -> None:
        """gp3 holds 3,000 IOPS up to 400 GB: 1,000 more at 0.04 Multi-AZ."""
        assert fixed(price(database(iops=4000)))["rds.gp3.iops.multi"] == Decimal(40)
        assert "rds.gp3.iops.multi" not in fixed(price(database(iops=4000, allocatedStorage=400)))

    def test_multi_az_not_known_yet_is_no_single_az(self) -> None:
        estimate = price(database(multiAz=UNKNOWN))
        assert (estimate.lines, estimate.complete) == ((), False)


class TestNetwork:
    """Balancers, gateways, addresses, endpoints."""

    def test_an_internet_facing_balancer_holds_an_address_per_zone(self) -> None:
        charges = fixed(price(make("lb/loadBalancer:LoadBalancer", subnets=["a", "b", "c"])))
        assert charges == {"alb.hour": Decimal("16.4250"), "ipv4.inuse": Decimal("10.950")}

    def test_an_internal_balancer_holds_none(self) -> None:
        charges = fixed(price(make("lb/loadBalancer:LoadBalancer", internal=True, subnets=["a", "b", "c"])))
        assert charges == {"alb.hour": Decimal("16.4250")}

    def test_zones_not_known_yet_are_not_priced(self) -> None:
        estimate = price(make("lb/loadBalancer:LoadBalancer", subnets=UNKNOWN))
        assert "not known before the deployment" in open_reasons(estimate)["public IPv4 address, per zone"]

    def test_a_network_balancer_is_priced_as_one(self) -> None:
        estimate = price(make("lb/loadBalancer:LoadBalancer", loadBalancerType="network", subnets=["a"]))
        assert fixed(estimate) == {"nlb.hour": Decimal("16.4250"), "ipv4.inuse": Decimal("3.650")}
        assert "nlb.lcu" in {line.key for line in estimate.lines}

    def test_interface_endpoints_are_charged_per_zone(self) -> None:
        endpoint = make("ec2/vpcEndpoint:VpcEndpoint", vpcEndpointType="Interface", subnetIds=["a", "b", "c"])
        assert fixed(price(endpoint)) == {"vpce.interface.hour": Decimal("21.90")}

    def test_gateway_endpoints_are_free_by_the_list(self) -> None:
        estimate = price(make("ec2/vpcEndpoint:VpcEndpoint", "s3"))
        assert (estimate.lines, estimate.unpriced, estimate.free[0].name) == ((), (), "s3")

    def test_an_attached_address_is_charged(self) -> None:
        assert fixed(price(make("ec2/eip:Eip", domain="vpc"))) == {"ipv4.inuse": Decimal("3.650")}

    def test_flow_logs_to_a_bucket_have_no_price_here(self) -> None:
        assert not price(make("ec2/flowLog:FlowLog", logDestinationType="s3")).complete


class TestMonitoring:
    """Alarms and deliveries."""

    @pytest.mark.parametrize(
        ("inputs", "monthly"),
        [
            ({"period": 300}, "0.10"),
            ({"period": 10}, "0.30"),
            ({"metricQueries": [{"expression": "a/b"}, {"metric": {"period": 60}}, {"metric": {"period": 60}}]}, "0.20"),
            ({"metricQueries": [{"metric": {"period": 10}}]}, "0.30"),
        ],
    )
    def test_alarms_are_charged_per_metric(self, inputs: dict[str, Any], monthly: str) -> None:
        estimate = price(make("cloudwatch/metricAlarm:MetricAlarm", **inputs))
        assert estimate.fixed == Decimal(monthly)

    def test_the_ten_free_alarms_are_named_not_deducted(self) -> None:
        alarms = [make("cloudwatch/metricAlarm:MetricAlarm", f"a{i}", period=300) for i in range(12)]
        estimate = price(*alarms)
        assert estimate.fixed == Decimal("1.20")
        assert [tier.allowance for tier in estimate.free_tiers] == ["10 alarms"]

    def test_deliveries_by_text_message_have_no_price(self) -> None:
        assert not price(make("sns/topicSubscription:TopicSubscription", protocol="sms")).complete
        assert price(make("sns/topicSubscription:TopicSubscription", protocol="email")).complete


class TestApplicationAndStorage:
    """Lambda, API Gateway, S3."""

    @pytest.mark.parametrize(("chips", "rate"), [(["arm64"], "0.0000133334"), (None, "0.0000166667")])
    def test_the_processor_decides_the_lambda_rate(self, chips: list[str] | None, rate: str) -> None:
        estimate = price(make("lambda/function:Function", architectures=chips))
        assert Decimal(rate) in {line.unit_price for line in estimate.lines}

    def test_a_stage_costs_only_what_is_switched_on(self) -> None:
        plain = price(make("apigateway/stage:Stage"))
        assert (len(plain.free), plain.lines, plain.complete) == (1, (), True)
        traced = price(make("apigateway/stage:Stage", xrayTracingEnabled=True))
        assert [line.key for line in traced.lines] == ["xray.recorded"]
        cached = price(make("apigateway/stage:Stage", cacheClusterEnabled=True))
        assert fixed(cached) == {"apigw.cache.0.5": Decimal("14.60")}
        assert not price(make("apigateway/stage:Stage", cacheClusterEnabled=True, cacheClusterSize="13.5")).complete

    def test_a_lifecycle_costs_what_its_transitions_cost(self) -> None:
        def rules(*classes: str) -> costs.Estimate:
            transitions = [{"days": 90, "storageClass": name} for name in classes]
            token = "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
            return price(make(token, rules=[{"id": "audit", "transitions": transitions}]))

        assert [line.key for line in rules("GLACIER_IR").lines] == ["s3.gir.storage", "s3.gir.put"]
        assert not rules("DEEP_ARCHIVE").complete
        assert (rules().lines, rules().complete) == ((), True)
