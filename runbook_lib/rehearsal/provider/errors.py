"""How what goes wrong is told: one line, with the resource, the AWS operation and AWS's own code and words."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from runbook_lib.rehearsal.provider.base import ProviderError

if TYPE_CHECKING:
    from collections.abc import Iterator


class IncompleteError(ProviderError):
    """Raised when a resource exists but is not as asked for; Pulumi keeps it, and repairs it on the next update.

    Attributes:
        id: The resource's id.
        outputs: What is known of it.
    """

    def __init__(self, reason: str, id_: str, outputs: dict[str, Any]) -> None:
        super().__init__(reason)
        self.id = id_
        self.outputs = outputs


def code_of(error: Exception) -> str:
    """AWS's error code, or nothing if the error is none of AWS's."""
    answer = getattr(error, "response", None)
    return str(answer.get("Error", {}).get("Code", "")) if isinstance(answer, dict) else ""


@contextmanager
def told(what: str) -> Iterator[None]:
    """Turn boto3's errors under this context into one line that begins with ``what``."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        message = error.response.get("Error", {}).get("Message", "")
        raise ProviderError(f"{what}: {error.operation_name}: {code_of(error)}: {message}") from error
    except BotoCoreError as error:
        raise ProviderError(f"{what}: {error}") from error
