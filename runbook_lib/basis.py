"""What a plan was made from: the stack's state, the program, its configuration. Pulumi's own plans bind none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from runbook_lib import canonical, settings, stack_state

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runbook_lib.engine import Engine
    from runbook_lib.run import Run

Basis = dict[str, dict[str, str]]
"""SHA-256 by name: of the one ``state``, of each file of the ``program``, of each key of the ``configuration``."""
WORDS = {"state": "the stack's state", "program": "the program", "configuration": "the configuration"}
_SHOWN = 5
"""How many names a sentence shows."""


def of(run: Run, engine: Engine) -> Basis:
    """What a plan made now is made from; the workspace has been prepared.

    Raises:
        RecordError: The stack's state cannot be read.
        EngineError: It could not be exported.
    """
    return {
        "state": {"": stack_state.digest(run, engine)},
        "program": _program(),
        "configuration": _configuration(run),
    }


def moved(agreed: Mapping[str, Mapping[str, str]], current: Mapping[str, Mapping[str, str]]) -> list[str]:
    """A sentence for each part that is not what it was; pure."""
    return [line for part, word in WORDS.items() if (line := _moved(word, agreed.get(part) or {}, current[part]))]


def _moved(word: str, before: Mapping[str, str], after: Mapping[str, str]) -> str:
    if not before:
        return f"{word} it was made from is not on record"
    names = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    if not names:
        return ""
    if names == [""]:
        return f"{word} has changed, SHA-256 {after[''][:12] or '(none)'} instead of {before[''][:12] or '(none)'}"
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{word} has changed: {', '.join(names[:_SHOWN])}{more}"


def _program() -> dict[str, str]:
    """Every file of the program; what Python and editors leave beside them is none."""
    folder = settings.home() / "stack"
    names = [path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file()]
    kept = [name for name in names if not any(part.startswith((".", "__pycache__")) for part in name.parts)]
    return {name.as_posix(): canonical.file_sha256(folder / name) for name in kept}


def _configuration(run: Run) -> dict[str, str]:
    """The stack's configuration as the run's workspace has it; a secret is there as ciphertext."""
    text = (run.workspace / f"Pulumi.{run.facts.environment}.yaml").read_text(encoding="utf-8")
    config = (yaml.safe_load(text) or {}).get("config") or {}
    return {key: canonical.digest(_as_pulumi_writes(value)) for key, value in config.items()}


def _as_pulumi_writes(value: Any) -> Any:
    """A scalar as text: the Pulumi CLI writes the file anew when it makes a stack, and quotes what stood there as it was."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value
