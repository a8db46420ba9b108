"""The three spellings in which AWS answers tags, as one mapping."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def by_key(tags: Iterable[Mapping[str, str]] | None, *, key: str = "Key", value: str = "Value") -> dict[str, str]:
    """Tags given as a list of pairs; KMS calls them ``TagKey`` and ``TagValue``."""
    return {tag[key]: tag[value] for tag in tags or ()}
