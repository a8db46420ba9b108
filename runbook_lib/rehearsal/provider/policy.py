"""The canonical form of IAM policy documents, and of JSON in general, for comparison."""

from __future__ import annotations

import json
from typing import Any

# In these elements AWS takes one value or a list of them, and their order says nothing.
LISTS = frozenset({"Action", "NotAction", "Resource", "NotResource", "Statement", "AWS", "Service", "Federated"})


def canonical(document: Any, key: str = "") -> Any:
    """``document`` in the one form that all its spellings share."""
    if isinstance(document, dict):
        return {name: canonical(value, "Condition" if key == "Condition" else name) for name, value in document.items()}
    is_list = key in LISTS or key == "Condition"
    if isinstance(document, list):
        items = [canonical(item) for item in document]
        return sorted(items, key=_sort_key) if is_list else items
    if is_list:
        return [canonical(document)]
    return str(document).lower() if isinstance(document, bool) else document


def _sort_key(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
