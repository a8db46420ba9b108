"""Why a resource is replaced and in which order, as the steps that Pulumi announces for it tell.

Pulumi shows neither in its own display; its events carry both: ``keys`` and the ``*-replace`` kinds of ``detailedDiff``
(sdk/go/common/apitype/events.go), and the order of the steps themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CREATE_FIRST = "create first"
DELETE_FIRST = "delete first"
"""Whatever it served is down until the new one is there."""


def forced_by(steps: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The properties whose change forces the replacement, as exactly as the provider says; empty where it does not say."""
    exact = {path for step in steps for path, kind in (step.get("detailedDiff") or {}).items() if str(kind).endswith("-replace")}
    named = {str(key) for step in steps for key in step.get("keys") or ()}
    told = {path for key in named for path in exact if _within(path, key)}
    return tuple(sorted(exact | {key for key in named if not any(_within(path, key) for path in told)}))


def order(steps: Sequence[Mapping[str, Any]]) -> str:
    """``create first`` or ``delete first``; empty where the steps do not tell both."""
    ops = [str(step["op"]) for step in steps]
    if "delete-replaced" not in ops or "create-replacement" not in ops:
        return ""
    return DELETE_FIRST if ops.index("delete-replaced") < ops.index("create-replacement") else CREATE_FIRST


def _within(path: str, key: str) -> bool:
    return path == key or path.startswith((f"{key}.", f"{key}["))
