"""Values of inputs as a page shows them: old and new of what differs, secrets masked, policies opened."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runbook_lib.agreement import ABSENT, different
from runbook_lib.canonical import opened
from runbook_lib.plan import roots
from runbook_lib.secret_places import named_secret, secret_places, without
from runbook_lib.signatures import SECRET, SIGNATURE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runbook_lib.plan import Operation

LONGEST = 160
"""Characters of a value; the record has it whole."""
BEFORE = 40
"""Characters that are shown before the first that differs."""
NOT_SHOWN = "not shown"
"""Of a property that changes and whose values no event of Pulumi's tells."""
BY_PROVIDER = {"tagsAll": "as the provider's defaultTags"}
"""Outputs that change with another resource's inputs: there they are shown."""
MASK = "[secret]"


@dataclass(frozen=True)
class Detail:
    """One property that changes."""

    path: str
    old: str
    new: str
    whole: str = ""
    """A digest of both values where they are not shown whole: what differs further on is not equal."""


@dataclass(frozen=True)
class Secret:
    """A value that is secret, before the change or after it."""

    value: Any


def details(op: Operation) -> list[Detail]:
    """Each innermost property of an operation whose old and new values differ, and those that change without being shown."""
    seen = [_detail(path, old, new) for path, old, new in _differing(op)]
    hidden = [root for root in roots(op.changed) if not any(within(each.path, root) for each in seen)]
    masks = {**BY_PROVIDER, **dict.fromkeys(op.secrets, MASK)}
    return [*seen, *(Detail(root, "", masks.get(root, NOT_SHOWN)) for root in hidden)]


def within(path: str, root: str) -> bool:
    """Whether a path (``a.b[0]``) is another one or lies in it."""
    return path == root or path.startswith((f"{root}.", f"{root}["))


def _detail(path: str, old: Any, new: Any) -> Detail:
    """Two values that differ, shown from shortly before where they do."""
    texts = _text(old), _text(new)
    if max(map(len, texts)) <= LONGEST:
        return Detail(path, *texts)
    same = len(os.path.commonprefix(texts))  # noqa: RUF071 - character by character is what is meant
    begin = same - BEFORE if same > LONGEST - BEFORE else 0
    whole = hashlib.sha256("\0".join(texts).encode("utf-8", "surrogatepass")).hexdigest()
    old_shown, new_shown = (_cut(text, begin) for text in texts)
    return Detail(path, old_shown, new_shown, whole)


def _cut(text: str, begin: int) -> str:
    """At most ``LONGEST`` characters from one on; an ellipsis stands for what is before and after them."""
    shown = text[begin : begin + LONGEST]
    return f"{'…' if begin else ''}{shown}{'…' if len(text) > begin + LONGEST else ''}"


def _text(value: Any) -> str:
    if value is ABSENT:
        return ""
    shown = _masked(value)
    return shown if isinstance(shown, str) else json.dumps(shown, ensure_ascii=False)


def _differing(op: Operation) -> Iterator[tuple[str, Any, Any]]:
    for name in sorted(op.old_inputs.keys() | op.inputs.keys()):
        old, new = (opened(inputs.get(name, ABSENT)) for inputs in (op.old_inputs, op.inputs))
        at = (name,)
        places = {place for value in (old, new) for place in (*secret_places(value, at), *named_secret(value, at))}
        hidden = (value if value is ABSENT else without(value, places, Secret, at) for value in (old, new))
        for path, was, now in different(name, *hidden):
            yield from _apart(path, was, now)


def _apart(path: str, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    """Of a list that grew or shrank, such as a policy's statements, the items that are only in one of the two."""
    if not isinstance(old, list) or not isinstance(new, list):
        yield path, old, new
        return
    yield from ((f"{path}[]", item, ABSENT) for item in old if item not in new)
    yield from ((f"{path}[]", ABSENT, item) for item in new if item not in old)
    if all(item in new for item in old) and all(item in old for item in new):  # in another order, or more than once
        yield path, old, new


def _masked(value: Any) -> Any:
    if isinstance(value, Secret):
        return MASK
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET:
            return MASK
        if SIGNATURE in value:  # an asset or an archive
            return f"content {value['hash'][:12]}" if "hash" in value else "content"
        return {key: _masked(item) for key, item in value.items()}
    return [_masked(item) for item in value] if isinstance(value, list) else value
