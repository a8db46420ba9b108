"""The secrets that this process knows: those of its surroundings, and those that it has been told of."""

from __future__ import annotations

import logging
import os
import threading
from typing import TYPE_CHECKING

from runbook_lib.redaction.leaves import leaves
from runbook_lib.redaction.masking import Masker
from runbook_lib.redaction.sources import Named, surroundings
from runbook_lib.redaction.strength import ordinary

if TYPE_CHECKING:
    from collections.abc import Callable

WORTHLESS = "test"
"""What stands for a credential where none is needed: an emulator's."""
log = logging.getLogger(__name__)


class Known:
    """A growing set: what was printed under an old password is still in the record once there is a new one."""

    def __init__(self) -> None:
        self.tell: Callable[[str, str], object] | None = None
        """Hands a secret on to whoever writes this process's record, before anything can show it."""
        self._secrets: dict[str, str] = {}
        self._seen: set[Named] = set()
        self._masker: Masker | None = Masker({})
        self._lock = threading.RLock()

    def register(self, secret: str, name: str = "") -> None:
        """Mask ``secret`` and its parts from now on; one that cannot be told from ordinary text is left, and that is said.

        Raises:
            OSError: Whoever writes this process's record cannot be told: what needs the secret fails, and cannot show it.
        """
        name = name or ""
        if not secret or secret == WORTHLESS or (secret, name) in self._seen:
            return
        if self.tell:  # first: if this is interrupted, it is told when it is met again
            self.tell(secret, name)
        with self._lock:
            self._add(secret, name)

    def masker(self) -> Masker:
        """What masks every secret that is known now."""
        with self._lock:
            for secret, name in surroundings():
                if secret != WORTHLESS:
                    self._add(secret, name)
            if self._masker is None:
                self._masker = Masker(self._secrets)
            return self._masker

    def unlock(self) -> None:
        """In a forked child: whoever held the lock is not there to let go of it."""
        self._lock = threading.RLock()

    def _add(self, secret: str, name: str) -> None:
        if (secret, name) in self._seen:
            return
        if why := ordinary(secret.strip()):
            self._warn(name, why)
        before = len(self._secrets)
        for part, called in leaves(secret, name):
            if not ordinary(part):
                self._secrets.setdefault(part, called)
        if len(self._secrets) > before:
            self._masker = None
        self._seen.add((secret, name))  # last: what could not be taken apart is none that is known

    def _warn(self, name: str, why: str) -> None:
        if self.tell is None:  # a kernel's words would end up in the record; its writer says it
            log.warning("%s is not masked in records: %s. Choose a stronger one.", name or "A secret", why)


KNOWN = Known()
"""This process's."""
os.register_at_fork(after_in_child=KNOWN.unlock)


def register(secret: str, name: str = "") -> None:
    """``redaction.register``."""
    KNOWN.register(secret, name)
