"""The last look, at the very bytes that are about to be written: a secret that is still in them does not reach the disk.

Redaction walks strings. A secret in a key or as a number is in no string, and there may be an error in the walk. Then what
holds the secret is withheld, the rest of the record is kept, and whoever wrote it is told by the secret's name.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from runbook_lib.errors import RecordError
from runbook_lib.redaction.readings import glances

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runbook_lib.redaction.masking import Masker, Span

WITHHELD = "[withheld]"


def swept(content: bytes, masker: Masker) -> tuple[bytes, list[str]]:
    """What may be written of ``content``, and the masks of the secrets that were still in it.

    In JSON that is what it says: what only its punctuation spells, or two members together, is no secret of anybody's.
    """
    text = content.decode("utf-8", "surrogateescape")
    spans = masker.known(text, glances)
    if not spans:
        return content, []
    try:
        kept, found = _of_json(text, masker)
    except ValueError:  # no JSON: what was found is masked where it stands
        kept, found = _masked(text, spans), {name for _, _, name in spans}
    return (kept.encode("utf-8", "surrogateescape") if found else content), sorted(found)


def clear(notebook: Mapping[str, Any], masker: Masker) -> bool:
    """Whether a last look at all of a notebook finds nothing; by cells, for most have not changed since its last save."""
    parts = ({**notebook, "cells": []}, *notebook["cells"])
    return all(masker.clear(json.dumps(part, ensure_ascii=False)) for part in parts)


def _of_json(text: str, masker: Masker) -> tuple[str, set[str]]:
    """A document, or lines of them, without what holds a secret, and what was found.

    Raises:
        ValueError: It is none.
    """
    found: set[str] = set()
    try:
        kept = json.dumps(withheld(json.loads(text), masker, found), indent=2, ensure_ascii=False) + "\n"
    except ValueError:
        lines = [json.loads(line) for line in text.splitlines()]
        kept = "".join(json.dumps(withheld(line, masker, found), ensure_ascii=False) + "\n" for line in lines)
    return kept, found


def refuse(name: str, secrets: list[str]) -> None:
    """Say, once the rest of a record is kept, that something was withheld from it.

    Args:
        name: The record.
        secrets: The masks of what was found, if anything was.

    Raises:
        RecordError: Something was.
    """
    if secrets:
        raise withheld_from(name, secrets)


def withheld_from(name: str, secrets: list[str]) -> RecordError:
    """The error that says it."""
    return RecordError(
        f"{name} would have held {', '.join(secrets)} in a key, a number or a name; it was withheld.",
        remedy="Keep the secret out of names and numbers; as text it is masked.",
    )


def withheld(value: Any, masker: Masker, found: set[str]) -> Any:
    """JSON values without those that hold a secret: a member whose key does, a number that is one; ``found`` gets their masks."""
    if isinstance(value, dict):
        return dict(_member(key, inner, masker, found) for key, inner in value.items())
    if isinstance(value, list):
        return [withheld(inner, masker, found) for inner in value]
    if value is None or isinstance(value, bool):
        return value
    spans = masker.known(value if isinstance(value, str) else json.dumps(value))
    return _instead(spans, found) if spans else value


def _member(key: str, value: Any, masker: Masker, found: set[str]) -> tuple[str, Any]:
    if spans := masker.known(key):
        return _instead(spans, found), WITHHELD
    return key, withheld(value, masker, found)


def _instead(spans: list[Span], found: set[str]) -> str:
    found.update(name for _, _, name in spans)
    return f"{WITHHELD} {spans[0][2]}"


def _masked(text: str, spans: list[Span]) -> str:
    parts: list[str] = []
    done = 0
    for start, end, name in spans:
        parts += (text[done:start], name)
        done = end
    return "".join([*parts, text[done:]])
