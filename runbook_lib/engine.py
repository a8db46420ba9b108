"""Pulumi, driven through the Automation API with a local program: one code path, two commands.

Which ``pulumi`` runs is the only difference between a rehearsal and the real thing (``EngineKind``). The program is ``stack/`` as
it lies there; the project and the stack configuration are the run's own copies (``workspace``).
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runbook_lib import backends, constraint, policy_packs
from runbook_lib.engine_events import Outcome, Recorder
from runbook_lib.errors import ConstraintError, EngineError, InterruptedRunError, NoPlansError, UsageError
from runbook_lib.plan import Plan
from runbook_lib.redaction import learning, redact, without_password
from runbook_lib.settings import EngineKind, environment, outputs
from runbook_lib.uninterrupted import WORK_VARIABLE, to_its_end

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pulumi.automation import Stack

    from runbook_lib.run import Run

MINIMUM_CLI = (3, 220, 0)
"""The oldest real CLI the runbook is meant for: it streams events over gRPC."""


def command(kind: EngineKind) -> Any:
    """The ``PulumiCommand`` for an engine.

    Raises:
        UsageError: The real CLI is asked for and is not on PATH, or is too old.
    """
    from pulumi.automation import PulumiCommand
    from pulumi.automation.errors import InvalidVersionError
    from semver import VersionInfo

    if kind is EngineKind.EMBEDDED:
        from runbook_lib.rehearsal.engine.version import VERSION

        known = PulumiCommand.__new__(PulumiCommand)  # whose constructor starts the command to ask for its version, each time
        known.command = str(Path(__file__).parent / "rehearsal" / "bin" / "pulumi")
        known.version = VersionInfo.parse(VERSION.removeprefix("v"))
        return known
    try:
        return PulumiCommand(version=VersionInfo(*MINIMUM_CLI))
    except FileNotFoundError as error:
        raise UsageError(
            "The Pulumi CLI is not on PATH.",
            remedy="Install it (https://www.pulumi.com/docs/install/), or rehearse without it: runbook rehearse.",
        ) from error
    except InvalidVersionError as error:
        raise UsageError(f"The Pulumi CLI on PATH does not fit: {error}") from error


class Engine:
    """The stack of one run."""

    def __init__(self, run: Run, progress: Callable[[str], None] = lambda _: None) -> None:
        self._run = run
        self._progress = progress
        self._stack: Stack | None = None

    @property
    def stack(self) -> Stack:
        """The Automation API's stack, selected or created on first use."""
        if self._stack is None:
            from pulumi.automation import LocalWorkspaceOptions, create_or_select_stack

            options = LocalWorkspaceOptions(
                env_vars={
                    "PULUMI_BACKEND_URL": self._backend(),
                    # Plugins are the rehearsal's own, or installed by the user on purpose; never on the fly mid-migration.
                    "PULUMI_SKIP_UPDATE_CHECK": "true",
                    "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
                    "RUNBOOK_PYTHON": sys.executable,
                    "RUNBOOK_BUILD": str(outputs() / ".build"),  # the stack's packages: the checkout may be read-only
                    WORK_VARIABLE: "1",
                    **{name: value for name, value in os.environ.items() if name == "PULUMI_CONFIG_PASSPHRASE"},
                },
                pulumi_command=command(self._run.facts.engine),
                secrets_provider=self._secrets_provider(),
            )
            with _translated("select the stack"):
                self._stack = create_or_select_stack(self._run.facts.environment, work_dir=str(self._run.workspace), opts=options)
                learning.configuration(self._stack, self._run.workspace / f"Pulumi.{self._run.facts.environment}.yaml")
        return self._stack

    def _secrets_provider(self) -> str:
        """A rehearsal has a passphrase of its own, whoever encrypts the secrets of what is rehearsed."""
        facts = self._run.facts
        return backends.PASSPHRASE if facts.rehearsal else backends.secrets_provider(environment(facts.environment))

    def _policy_packs(self) -> list[str]:
        """Those that the environment names, for the command that runs any."""
        if self._run.facts.engine is EngineKind.EMBEDDED:
            return []
        return [str(folder) for folder in policy_packs.named(self._run.facts.environment)]

    def _backend(self) -> str:
        """The backend that the run is on record with; a password in its URL is only in the environment."""
        recorded, given = self._run.facts.backend, os.environ.get("PULUMI_BACKEND_URL", "")
        return given if redact(without_password(given)) == recorded else recorded

    def preview(self, save: Path | None = None) -> Outcome:
        """What an update would do to what there is now; changes nothing, not even Pulumi's state.

        The resources are read first: what was changed outside is planned to be what the program asks for.

        Args:
            save: Where Pulumi shall save its own plan, for ``up``; its secrets are encrypted as those of the state.

        Raises:
            NoPlansError: A plan shall be saved, and the command saves none.
            EngineError: The preview failed.
        """
        recorder = Recorder(self._progress, applies=False)
        packs = self._policy_packs()
        try:
            with _translated("preview", recorder):
                to_its_end(
                    lambda: self.stack.preview(
                        refresh=True, on_event=recorder, plan=str(save) if save else None, policy_packs=packs or None
                    )
                )
        except EngineError:
            if not recorder.refused_by_policy():
                raise
        return recorder.outcome()

    def up(self, plan: Path | None = None, *, refresh: bool = False) -> Outcome:
        """Update the stack.

        Args:
            refresh: Whether to read the resources first; without that what was changed outside stays, and a plan that would mend
                it counts as fulfilled.
            plan: A plan that a preview saved: Pulumi stops where the program asks for something else; what came before has been
                done by then, as the plan has it.

        Raises:
            ConstraintError: The program asked for something else than the plan.
            NoPlansError: The command takes no plans; nothing was done.
            EngineError: The update failed.
        """
        recorder = Recorder(self._progress)
        packs = self._policy_packs()
        with _translated("up", recorder, held=plan is not None):
            saved = str(plan) if plan else None
            result = to_its_end(
                lambda: self.stack.up(
                    refresh=refresh, on_event=recorder, show_secrets=False, plan=saved, policy_packs=packs or None
                )
            )
        return recorder.outcome(outputs={name: output.value for name, output in result.outputs.items() if not output.secret})

    def drift(self) -> Outcome:
        """What a refresh would find changed in the cloud; changes nothing.

        Every resource is announced as a refresh; only what comes of it says ``same``, ``update`` or ``delete``, so that
        is what the outcome's plan holds.
        """
        recorder = Recorder(self._progress, applies=False)
        with _translated("refresh", recorder):
            to_its_end(lambda: self.stack.preview_refresh(on_event=recorder))
        return recorder.outcome().model_copy(update={"plan": Plan.of(recorder.results)})

    def destroy(self) -> Outcome:
        """Delete every resource of the stack; the empty stack stays, with its history."""
        recorder = Recorder(self._progress)
        with _translated("destroy", recorder):
            to_its_end(lambda: self.stack.destroy(on_event=recorder, show_secrets=False))
        return recorder.outcome()

    def resources(self) -> list[dict[str, Any]]:
        """The resources in the stack's state (deployment format 3)."""
        with _translated("export"):
            deployment = self.stack.export_stack().deployment or {}
        return list(deployment.get("resources") or ())

    def retain(self, urn: str) -> None:
        """Have the next deletion of a resource leave what it stands for as it is: only Pulumi's record of it goes."""
        with _translated("import"):
            state = self.stack.export_stack()
            for resource in (state.deployment or {}).get("resources") or ():
                if resource["urn"] == urn:
                    resource["retainOnDelete"] = True
            self.stack.import_stack(state)

    def updates(self) -> int:
        """How many updates, refreshes and destructions the backend has on record for the stack."""
        with _translated("history"):
            return len(self.stack.history(show_secrets=False))

    def version(self) -> str:
        """The version the ``pulumi`` command states."""
        return str(self.stack.workspace.pulumi_version)


@contextmanager
def _translated(what: str, recorder: Recorder | None = None, *, held: bool = False) -> Iterator[None]:
    """Turn the Automation API's errors, which carry a whole transcript, into one that says what failed and what was done.

    Args:
        what: The operation.
        recorder: What Pulumi reported meanwhile; where it reported no error, its transcript's end has to do.
        held: Whether it was held to a saved plan.
    """
    from pulumi.automation.errors import CommandError, ConcurrentUpdateError

    try:
        yield
    except KeyboardInterrupt as error:
        raise InterruptedRunError(
            f"pulumi {what} was interrupted; {recorder.told_to_stop() if recorder else 'it only read'}.",
            remedy="Run the step again: it goes on from there." if recorder and recorder.applies else "Run the step again.",
            evidence=recorder.evidence() if recorder else None,
        ) from error
    except ConcurrentUpdateError as error:
        raise EngineError(
            f"pulumi {what}: the stack is locked by another update.",
            remedy="Wait for it; if nothing runs any more, pulumi cancel clears the lock.",
        ) from error
    except CommandError as error:
        refusing = (
            [f"{each.pack}, {each.policy}: {each.message}" for each in recorder.violations if each.binding] if recorder else []
        )
        said = "\n".join(dict.fromkeys([*recorder.errors, *refusing] if recorder else ())) or _end(str(error))
        evidence = recorder.evidence() if recorder else None
        # It refuses a flag before it does anything: whoever says so later is the program, or another command that it runs.
        if not (recorder and recorder.heard) and constraint.unknown_flag(str(error)):
            raise NoPlansError(f"pulumi {what}: this command takes no saved plans.") from error
        if held and recorder and (refused := constraint.refusals(recorder.errors)):
            # Not from the command's own error: that shows secrets that differ, in clear.
            message = f"pulumi {what}: the program asks for something else than the saved plan: {redact('; '.join(refused))}"
            raise ConstraintError(message, refused=refused, outcome=recorder.outcome(), evidence=evidence) from None
        raise EngineError(f"pulumi {what} failed:\n{redact(said)}", evidence=evidence) from error


def _end(transcript: str) -> str:
    return "\n".join(line for line in transcript.splitlines() if line.strip()).strip()[-2000:]
