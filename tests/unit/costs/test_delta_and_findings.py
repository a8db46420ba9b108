"""Comparing two estimates, and judging one."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from unit.costs.planned import BASELINE, TODAY, database, make, price

from runbook_lib import costs
from runbook_lib.costs.findings import percent
from runbook_lib.results import Status, verdict


def statuses(estimate: costs.Estimate, budget: str = "300.00", **options: Any) -> dict[str, str]:
    return {f.check: f.status.value for f in costs.findings(estimate, budget=Decimal(budget), **options)}


class TestDiff:
    """Charge by charge, over what is fixed or provisioned."""

    def test_equal_estimates_do_not_differ(self) -> None:
        delta = price(*BASELINE).compare(price(*BASELINE))
        assert (delta.same, delta.delta, delta.changes) == (True, 0, ())

    def test_added_removed_and_changed_charges(self) -> None:
        after = [r for r in BASELINE if r.name not in {"nat-c", "db"}]
        after += [database(allocatedStorage=40), make("cloudwatch/dashboard:Dashboard", "board")]
        delta = costs.diff(price(*BASELINE), price(*after))
        found = {(c.sign, c.resource, c.what, c.delta) for c in delta.changes}
        assert found == {
            ("-", "nat-c", "NAT gateway", Decimal("-32.850")),
            ("-", "nat-c", "public IPv4 address", Decimal("-3.650")),
            ("~", "db", "gp3 storage, Multi-AZ", Decimal("4.60")),
            ("+", "board", "dashboard", Decimal("3.00")),
        }
        assert delta.delta == Decimal("-28.900")
        assert delta.summary() == "-$28.90 a month ($248.73 -> $219.83), 4 charges differ"
        assert list(delta.frame().iloc[-1]) == ["", "TOTAL", "", "$248.73", "$219.83", "-$28.90"]

    def test_a_new_charge_without_a_price_is_no_saving(self) -> None:
        fleet = make("gamelift/fleet:Fleet", "fleet")
        delta = price(*BASELINE).compare(price(*BASELINE, fleet))
        assert (delta.same, delta.delta, len(delta.newly_unpriced)) == (False, 0, 1)
        assert "newly not priced" in delta.summary()

    def test_a_charge_without_a_price_that_goes_is_a_difference(self) -> None:
        fleet = make("gamelift/fleet:Fleet", "fleet")
        delta = price(*BASELINE, fleet).compare(price(*BASELINE))
        assert (delta.same, delta.changes, len(delta.no_longer_unpriced)) == (False, (), 1)
        assert "not priced and gone: aws:gamelift/fleet:Fleet fleet" in delta.summary()


class TestFindings:
    """Within budget, complete, fresh."""

    def test_a_complete_stack_within_its_budget_passes(self) -> None:
        found = costs.findings(price(*BASELINE), budget=Decimal("300.00"))
        assert verdict(found) is Status.PASS
        assert "$51.27 left" in found[0].message

    def test_one_cent_over_the_budget_fails(self) -> None:
        assert statuses(price(*BASELINE), "248.72")["cost_within_budget"] == "FAIL"
        assert statuses(price(*BASELINE), "248.73")["cost_within_budget"] == "PASS"

    def test_expected_usage_counts_once_it_is_assumed(self) -> None:
        usage = costs.UsageAssumptions.model_validate({"nat_gb": 2000})
        assert statuses(price(*BASELINE, usage=usage))["cost_within_budget"] == "FAIL"

    def test_what_has_no_price_leaves_the_budget_unknown(self) -> None:
        found = statuses(price(*BASELINE, make("gamelift/fleet:Fleet", "fleet")))
        assert (found["cost_within_budget"], found["cost_complete"]) == ("UNKNOWN", "UNKNOWN")

    def test_a_budget_broken_by_what_is_priced_fails_all_the_same(self) -> None:
        found = statuses(price(*BASELINE, make("gamelift/fleet:Fleet")), "100.00")
        assert found["cost_within_budget"] == "FAIL"

    def test_no_resources_is_no_pass(self) -> None:
        assert statuses(price())["cost_complete"] == "FAIL"

    @pytest.mark.parametrize(("strict", "status"), [(False, "PASS"), (True, "FAIL")])
    def test_old_prices_are_named_and_fail_only_when_strict(self, *, strict: bool, status: str) -> None:
        estimate = price(make("kms/key:Key"))  # kms.key is of 2025-08-28
        finding = costs.findings(estimate, budget=Decimal(9), strict=strict)[2]
        assert (finding.check, finding.status.value) == ("price_list_fresh", status)
        assert f"older than 90 days or undated on {TODAY}: kms.key. 100 % of this total rests on them." in finding.message
        assert finding.remedy == ("Ask AWS itself: runbook prices refresh --region us-east-1." if strict else "")

    @pytest.mark.parametrize(("limit", "status"), [("1", "PASS"), ("0.43", "PASS"), ("0.42", "FAIL"), ("0", "FAIL")])
    def test_what_rests_on_single_sources_is_told_by_its_share(self, limit: str, status: str) -> None:
        """105.85 of 248.725 rest on the price of the database: 42.56 %."""
        finding = costs.findings(price(*BASELINE), budget=Decimal(300), unconfirmed_limit=Decimal(limit))[3]
        assert (finding.check, finding.status.value) == ("prices_confirmed", status)
        assert "43 % of this total rests on one unconfirmed price" in finding.message
        assert "rds.pg.db.t3.medium.multi" in finding.message

    def test_a_share_is_of_all_that_is_summed_up(self) -> None:
        """With usage as expected: 105.85 of 248.725 + 90.00."""
        usage = costs.UsageAssumptions.model_validate({"nat_gb": 2000})
        message = costs.findings(price(*BASELINE, usage=usage), budget=Decimal(900))[3].message
        assert "31 % of this total rests on one unconfirmed price" in message

    def test_shares_are_never_rounded_to_nothing_nor_to_all(self) -> None:
        told = [percent(Decimal(share)) for share in ("0", "0.001", "0.41", "0.999", "1")]
        assert told == ["0 %", "less than 1 %", "41 %", "more than 99 %", "100 %"]

    def test_what_todays_date_gives_is_a_warning_and_no_verdict(self) -> None:
        """PostgreSQL 14 with Extended Support left on, half a year after its standard support ended."""
        old = database(engineLifecycleSupport="open-source-rds-extended-support")
        then, now = price(old, today=date(2026, 10, 20)), price(old, today=date(2027, 9, 1))
        dearer, aged = costs.warnings(then, now, budget=then.total)
        assert dearer.startswith("On today's date, 2027-09-01, which no verdict here is for: the stack costs $")
        assert dearer.endswith("$292.00 more and $292.00 over budget.")
        assert "are older than 90 days or undated on 2027-09-01" in aged
        assert costs.warnings(then, then, budget=then.total) == ()
        assert costs.findings(then, budget=then.total)[0].status.value == "PASS"

    @pytest.mark.parametrize(("day", "old"), [(89, 0), (90, 0), (91, 1)])
    def test_a_price_is_stale_from_the_91st_day(self, day: int, old: int) -> None:
        published = date(2025, 8, 28)
        estimate = price(make("kms/key:Key"), today=published + timedelta(days=day))
        assert len(estimate.stale(after_days=90)) == old

    def test_another_region_is_unknown_throughout(self) -> None:
        assert set(statuses(price(*BASELINE, region="eu-west-1")).values()) == {"UNKNOWN"}
