"""What a notebook says while it runs, on its way to a terminal, a log or a file: secrets taken out there too."""

from __future__ import annotations

import logging

from papermill.log import logger as papermill_logger

from runbook_lib.redaction import redact

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
    """

    def __init__(self) -> None:
        self._begun = ""

    def add(self, text: str) -> str:
        """Take what was said next; give back what may be shown by now."""
        text = self._begun + text
        end = max(text.rfind("\n"), text.rfind("\r")) + 1
        if len(text) - end > LONGEST_LINE:
            end = len(text)
        self._begun = text[end:]
        return redact(text[:end])

    def rest(self) -> str:
        """What is left when nothing more comes."""
        rest, self._begun = self._begun, ""
        return redact(rest)
