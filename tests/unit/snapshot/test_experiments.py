from __future__ import annotations

import itertools
import time
from contextlib import nullcontext
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import EndpointConnectionError
from unit.checks.healthy_outputs import OUTPUTS
from unit.snapshot.stand_in import ACCESS_LOG, EXECUTION_LOG, FUNCTION_LOG, REQUEST_ID, StandIn

from runbook_lib.snapshot import Unreadable, collect, probe
from runbook_lib.snapshot.drill import MARK, suffer
from runbook_lib.snapshot.drill_outages import AuditStoreOutage, secret_outage
from runbook_lib.snapshot.probe import Bench
from runbook_lib.snapshot.probe_payment import balancer_trial, payment_trial
from runbook_lib.snapshot.probe_refusals import card_trial, refusals

if TYPE_CHECKING:
    from collections.abc import Callable

READ_LATER = {"payment": payment_trial, "refusals": refusals, "card": card_trial}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody really waits."""
    monkeypatch.setattr(probe, "_LOG_DEADLINE_SECONDS", 0.05)
    monkeypatch.setattr(time, "sleep", lambda _: None)


class TestTidying:
    """No test payment's audit object outlives its experiment."""

    @pytest.mark.parametrize("read", READ_LATER.values(), ids=READ_LATER)
    def test_a_search_that_fails_leaves_nothing_behind(self, read: Callable[..., object]) -> None:
        def refuse() -> str:
            raise EndpointConnectionError(endpoint_url="http://logs")

        world = StandIn()
        world.logs[FUNCTION_LOG].append(refuse)
        found = collect._attempt(read, world.aws, OUTPUTS)
        assert isinstance(found, Unreadable)
        assert "EndpointConnectionError" in found.error
        assert "answers until then: [201" in found.error
        assert "left behind: none" in found.error
        assert world.audited == []

    def test_a_load_balancer_that_dies_half_way_leaves_nothing_behind(self) -> None:
        world, statuses = StandIn(), iter([201])
        world.status = lambda: next(statuses)
        found = collect._attempt(balancer_trial, world.aws, OUTPUTS)
        assert isinstance(found, Unreadable)
        assert world.audited == []

    def test_a_removal_that_fails_costs_no_evidence(self) -> None:
        def refuse(**_: Any) -> None:
            raise EndpointConnectionError(endpoint_url="http://s3")

        world = StandIn()
        world.clients["s3"].delete_objects = refuse
        found = payment_trial(world.aws, OUTPUTS)
        assert found.accepted.status == 201
        assert len(found.left_behind) == 2
        assert "http://s3" in found.left_behind[0]

    def test_every_payment_of_a_drill_is_forgotten_if_it_fails(self) -> None:
        world, statuses = StandIn(), iter([201, 201, 503, 201])
        world.status = lambda: next(statuses)

        def restored() -> bool:
            raise RuntimeError("who knows")

        with pytest.raises(RuntimeError) as caught:
            suffer(
                AuditStoreOutage, Bench(world.aws, OUTPUTS), "bucket", "AuditStoreUnavailable",
                away=nullcontext(), restored=restored,
            )  # fmt: skip
        assert "answers until then: [201, 201, 503, 201]" in caught.value.__notes__[0]
        assert world.audited == []


class TestCardNumber:
    """A log is searched once it has arrived."""

    def on_aws(self) -> StandIn:
        world = StandIn(emulated=False)
        world.status = lambda: 422
        return world

    def test_what_arrives_late_is_found(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(probe, "_LOG_DEADLINE_SECONDS", 10.0)
        number = probe.card_number()
        monkeypatch.setattr("runbook_lib.snapshot.probe_refusals.card_number", lambda: number)
        world, searches = self.on_aws(), itertools.count()
        late = f"({REQUEST_ID}) Method completed with status: 422, body {number}"
        world.logs[EXECUTION_LOG] += [lambda: f"({REQUEST_ID}) Starting", lambda: late if next(searches) > 2 else ""]
        world.logs[ACCESS_LOG].append(lambda: f'{{"request_id": "{REQUEST_ID}"}}')
        found = card_trial(world.aws, OUTPUTS)
        assert found.found_in == (EXECUTION_LOG,)
        assert set(found.searched) == {FUNCTION_LOG, EXECUTION_LOG, ACCESS_LOG}
        assert found.silent == ()

    def test_a_log_that_does_not_arrive_is_named(self) -> None:
        world = self.on_aws()
        world.logs[EXECUTION_LOG].append(lambda: f"({REQUEST_ID}) Starting")
        found = card_trial(world.aws, OUTPUTS)
        assert found.searched == (FUNCTION_LOG,)
        assert set(found.silent) == {EXECUTION_LOG, ACCESS_LOG}

    def test_a_log_that_the_request_never_reaches_is_no_evidence(self) -> None:
        """But what is found there is."""
        found = card_trial(StandIn().aws, OUTPUTS)
        assert (found.searched, found.silent) == ((FUNCTION_LOG,), ())
        told = StandIn()
        told.logs[OUTPUTS.log_group_names[1]].append(lambda: sent_note(told))
        assert card_trial(told.aws, OUTPUTS).found_in == (OUTPUTS.log_group_names[1],)


def sent_note(world: StandIn) -> str:
    """What the last request said."""
    return world.requests[-1].content.decode()


class TestSecretOutage:
    """A denial takes its time."""

    def test_environments_are_replaced_until_the_denial_holds(self) -> None:
        """Each reads the secret when it starts, and keeps it: of one that started too early every payment is accepted."""
        world, policies, texts = StandIn(), list[str](), ["Pays"]
        restarts = itertools.count()
        kept = {"secret": True}

        def update(Description: str, **_: Any) -> None:  # noqa: N803 - AWS's name
            assert Description != texts[-1], "that changes nothing, and so replaces nothing"
            texts.append(Description)
            kept["secret"] = next(restarts) < 2 or not policies

        configured = {"LastUpdateStatus": "Successful", "Timeout": 20}
        world.clients["lambda"] = SimpleNamespace(
            get_function_configuration=lambda **_: {**configured, "Description": texts[-1]},
            update_function_configuration=update,
        )
        world.clients["iam"] = SimpleNamespace(
            put_role_policy=lambda PolicyName, **_: policies.append(PolicyName),  # noqa: N803 - AWS's name
            delete_role_policy=lambda PolicyName, **_: policies.remove(PolicyName),  # noqa: N803 - AWS's name
            list_role_policies=lambda **_: {"PolicyNames": list(policies)},
        )
        # A function that cannot read it now tries again with the next request.
        world.status = lambda: 201 if kept["secret"] or not policies else 503
        found = secret_outage(world.aws, OUTPUTS)
        assert found.refused.status == 503
        assert found.completed.status == 201
        assert [text.partition(MARK)[0] for text in texts] == ["Pays"] * 5
        assert (texts[-1], policies, world.audited) == ("Pays", [], [])
