"""Secrets are taken out by value, before any byte reaches the disk.

By value, because a name says nothing about where a secret ends up: in a traceback, a log line, a URL. Known are the secrets of
the surroundings (``sources``), and whatever the process has been handed since (``register``). Records are redacted over their
structure: what is executed, read as input, or referred to is never changed. ``files`` looks at the bytes once more.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from runbook_lib.redaction import known, sources
from runbook_lib.redaction.leaves import readable
from runbook_lib.redaction.masking import MASK
from runbook_lib.redaction.sources import BACKEND, PASSPHRASE_FILE, SECRET_VARIABLES
from runbook_lib.redaction.strength import guessable, ordinary

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = [
    "BACKEND", "MASK", "PASSPHRASE_FILE", "SECRET_VARIABLES", "guessable", "ordinary", "readable", "redact", "redact_json",
    "redact_notebook", "redact_values", "register", "safe_cut", "swept", "weak_passphrase", "without_password",
]  # fmt: skip


def register(secret: str, name: str = "") -> None:
    """Take ``secret`` out of every record that this process writes from now on.

    In a kernel, whoever executes the notebook has been told before this returns.

    Args:
        secret: The value; JSON, a URL or lines are known part by part. One that reads like ordinary text is left.
        name: What stands in its place, e.g. ``AWS_SESSION_TOKEN``.
    """
    known.register(secret, name)


def redact(text: str) -> str:
    """A plain text with every known secret masked, in whatever spelling."""
    return known.KNOWN.masker()(text)


def safe_cut(text: str, at: int) -> int:
    """The last place, up to ``at``, where ``text`` can be cut without leaving half a secret."""
    for start, end, _ in known.KNOWN.masker().spans(text):
        if start < at < end:
            return start
    return at


def redact_values(value: Any) -> Any:
    """A copy of JSON values with every known secret masked in its strings; keys and numbers stay."""
    from runbook_lib.redaction.structure import redacted

    return redacted(value, known.KNOWN.masker())


def redact_json(text: str) -> str:
    """A JSON document, redacted like ``redact_values``; one without secrets stays as it is spelled.

    Raises:
        ValueError: ``text`` is not JSON.
    """
    value = json.loads(text)
    clean = redact_values(value)
    if clean == value:
        return text
    compact = "\n" not in text.strip()
    return json.dumps(clean, indent=None if compact else 2, ensure_ascii=compact) + ("\n" if text.endswith("\n") else "")


def redact_notebook(notebook: NotebookNode) -> NotebookNode:
    """A copy of a notebook with every known secret masked in what its cells hold and said; ``notebook`` stays as it is.

    What still holds one, in a key or as a number, is withheld, and ``metadata.runbook.withheld`` names the secrets.
    """
    import nbformat

    from runbook_lib.redaction import sweep
    from runbook_lib.redaction.structure import redacted_notebook

    masker = known.KNOWN.masker()
    clean = redacted_notebook(notebook, masker)
    if sweep.clear(clean, masker):
        return clean
    content, found = sweep.swept(nbformat.writes(clean).encode("utf-8", "surrogatepass"), masker)
    if found:
        clean = nbformat.reads(content.decode("utf-8", "surrogatepass"), as_version=4)
        clean.metadata.setdefault("runbook", nbformat.from_dict({}))["withheld"] = found
    return clean


def swept(content: bytes) -> tuple[bytes, list[str]]:
    """What may be written of ``content``, and the masks of the secrets that redaction left in it; none, if all is well."""
    from runbook_lib.redaction import sweep

    return sweep.swept(content, known.KNOWN.masker())


def weak_passphrase() -> str:
    """Why the passphrase that is given for the stack's secrets is none; empty if it is one."""
    given = sources.passphrase()
    return guessable(given) if given else ""


def without_password(url: str) -> str:
    """A URL with a mask for its password, however weak that is."""
    try:
        password = urlsplit(url).password
    except ValueError:  # no URL, so no password in one
        return url
    return url.replace(f":{password}@", f":{MASK}@", 1) if password else url
