"""What a notebook says while it runs, on its way to a terminal, a log or a file: secrets taken out there too."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from papermill.log import logger as papermill_logger

from runbook_lib.redaction import redact, safe_cut

if TYPE_CHECKING:
    from collections.abc import Mapping

MARGIN = 16_384
"""Characters in which a secret that has begun, in whatever spelling, has ended: more than the longest key, encoded twice."""
LONGEST_LINE = 65_536
"""Characters without a line's end that are held back at most."""


class _Masking(logging.Filter):
    """Takes secrets out of every line, nbclient's own at level DEBUG included."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redact(record.getMessage()), ()
        return True


logger = logging.getLogger(f"{papermill_logger.name}.runbook")
"""papermill's log, for what may hold a secret."""
logger.addFilter(_Masking())


class Lines:
    """A stream as whole lines: a secret may arrive in two halves.

    A line is ended by a carriage return as well: progress bars have no other.

    Args:
        behind: Characters that are held back beyond that, so that a secret which is broken into lines is seen whole.
    """

    def __init__(self, behind: int = 0) -> None:
        self._begun, self._behind = "", behind

    def add(self, text: str) -> str:
        """Take what was said next; give back what may be shown by now."""
        text = self._begun + text
        if self._behind and len(text) < 2 * self._behind:  # looked at once in so many characters
            self._begun = text
            return ""
        seen = len(text) - self._behind
        end = max(text.rfind("\n", 0, seen), text.rfind("\r", 0, seen)) + 1
        if len(text) - end > LONGEST_LINE:
            end = len(text) - MARGIN
        if self._behind or end < len(text):
            end = safe_cut(text, end)
        self._begun = text[end:]
        return redact(text[:end])

    def rest(self) -> str:
        """What is left when nothing more comes."""
        rest, self._begun = self._begun, ""
        return redact(rest)


class Outlets:
    """Where streams go while a cell runs: to a log in whole lines as they come, to files a margin later.

    Args:
        files: The callers' own, by the stream's name.
        log: Whether papermill's log is to have them, too.
    """

    def __init__(self, files: Mapping[str, Any], *, log: bool) -> None:
        self._log, self._files = log, {name: file for name, file in files.items() if file}
        self._lines: dict[str, Lines] = {}
        self._copies = {name: Lines(behind=MARGIN) for name in self._files}

    def add(self, name: str, text: str) -> None:
        """What was said next."""
        if name in self._copies:
            self._write(name, self._copies[name].add(text))
        if self._log and (lines := self._lines.setdefault(name, Lines()).add(text)):
            _say(name, lines)

    def flush(self) -> None:
        """A cell is over."""
        for name, copy in self._copies.items():
            self._write(name, copy.rest())
        for name, lines in self._lines.items():
            if rest := lines.rest():
                _say(name, rest)

    def _write(self, name: str, text: str) -> None:
        if text:
            self._files[name].write(text)
            self._files[name].flush()


def _say(name: str, text: str) -> None:
    """In papermill's log, at the levels that it uses."""
    logger.log(logging.WARNING if name == "stderr" else logging.INFO, text)
