"""The stack, deployed once per test session into a rehearsal world of its own."""

from __future__ import annotations

import contextlib
import json
import os
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pg8000.native import Connection

from runbook_lib import days, operations, settings, steps
from runbook_lib.aws import Aws, Target
from runbook_lib.engine import Engine
from runbook_lib.outputs import StackOutputs
from runbook_lib.rehearsal import database
from runbook_lib.rehearsal import world as worlds
from runbook_lib.results import now
from runbook_lib.run import Run
from runbook_lib.settings import EngineKind
from runbook_lib.snapshot.drift import Drift

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from runbook_lib.rehearsal.world import World

ENVIRONMENT = "staging"
STEPS = {"01_version_discovery": steps.version_discovery, "02_plan": steps.plan, "03_deploy": steps.deploy}


@dataclass(frozen=True)
class Deployed:
    """A live stack, and what it takes to reach it."""

    world: World
    directory: Path
    run: Run
    aws: Aws
    outputs: StackOutputs

    @contextlib.contextmanager
    def environment(self, **variables: str) -> Iterator[None]:
        """The environment variables under which everything reaches this world, with ``variables`` on top."""
        here = {**os.environ, settings.OUTPUTS_VARIABLE: str(self.directory / "outputs"), **variables}
        with replaced(here), operations.rehearsing(self.world, self.directory):
            yield

    @property
    def day(self) -> date:
        """The day that judgements about it are for."""
        return days.of(self.aws, now()).judged

    def drift(self) -> Drift:
        """What the engine finds changed since the deployment."""
        with self.environment():
            return Drift.of(Engine(self.run).drift().plan)

    def sql(self, statement: str) -> list[list[Any]]:
        """One statement as the database's master user, whose password the secret tells."""
        outputs = self.outputs
        found = self.aws.client("secretsmanager").get_secret_value(SecretId=outputs.master_secret_arn)["SecretString"]
        secret, (host, _, port) = json.loads(found), outputs.rds_endpoint.rpartition(":")
        connection = Connection(
            secret["username"], password=secret["password"], host=host, port=int(port), database="payments",
            ssl_context=ssl.create_default_context(cafile=self.world.env[database.CA_VARIABLE]),
        )  # fmt: skip
        with contextlib.closing(connection):
            return list(connection.run(statement) or ())

    def second_run(self) -> Run:
        """Another run over the same stack, for previews of a changed program."""
        facts = self.run.facts
        return Run.create(
            **facts.model_dump(include={"environment", "rehearsal", "world", "caller", "engine", "backend", "parameters"}),
            reason="a mutated program",
            target=facts.target,
        )


@contextlib.contextmanager
def replaced(variables: Mapping[str, str]) -> Iterator[None]:
    """``os.environ`` is ``variables`` meanwhile."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextlib.contextmanager
def deployed(directory: Path) -> Iterator[Deployed]:
    """Run the steps up to 03_deploy as a notebook would; the world ends with the session, whatever becomes of it."""
    environment = settings.environment(ENVIRONMENT)
    with worlds.start(directory / "world", region=environment.region) as world:
        target = Target(region=environment.region, endpoint=world.endpoint)
        with replaced({**os.environ, settings.OUTPUTS_VARIABLE: str(directory / "outputs")}):
            (directory / "state").mkdir()
            run = Run.create(
                environment=ENVIRONMENT, rehearsal=True, reason="integration tests", engine=EngineKind.EMBEDDED,
                caller="arn:aws:iam::000000000000:root", target=target, world=world.state.name, parameters={},
                backend=f"file://{directory / 'state'}",
            )  # fmt: skip
            with operations.rehearsing(world, directory):
                for name, step in STEPS.items():
                    step(environment=ENVIRONMENT, run=run.facts.run, **environment.steps.get(name, {})).gate()
            outputs = StackOutputs.parse(run.passed("03_deploy").data["outputs"])
        yield Deployed(world, directory, run, Aws(target), outputs)
