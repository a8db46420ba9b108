"""Writes down what the operator's own requests to the emulator need to be allowed, as IAM names it.

Where ``RUNBOOK_ACTIONS`` names a file, each request adds a line to it: time in UTC and action, e.g.
``2026-11-24T03:00:00+00:00 ec2:CreateVpc``. What the stack's functions ask for, by the keys of their roles, is not the
operator's. The published policies (``docs/policies``) are made from it.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ministack.core import iam_evaluator
from ministack.core.iam_actions import SERVICE_TO_IAM_NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    App = Callable[[Any, Any, Any], Awaitable[None]]

VARIABLE = "RUNBOOK_ACTIONS"
OPERATOR = "test"
"""The access key that the runbook and the provider have in a rehearsal."""
enforce: Callable[..., Any] = iam_evaluator.enforce


def install() -> None:
    """Listen where MiniStack decides whether a request is allowed: it knows what each is called in a policy."""
    if os.environ.get(VARIABLE):
        iam_evaluator.enforce = _enforce  # which whoever asks imports as it asks


def wrap(app: App) -> App:
    """``app``, with what others answer before MiniStack sees it written down as well."""
    return _listening(app) if os.environ.get(VARIABLE) else app


def _enforce(access_key_id: str, iam_action: str, *more: Any, **named: Any) -> Any:
    if access_key_id == OPERATOR:
        _note(iam_action)
    return enforce(access_key_id, iam_action, *more, **named)


def _listening(app: App) -> App:
    async def wrapped(scope: Any, receive: Any, send: Any) -> None:
        headers = dict(scope.get("headers") or ())
        operation = headers.get(b"x-amz-target", b"").decode().rpartition(".")[2]
        # AWS4-HMAC-SHA256 Credential=KEY/date/region/service/aws4_request, ...
        signed = headers.get(b"authorization", b"").decode().partition("Credential=")[2].split("/")
        if operation and signed[0] == OPERATOR:
            _note(f"{SERVICE_TO_IAM_NAMESPACE.get(signed[3], signed[3])}:{operation}")
        await app(scope, receive, send)

    return wrapped


def _note(action: str) -> None:
    with Path(os.environ[VARIABLE]).open("a", encoding="utf-8") as file:  # one write of a line: lines of threads do not mix
        file.write(f"{datetime.now(UTC).isoformat()} {action}\n")
