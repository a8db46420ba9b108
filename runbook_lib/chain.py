"""The lines of a ledger: what its bytes tell, and what to write after them; pure.

Each line is an event in canonical JSON and holds the hash of the line before. A line counts once it is ended: what a crash left
of one is ended by the next append, and an event (``ledger.torn``) says so and binds its bytes.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from runbook_lib import canonical
from runbook_lib.redaction import redact_values

GENESIS = "0" * 64
"""What the first line names as its predecessor."""
TORN = "ledger.torn"
OWN_WORDS = frozenset(
    {"at", "attempt", "clock", "code", "environment", "event", "inputs", "owner", "plan_digest", "previous", "records", "run",
     "seconds", "stack_state", "state", "status", "step", "torn", "versions"}
)  # fmt: skip
"""Facts that are the runbook's own words, numbers and digests: no secret gets there, and a masked word would break the record."""
Event = dict[str, Any]


@dataclass(frozen=True)
class Account:
    """What a ledger tells, as far as it can be believed."""

    events: tuple[Event, ...]
    """Oldest first, up to where the chain breaks if it does."""
    notes: tuple[str, ...]
    """What happened to the ledger and takes nothing from what it tells: torn lines, a clock that stepped back."""
    broken: str
    """Where the chain breaks, and how; empty if it holds."""


def account(content: bytes, name: str) -> Account:
    """Read a ledger's bytes; pure.

    Args:
        content: The file's.
        name: What to call it in complaints.
    """
    lines, rest = _parts(content)
    parsed = [_parsed(line) for line in lines]
    torn = {at for index, event in enumerate(parsed) if event for at in _torn(lines, index, event)}
    events: list[Event] = []
    notes: list[str] = []
    broken, previous = "", GENESIS
    for number, (line, event) in enumerate(zip(lines, parsed, strict=True), start=1):
        if number - 1 in torn:
            notes.append(f"{name}:{number} was torn: {len(line)} bytes of an event that was never recorded.")
        elif event is None:
            broken = f"{name}:{number} is not JSON."
        elif event.get("previous") != previous:
            broken = f"{name}:{number} does not follow from the line before it."
        else:
            if isinstance(stepped := event.get("clock"), dict):
                notes.append(f"{name}:{number}: the clock had stepped back by {stepped.get('behind_seconds')} s.")
            events.append(event)
        if broken:
            break
        previous = canonical.sha256(line)
    else:
        for number, line in enumerate(rest, start=len(lines) + 1):
            notes.append(f"{name}:{number} is torn: {len(line)} bytes of an event that was never recorded.")
    return Account(tuple(events), tuple(notes), broken)


def _parts(content: bytes) -> tuple[list[bytes], list[bytes]]:
    """The lines up to the last whole one, and what crashes left after it: the last line without its end, at least."""
    *lines, tail = content.split(b"\n")
    torn = [tail] if tail else []
    while lines and _parsed(lines[-1]) is None:
        torn.insert(0, lines.pop())
    return lines, torn


def _torn(lines: list[bytes], index: int, event: Event) -> range:
    """The lines before ``index`` that the event there says were torn, if those are the bytes it binds."""
    claims = event.get("torn") if event["event"] == TORN else None
    if not isinstance(claims, list) or len(claims) > index:
        return range(0)
    first = index - len(claims)
    bound = [_claim(line) for line in lines[first:index]]
    return range(first, index) if bound == claims else range(0)


def _claim(line: bytes) -> dict[str, Any]:
    return {"sha256": canonical.sha256(line), "bytes": len(line)}


def _parsed(line: bytes) -> Event | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("event"), str) else None


def head_of(content: bytes) -> str:
    """The SHA-256 of the last line (without its newline), or ``GENESIS``."""
    *lines, tail = content.split(b"\n")
    return canonical.sha256(tail or lines[-1]) if tail or lines else GENESIS


def lines_for(content: bytes, event: str, facts: dict[str, Any], at: datetime) -> bytes:
    """The text to append to ``content``: the event's line, after what has to be said about a torn end."""
    lines, torn = _parts(content)
    last = str((_parsed(lines[-1]) or {}).get("at", "")) if lines else ""
    head, said = head_of(content), b"" if content.endswith(b"\n") or not content else b"\n"
    told = [(TORN, {"torn": [_claim(line) for line in torn]})] if torn else []
    for name, known in [*told, (event, facts)]:
        line = canonical.dumps(_line(name, known, at, last, head))
        head, last, said = canonical.sha256(line), at.isoformat(), said + line + b"\n"
    return said


def _line(event: str, facts: dict[str, Any], at: datetime, last: str, head: str) -> Event:
    known, wrong = canonical.plain(facts)
    clean = {name: value if name in OWN_WORDS else redact_values(value) for name, value in known.items()}
    if wrong:
        clean["unserialisable"] = redact_values(list(wrong))
    with suppress(ValueError, TypeError):  # the last line may be anybody's
        if (behind := (datetime.fromisoformat(last) - at).total_seconds()) > 0:
            clean["clock"] = {"behind_seconds": round(behind, 3), "last": last}
    return {**clean, "at": at.isoformat(), "event": event, "previous": head}
