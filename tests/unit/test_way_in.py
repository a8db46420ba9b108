"""Where a step goes is decided in one place; what does not fit is refused before anything is asked or changed."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from runbook_lib import by_hand, kept, settings, way_in
from runbook_lib.aws import Aws, Target
from runbook_lib.errors import UsageError
from runbook_lib.rehearsal import world as worlds
from runbook_lib.run import Run
from runbook_lib.settings import EngineKind

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNT = "123456789012"
REGION = "us-east-1"
AWS = Target(region=REGION, account=ACCOUNT)
ENDPOINT = "http://127.0.0.1:4566"
WORLD = "0123456789abcdef"
STAGING = settings.environment("staging")


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Target]:
    """AWS as it answers who asks; gives the targets that were asked."""
    monkeypatch.setenv(settings.OUTPUTS_VARIABLE, str(tmp_path))
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "a-passphrase-for-this-test")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    asked: list[Target] = []

    def identity(aws: Aws) -> str:
        asked.append(aws.target)
        return f"arn:aws:iam::{'000000000000' if aws.target.emulated else ACCOUNT}:user/ada"

    monkeypatch.setattr(Aws, "identity", identity)
    return asked


def run(**facts: Any) -> Run:
    return Run.create(
        **{
            "environment": "staging", "rehearsal": False, "reason": "test", "caller": "nobody", "backend": "file:///x",
            "engine": EngineKind.PULUMI, "target": AWS, "parameters": {},
            "world": "another" if facts.get("rehearsal") else "", **facts,
        }
    )  # fmt: skip


@pytest.fixture
def a_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> worlds.World:
    """A rehearsal that is being kept, as far as its state file goes."""
    file = tmp_path / ".rehearsal" / kept.KEPT / kept.STATE
    file.parent.mkdir(parents=True)
    started = datetime.now(UTC).replace(microsecond=0)
    env = {"AWS_ENDPOINT_URL": ENDPOINT, "AWS_ACCESS_KEY_ID": "test"}
    state = worlds.State(pid=os.getpid(), file=file, started=started, endpoint=ENDPOINT, env=env, name=WORLD)
    file.write_text(state.model_dump_json())
    monkeypatch.setattr(worlds, "_process", lambda found: found)
    return worlds.World(state, None)


def rehearsal(**facts: Any) -> Run:
    target = Target(region=REGION, endpoint=ENDPOINT, account="000000000000")
    return run(rehearsal=True, engine=EngineKind.EMBEDDED, target=target, **{"world": WORLD, **facts})


def resolved(**asked: Any) -> way_in.Place:
    with way_in.resolved(STAGING, **asked) as found:
        return found


class TestAws:
    def test_target_is_resolved_once_and_told(self, place: list[Target]) -> None:
        with way_in.resolved(STAGING) as found:
            assert found.target == AWS
            assert found.line == f"staging · account {ACCOUNT} · us-east-1 · AWS"
        assert len(place) == 1

    @pytest.mark.parametrize("rehearsal", [None, False])
    def test_an_endpoint_that_is_not_aws_is_refused_before_it_is_asked(
        self, place: list[Target], rehearsal: object, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL", ENDPOINT)
        with pytest.raises(UsageError, match=r"AWS_ENDPOINT_URL says .* not AWS"):
            resolved(rehearsal=rehearsal)
        assert place == []

    def test_a_passphrase_is_needed_to_work_and_not_to_look(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE")
        with pytest.raises(UsageError, match="No passphrase"):
            resolved()
        with way_in.resolved(STAGING, to_look=True) as found:
            assert found.target == AWS

    def test_a_run_is_gone_on_with_where_it_was_made(self) -> None:
        with way_in.resolved(STAGING, run=run().facts.run) as found:
            assert found.run is not None

    @pytest.mark.parametrize(
        ("facts", "said"),
        [
            ({"environment": "production"}, "is of production, not of staging"),
            ({"target": Target(region=REGION, account="999999999999")}, "is of staging · account 999999999999"),
            ({"target": Target(region=REGION), "caller": "arn:aws:iam::999999999999:root"}, "this would go to staging"),
            ({"target": Target(region="eu-west-1", account=ACCOUNT)}, "eu-west-1"),
        ],
    )
    def test_and_nowhere_else(self, facts: dict[str, Any], said: str) -> None:
        with pytest.raises(UsageError, match=said):
            resolved(run=run(**facts).facts.run)

    def test_a_rehearsals_run_is_none_of_aws(self, a_world: worlds.World) -> None:
        """Where a step says that it goes to AWS, a kept rehearsal is not reached by naming its run."""
        assert a_world
        with pytest.raises(UsageError, match="is a rehearsal of staging, and this goes to AWS") as caught:
            resolved(run=rehearsal().facts.run, rehearsal=False)
        assert kept.VARIABLE in caught.value.remedy

    def test_an_account_is_locked_per_environment_region_and_suffix(self) -> None:
        with way_in.resolved(STAGING) as found:
            assert found.lock().stack == f"staging-{ACCOUNT}-us-east-1-demo"

    def test_by_hand_a_run_is_joined_or_begun(self) -> None:
        with way_in.resolved(STAGING) as found:
            begun = by_hand.run_for(found)
            assert begun.facts.reason == by_hand.REASON
            assert begun.facts.target == AWS
            assert by_hand.run_for(found).facts == begun.facts
            begun.ledger.append("run.stopped")
            assert by_hand.run_for(found).facts.run != begun.facts.run


class TestRehearsal:
    @pytest.fixture(params=["parameter", "variable"])
    def ask(self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, a_world: worlds.World) -> dict[str, bool]:
        if request.param == "parameter":
            return {"rehearsal": True}
        monkeypatch.setenv(kept.VARIABLE, str(a_world.state.file))
        return {"rehearsal": False}

    def test_is_reached_on_purpose(self, ask: dict[str, bool]) -> None:
        with way_in.resolved(STAGING, **ask) as found:
            assert found.line == f"staging · account 000000000000 · us-east-1 · REHEARSAL at {ENDPOINT}"
            assert os.environ["AWS_ENDPOINT_URL"] == ENDPOINT
        assert "AWS_ENDPOINT_URL" not in os.environ

    def test_never_by_accident(self, a_world: worlds.World) -> None:
        assert a_world
        with way_in.resolved(STAGING) as found:
            assert not found.target.emulated

    def test_once_gone_is_not_aws(self, ask: dict[str, bool], a_world: worlds.World, place: list[Target]) -> None:
        a_world.state.file.unlink()
        with pytest.raises(UsageError, match=r"gone|No rehearsal is being kept"):
            resolved(**ask)
        assert place == []

    def test_the_command_line_goes_where_the_run_was_made(self, a_world: worlds.World) -> None:
        with way_in.resolved(STAGING, run=rehearsal().facts.run) as found:
            assert found.world is not None
            assert found.world.state == a_world.state

    def test_or_says_that_it_is_gone(self, a_world: worlds.World, place: list[Target]) -> None:
        name = rehearsal().facts.run
        a_world.state.file.unlink()
        with (
            pytest.raises(UsageError, match="is a rehearsal, and the emulated AWS it was made in"),
            way_in.resolved(STAGING, run=name),
        ):
            pass
        assert place == []

    def test_an_address_that_is_used_again_is_not_the_same_world(self, a_world: worlds.World) -> None:
        found = rehearsal()
        assert kept.holds(a_world, found)
        later = a_world.state.model_copy(update={"name": "another"})
        assert not kept.holds(worlds.World(later, None), found)
        nameless = a_world.state.model_copy(update={"name": ""})
        unnamed = Run(found.directory, found.facts.model_copy(update={"world": ""}))  # of before rehearsals had names
        assert not kept.holds(worlds.World(nameless, None), unnamed)

    def test_a_clock_that_is_set_back_changes_no_world(self, a_world: worlds.World) -> None:
        later = a_world.state.model_copy(update={"started": datetime.now(UTC) + timedelta(hours=1)})
        a_world.state.file.write_text(later.model_dump_json())
        with way_in.resolved(STAGING, run=rehearsal().facts.run) as found:
            assert found.world is not None
        with way_in.resolved(STAGING, rehearsal=True) as found:
            assert by_hand.begin(found, "again", {}).facts.world == WORLD

    def test_another_rehearsals_run_is_refused(self, ask: dict[str, bool]) -> None:
        stranger = rehearsal().facts.model_copy(update={"target": Target(region=REGION, endpoint="http://127.0.0.1:1")})
        found = run(rehearsal=True, target=stranger.target, engine=EngineKind.EMBEDDED)
        with pytest.raises(UsageError, match="does not belong to the rehearsal at"):
            resolved(run=found.facts.run, rehearsal=ask["rehearsal"] or None, world=kept.kept_world())

    def test_by_hand_it_is_the_run_that_was_deployed_there_though_it_ended(self, a_world: worlds.World) -> None:
        assert a_world
        deployed = rehearsal()
        deployed.ledger.append("run.finished")
        with way_in.resolved(STAGING, rehearsal=True) as found:
            assert by_hand.run_for(found).facts == deployed.facts

    def test_by_hand_another_environments_run_there_is_not_joined(self, a_world: worlds.World) -> None:
        assert a_world
        rehearsal(environment="production")
        with way_in.resolved(STAGING, rehearsal=True) as found:
            assert by_hand.run_for(found).facts.environment == "staging"

    def test_a_new_run_there_has_the_state_of_the_one_before(self, a_world: worlds.World) -> None:
        assert a_world
        before = rehearsal(backend="file:///state")
        with way_in.resolved(STAGING, rehearsal=True) as found:
            made = by_hand.begin(found, "again", {})
        assert (made.facts.backend, made.facts.engine, made.facts.rehearsal) == ("file:///state", before.facts.engine, True)
