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
    from runbook_lib.redaction.masking import Masker

WITHHELD = "[withheld]"


def swept(content: bytes, masker: Masker) -> tuple[bytes, list[str]]:
    """What may be written of ``content``, and the masks of the secrets that were still in it."""
    text = content.decode("utf-8", "surrogateescape")
    found = sorted({name for _, _, name in masker.known(text, glances)})
    if not found:
        return content, found
    try:
        kept = json.dumps(withheld(json.loads(text), masker), indent=2, ensure_ascii=False) + "\n"
    except ValueError:  # no JSON: what was found is masked where it stands
        kept = text
    return _masked(kept, masker).encode("utf-8", "surrogateescape"), found


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


def withheld(value: Any, masker: Masker) -> Any:
    """JSON values without those that hold a secret: a member whose key does, a number that is one."""
    if isinstance(value, dict):
        return dict(_member(key, inner, masker) for key, inner in value.items())
    if isinstance(value, list):
        return [withheld(inner, masker) for inner in value]
    if value is None or isinstance(value, bool):
        return value
    spans = masker.known(value if isinstance(value, str) else json.dumps(value))
    return f"{WITHHELD} {spans[0][2]}" if spans else value


def _member(key: str, value: Any, masker: Masker) -> tuple[str, Any]:
    if spans := masker.known(key):
        return f"{WITHHELD} {spans[0][2]}", WITHHELD
    return key, withheld(value, masker)


def _masked(text: str, masker: Masker) -> str:
    """Whatever is left, which no structure explains."""
    parts: list[str] = []
    done = 0
    for start, end, name in masker.known(text, glances):
        parts += (text[done:start], name)
        done = end
    return "".join([*parts, text[done:]])
