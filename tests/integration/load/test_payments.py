"""Many payments at once: exactly the expected rows and audit objects, whatever the database does meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from integration.load.clients import DECIDED, Crowd, Load, payments_and_others
from integration.load.records import ROWS, Records

from runbook_lib.rehearsal import database
from runbook_lib.snapshot.probe import Bench

if TYPE_CHECKING:
    from collections.abc import Iterator

    from integration.mutations.deployment import Deployed

ENVIRONMENTS = 8
"""Reserved concurrency meanwhile: two cores run no more, and what comes beyond is answered 503, as in production."""
HALF_WAY = 60
"""Accepted payments after which the database is restarted."""


@pytest.fixture
def bench(deployed: Deployed) -> Iterator[Bench]:
    """Sends payments to a function with a limit; the rows are removed in the end."""
    found = Bench(deployed.aws, deployed.outputs)
    assert found.key  # asked for once, before clients do so at the same time
    function = {"FunctionName": deployed.outputs.payments_function_name}
    found.ask_schema(action="forget_test_payments")
    deployed.aws.client("lambda").put_function_concurrency(ReservedConcurrentExecutions=ENVIRONMENTS, **function)
    yield found
    deployed.aws.client("lambda").delete_function_concurrency(**function)
    found.ask_schema(action="forget_test_payments")
    assert deployed.sql(ROWS) == []


@pytest.fixture
def load() -> Load:
    """200 requests in random order, 10 % of them repeated and 10 % malformed."""
    return payments_and_others(200)


@pytest.fixture
def records(deployed: Deployed, bench: Bench, load: Load) -> Iterator[Records]:
    """What is on record about this load; its audit objects are deleted in the end."""
    yield Records(deployed, bench)
    assert bench.forget_audit(*load.payments) == ()


def test_many_payments_at_once(bench: Bench, load: Load, records: Records) -> None:
    crowd = Crowd(bench, load)
    crowd.send()
    crowd.assert_decided()
    records.assert_exactly(crowd.decided())


def test_the_database_restarts_half_way(
    deployed: Deployed, bench: Bench, load: Load, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(database.VARIABLE, deployed.world.env[database.VARIABLE])
    crowd = Crowd(bench, load)

    def restart() -> None:
        assert crowd.wait(lambda: crowd.count(201) >= HALF_WAY), "the load never got half-way"
        database.stop(deployed.outputs.rds_identifier)
        try:
            assert crowd.wait(crowd.felt_the_outage), "nobody noticed that the database was gone"
            at_least = crowd.count(*DECIDED)
        finally:
            database.start(deployed.outputs.rds_identifier)
        assert at_least < len(load.requests)

    crowd.send(meanwhile=restart)
    crowd.assert_decided()
    records.assert_exactly(crowd.decided())
