"""The record of a running deployment: every step is on disk before its outcome is told to anyone."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

from runbook_lib.rehearsal.engine.backend import manifest
from runbook_lib.rehearsal.engine.rows import Rows
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
        self._old = Rows(base.resources, self._row)
        self._new = Rows([], self._row)
        self._running: dict[int, tuple[Operation, bytes]] = {}
        self._unresolved = [item for item in base.pending if item.type == "creating"]
        self._aliases: dict[str, str] = {}
        self._lock = threading.RLock()
        self._turn = threading.Condition()
        self._wanted = self._written = 0
        self._writing = False

    def begin(self, kind: str, resource: Resource) -> int:
        """Record that an operation begins; its number is for `end`."""
        with self._lock:
            operation = Operation(resource, kind)
            self._running[id(operation)] = operation, self._pending(operation)
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
                for rows in (self._old, self._new):
                    rows.exchange(old, None)
            if new is not None:
                self._new.append(new)

    def exchange(self, old: Resource, new: Resource | None) -> None:
        """Record what a refresh found, at the old one's place in the order."""
        with self._lock:
            for rows in (self._old, self._new):
                rows.exchange(old, new)

    def touch(self, resource: Resource) -> None:
        """Note that a resource was changed in place."""
        with self._lock:
            for rows in (self._old, self._new):
                rows.touch(resource)

    def alias(self, old_urn: str, new_urn: str) -> None:
        """Note that a resource goes by another URN now."""
        with self._lock:
            self._aliases[old_urn] = new_urn
            for rows in (self._old, self._new):
                rows.touch_all()

    def detach_missing(self) -> None:
        """Let nothing on record need what has left it, so that the record stays consistent."""
        with self._lock:
            resources = self.resources()
            present = {resource.urn for resource in resources}
            present |= {old for old, new in self._aliases.items() if new in present}
            for resource in resources:
                if missing := resource.needs() - present:
                    resource.detach(missing)
                    self.touch(resource)

    def forget_unresolved(self) -> None:
        """Drop creations of an earlier run whose outcome nobody knows: `--clear-pending-creates`."""
        with self._lock:
            self._unresolved = []

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
            return Deployment(resources, [*self._unresolved, *(operation for operation, _ in self._running.values())])

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
                self._stack.write(*self._parts())
        finally:
            with self._turn:
                self._writing = False
                self._written = max(self._written, covered)
                self._turn.notify_all()

    def _parts(self) -> list[bytes]:
        """The deployment's text; its rows are not joined again: they would be copied for every step."""
        with self._lock:
            shell = deployment_to_json([], [], manifest=manifest(), salt=self._crypter.salt)
            shell.pop("metadata")
            parts = [json.dumps(shell, separators=(",", ":")).encode()[:-1]]
            for number, block in enumerate([*self._new.parts(), *self._old.parts()]):
                parts += [b"," if number else b',"resources":[', block]
            if len(parts) > 1:
                parts.append(b"]")
            pending = b",".join([*map(self._pending, self._unresolved), *(text for _, text in self._running.values())])
        if pending:
            parts.append(b',"pending_operations":[%b]' % pending)
        return [*parts, b',"metadata":{}}']

    def _row(self, resource: Resource) -> bytes:
        row = resource_to_json(resource.renamed(self._aliases), self._crypter)
        return json.dumps(row, separators=(",", ":"), ensure_ascii=False).encode()

    def _pending(self, operation: Operation) -> bytes:
        return b'{"resource":%b,"type":"%b"}' % (self._row(operation.resource), operation.type.encode())
