"""What a kernel says outside its messages, on its own standard output and error: shown without secrets, on standard error.

ipykernel copies there what a cell's programs say, so it holds whatever they do; and a kernel that dies, or never starts, says why
there. It is held back until the cell is over: by then it is known what the kernel has learned meanwhile.
"""

from __future__ import annotations

import os
import sys
import threading
import time

from runbook_lib.kernel.masked import MARGIN, Lines

LIMIT = 1_000_000
"""Bytes that are held back at most; what a cell says beyond them is counted, and is in its output."""
PATIENCE = 0.5
"""Seconds to wait for the last words, where what a kernel left running still holds the pipe."""
POLL_SECONDS = 0.01
_PART = 65_536


class Said:
    """A pipe for kernels to write to, read from the start, so that none of them ever waits for it."""

    def __init__(self) -> None:
        self.source, self.target = os.pipe()
        self._lines, self._held, self._dropped, self._lock = Lines(), bytearray(), 0, threading.Lock()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def show(self) -> None:
        """Show the lines that are complete by now."""
        with self._lock:
            held, dropped = bytes(self._held), self._dropped
            self._held.clear()
            self._dropped = 0
        text = self._lines.add(held.decode(errors="replace"))
        if dropped:
            text += self._lines.rest()
            whole, half = text[:-MARGIN], text[-MARGIN:]  # in which a secret may have begun
            text = f"{whole}\n[runbook] … and {dropped + len(half.encode(errors='replace'))} bytes more.\n"
        _write(text)

    def close(self) -> None:
        """No kernel is left: show the rest."""
        os.close(self.target)
        began = time.monotonic()
        while self._reader.is_alive() and time.monotonic() - began < PATIENCE:
            time.sleep(POLL_SECONDS)
        self.show()
        _write(self._lines.rest())

    def _read(self) -> None:
        while part := os.read(self.source, _PART):
            with self._lock:
                room = max(LIMIT - len(self._held), 0)
                self._held += part[:room]
                self._dropped += len(part[room:])
        os.close(self.source)


def _write(text: str) -> None:
    if text and sys.stderr:
        sys.stderr.write(text)
        sys.stderr.flush()
