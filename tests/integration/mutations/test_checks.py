"""Every live check fails when what it looks at breaks in the emulated AWS, and passes again when that is mended."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from integration.mutations import (
    mutations_api,
    mutations_balancer,
    mutations_behaviour,
    mutations_database,
    mutations_drills,
    mutations_functions,
    mutations_monitoring,
    mutations_network,
    mutations_storage,
)
from integration.mutations.live import Live, Mutation, failing
from integration.mutations.not_live import NOT_LIVE

from runbook_lib import snapshot
from runbook_lib.checks.registry import CHECKS
from runbook_lib.results import Status
from runbook_lib.snapshot import collect, probe
from runbook_lib.snapshot.drift import Drift

if TYPE_CHECKING:
    from integration.mutations.deployment import Deployed

MUTATIONS = (
    *mutations_api.ROWS,
    *mutations_balancer.ROWS,
    *mutations_behaviour.ROWS,
    *mutations_database.ROWS,
    *mutations_functions.ROWS,
    *mutations_monitoring.ROWS,
    *mutations_network.ROWS,
    *mutations_storage.ROWS,
    *mutations_drills.ROWS,
)


@pytest.fixture(scope="module")
def whole(deployed: Deployed) -> Live:
    """The system as deployed, read once; one that is ill to begin with shows nothing about breaks."""
    healthy = snapshot.take(deployed.aws, deployed.outputs, drills=True, drift=deployed.drift, day=deployed.day)
    assert failing(healthy) == {}
    return Live(deployed, healthy, deployed.outputs)


@pytest.fixture
def live(whole: Live, monkeypatch: pytest.MonkeyPatch) -> Live:
    """The same for each mutation, which may pretend other outputs.

    A log line that never comes is given up early.
    """
    monkeypatch.setattr(probe, "_LOG_DEADLINE_SECONDS", 3.0)
    return replace(whole)


def test_every_check_has_a_mutation() -> None:
    rows = [mutation.check for mutation in MUTATIONS]
    assert sorted({*rows, *NOT_LIVE}) == sorted(CHECKS.rules())
    assert not {*rows} & {*NOT_LIVE}


def test_what_else_may_notice_is_a_check() -> None:
    named = {check: reason for mutation in MUTATIONS for check, reason in mutation.also.items()}
    assert named.keys() <= CHECKS.rules().keys()
    assert all(named.values())


def test_the_deployed_system_passes(whole: Live) -> None:
    assert len(whole.healthy.parts) == len({*collect.collectors(), Drift})
    assert list(whole.healthy.unreadable()) == []


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.check)
def test_a_break_fails_exactly_its_check(live: Live, mutation: Mutation) -> None:
    mend = mutation.break_(live)
    try:
        broken = failing(live.read(mutation.parts))
    finally:
        mend()
    assert broken.keys() == {mutation.check, *mutation.also}, [f.message for found in broken.values() for f in found]
    findings = [finding for found in broken.values() for finding in found]
    assert {finding.status for finding in findings} == {Status.FAIL}, [finding.message for finding in findings]
    assert all(finding.resource and finding.remedy for finding in findings)
    assert any(mutation.says in finding.message for finding in broken[mutation.check]), broken[mutation.check]
    assert failing(live.read(mutation.parts)) == {}
