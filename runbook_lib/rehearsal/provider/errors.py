"""How what goes wrong is told: one line, with the AWS operation and AWS's own code and words."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from runbook_lib.errors import RunbookError
from runbook_lib.rehearsal.provider.base import ProviderError, code_of

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


def reason_of(error: Exception) -> str:
    """What went wrong, in one line: AWS's operation, code and words; the text of an error that is ours; or what broke in here."""
    from botocore.exceptions import BotoCoreError, ClientError

    if isinstance(error, ClientError):
        message = error.response.get("Error", {}).get("Message", "")
        return f"{error.operation_name}: {code_of(error)}: {message}"
    if isinstance(error, BotoCoreError):
        return " ".join(str(error).split())  # what is wrong with parameters, boto3 tells in several lines
    if isinstance(error, ProviderError | RunbookError):
        return str(error)
    return f"the rehearsal provider failed: {type(error).__name__}: {error}"


def expected(error: BaseException | None) -> bool:
    """Whether an error is one that a program or AWS can cause; any other is a fault of the provider."""
    from botocore.exceptions import BotoCoreError, ClientError

    if isinstance(error, IncompleteError) and error.__cause__ is not None:
        return expected(error.__cause__)
    return isinstance(error, BotoCoreError | ClientError | ProviderError | RunbookError)


@contextmanager
def told() -> Iterator[None]:
    """Turn boto3's errors under this context into one line; ``replies.answering`` says whose they are."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise ProviderError(reason_of(error)) from error
