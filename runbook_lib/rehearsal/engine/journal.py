"""The record of a running deployment: every step is on disk before its outcome is told to anyone."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

from runbook_lib.rehearsal.engine.backend import manifest
from runbook_lib.rehearsal.engine.state import Deployment, Operation, deployment_to_json, resource_to_json

if TYPE_CHECKING:
    from runbook_lib.rehearsal.engine.backend import StoredStack
    from runbook_lib.rehearsal.engine.passphrase import Crypter
    from runbook_lib.rehearsal.engine.state import Resource


class Journal:
    """Resources done in this run, in the order they were, and resources of the last that are still as they were.

    Writes are grouped: whoever needs the record on disk waits for one write that holds it, and steps that finish
    meanwhile share the next.

    Args:
        stack: Where to write; None in a preview, which writes nothing.
        base: The deployment to start from.
        crypter: What encrypts secrets.
    """

    def __init__(self, stack: StoredStack | None, base: Deployment, crypter: Crypter) -> None:
        self._stack = stack
        self._crypter = crypter
        self._old = list(base.resources)
        self._new: list[Resource] = []
        self._running: dict[int, Operation] = {}
        self._unresolved = [item for item in base.pending if item.type == "creating"]
        self._aliases: dict[str, str] = {}
        self._rows: dict[int, tuple[Resource, str]] = {}
        self._lock = threading.RLock()
        self._turn = threading.Condition()
        self._wanted = self._written = 0
        self._writing = False

    def begin(self, kind: str, resource: Resource) -> int:
        """Record that an operation begins; its number is for `end`."""
        with self._lock:
            operation = Operation(resource, kind)
            self._running[id(operation)] = operation
        self.commit()
        return id(operation)

    def end(self, number: int) -> None:
        """Record that an operation is over; what became of it is recorded apart."""
        with self._lock:
            self._running.pop(number, None)

    def settle(self, old: Resource | None, new: Resource | None) -> None:
        """Record what became of a resource: the new state takes the old one's place; None means that it is gone."""
        with self._lock:
            if old is not None:
                self._drop(old)
            if new is not None:
                self._rows.pop(id(new), None)  # it was written as pending, before it had an id and outputs
                self._new.append(new)

    def exchange(self, old: Resource, new: Resource | None) -> None:
        """Record what a refresh found, at the old one's place in the order."""
        with self._lock:
            for resources in (self._old, self._new):
                for position, resource in enumerate(resources):
                    if resource is old:
                        resources[position : position + 1] = [] if new is None else [new]
                        return

    def touch(self, resource: Resource) -> None:
        """Note that a resource was changed in place."""
        with self._lock:
            self._rows.pop(id(resource), None)

    def alias(self, old_urn: str, new_urn: str) -> None:
        """Note that a resource goes by another URN now."""
        with self._lock:
            self._aliases[old_urn] = new_urn

    def forget_unresolved(self) -> None:
        """Drop creations of an earlier run whose outcome nobody knows: `--clear-pending-creates`."""
        with self._lock:
            self._unresolved = []

    def _drop(self, old: Resource) -> None:
        self._old = [resource for resource in self._old if resource is not old]
        self._new = [resource for resource in self._new if resource is not old]

    def resources(self) -> list[Resource]:
        """The resources as they are now, the very objects, new ones first."""
        with self._lock:
            return [*self._new, *self._old]

    def deployment(self) -> Deployment:
        """The deployment as it is now."""
        with self._lock:
            resources = self.resources()
            if self._aliases:
                resources = [resource.renamed(self._aliases) for resource in resources]
            return Deployment(resources, [*self._unresolved, *self._running.values()])

    def freeze(self) -> None:
        """Write nothing more: what is under way stays on record as such."""
        self._stack = None

    def commit(self) -> None:
        """Return once a write that began after this call is on disk."""
        if self._stack is None:
            return
        with self._turn:
            self._wanted += 1
            mine = self._wanted
            while self._writing and self._written < mine:
                self._turn.wait()
            if self._written >= mine:
                return
            self._writing = True
            covered = self._wanted
        try:
            if self._stack is not None:
                self._stack.write(self._bytes())
        finally:
            with self._turn:
                self._writing = False
                self._written = max(self._written, covered)
                self._turn.notify_all()

    def _bytes(self) -> bytes:
        with self._lock:
            deployment = self.deployment()
            shell = deployment_to_json([], [], manifest=manifest(), salt=self._crypter.salt)
            shell.pop("metadata")
            head = json.dumps(shell, separators=(",", ":"))[:-1]
            rows = ",".join(self._row(resource) for resource in deployment.resources)
            pending = ",".join(f'{{"resource":{self._row(item.resource)},"type":"{item.type}"}}' for item in deployment.pending)
        parts = [head]
        if rows:
            parts.append(f',"resources":[{rows}]')
        if pending:
            parts.append(f',"pending_operations":[{pending}]')
        return "".join([*parts, ',"metadata":{}}']).encode()

    def _row(self, resource: Resource) -> str:
        """A resource as JSON text, written once for as long as nobody changes it."""
        known = self._rows.get(id(resource))
        if known is None or known[0] is not resource:
            text = json.dumps(resource_to_json(resource, self._crypter), separators=(",", ":"), ensure_ascii=False)
            known = self._rows[id(resource)] = (resource, text)
        return known[1]
