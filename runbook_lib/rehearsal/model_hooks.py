"""Has MiniStack read each of botocore's service descriptions once.

It reads one for what a request may do (`iam_actions`), and again for what an answer is called (`responses`): there through a
botocore session of its own for every service. Of a rehearsal's emulator that is a fifth of all its work.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.model import ServiceModel
from ministack.core import iam_actions, responses

if TYPE_CHECKING:
    from collections.abc import Callable

# MiniStack's own helpers; private, and pinned with its version.
described: Callable[[str], dict[str, Any]] = cache(iam_actions._load_botocore_model)  # noqa: SLF001  # see above


def install() -> None:
    """Put these in the place of MiniStack's readers."""
    iam_actions._load_botocore_model = described  # noqa: SLF001  # see above
    responses._service_model = _service_model  # noqa: SLF001  # see above


@cache
def _service_model(service: str) -> ServiceModel | None:
    """The model of a service by MiniStack's name for it, or None if botocore has none."""
    name = responses._BOTOCORE_NAME.get(service, service)  # noqa: SLF001  # see above
    description = described(name)
    return ServiceModel(description, name) if description else None
