"""Default providers: what serves a resource or function whose program names no provider."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from runbook_lib.rehearsal.engine.errors import EngineError
from runbook_lib.rehearsal.engine.goal import Goal
from runbook_lib.rehearsal.engine.registry import INTERNAL
from runbook_lib.rehearsal.engine.run import StepFailedError, Stopped
from runbook_lib.rehearsal.engine.urn import make_urn
from runbook_lib.rehearsal.engine.values import Properties
from runbook_lib.rehearsal.values import Secret

if TYPE_CHECKING:
    from collections.abc import Callable

    from runbook_lib.rehearsal.engine.run import Run
    from runbook_lib.rehearsal.engine.state import Resource

VERSION = "version"
NAME_CHARACTERS = str.maketrans(".-+", "___")


def with_version(inputs: Properties, version: str) -> Properties:
    """A provider's inputs with the version of its package, as the real engine records it."""
    return {**inputs, INTERNAL: {}, VERSION: version} if version and VERSION not in inputs else inputs


class DefaultProviders:
    """Makes one provider for each package and version, configured from the stack's configuration.

    Args:
        run: The running operation.
        register: Registers a resource.
    """

    def __init__(self, run: Run, register: Callable[[Goal], Resource]) -> None:
        self._run = run
        self._register = register
        self._lock = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._references: dict[str, str] = {}

    def reference(self, package: str, version: str) -> str:
        """The reference of a package's default provider, which is registered on first use."""
        key = f"{package}@{version}"
        with self._lock:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            if key not in self._references:
                provider = self._made(self._goal(package, version))
                self._references[key] = f"{provider.urn}::{provider.id}"
            return self._references[key]

    def _made(self, goal: Goal) -> Resource:
        """Register a default provider: where it cannot be had, the run has failed, whoever asked for it and caught that."""
        try:
            return self._register(goal)
        except EngineError as error:
            if self._run.stopping.is_set():  # its plugin was ended while it started
                raise Stopped from error
            urn = make_urn(stack=self._run.stack, project=self._run.project.name, parent="", kind=goal.type, name=goal.name)
            self._run.refuse(str(error), urn)
            raise StepFailedError(urn) from error

    def _goal(self, package: str, version: str) -> Goal:
        inputs = {
            key.partition(":")[2]: Secret(value.text) if value.secret else value.text
            for key, value in self._run.config.items()
            if key.partition(":")[0] == package
        }
        return Goal(
            type=f"pulumi:providers:{package}",
            name=f"default_{version.translate(NAME_CHARACTERS)}" if version else "default",
            custom=True,
            properties=with_version(inputs, version),
        )
