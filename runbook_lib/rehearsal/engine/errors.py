"""What the embedded engine raises, with the exit codes of the real command (`pulumi help exit-codes`)."""

from __future__ import annotations

EXIT_ERROR = 1
EXIT_USAGE = 2
EXIT_STACK_NOT_FOUND = 6
EXIT_NO_CHANGES = 7


class EngineError(Exception):
    """Raised when a command cannot go on; the message is what the user reads after `error: `."""

    exit_code = EXIT_ERROR


class UsageError(EngineError):
    """Raised when flags or arguments make no sense together, or ask for what lies outside the embedded engine."""

    exit_code = EXIT_USAGE


class StackNotFoundError(EngineError):
    """Raised when a stack is named that the backend does not hold."""

    exit_code = EXIT_STACK_NOT_FOUND


class NoChangesExpectedError(EngineError):
    """Raised when `--expect-no-changes` was given and something changed."""

    exit_code = EXIT_NO_CHANGES


class CancelledError(EngineError):
    """Raised when the user interrupted the operation; the real command ends with 1 then, not with its "cancelled" (8)."""


class OperationFailedError(EngineError):
    """Raised when an operation failed and its diagnostics have been shown already."""


class ProviderError(EngineError):
    """Raised when a provider plugin refuses a call or cannot be started."""


class TransformError(EngineError):
    """Raised when a transform of the program's raises: that is for the program to know, which may go on."""


class HookError(EngineError):
    """Raised when a resource hook raises, or cannot be called or registered."""


class PartialCreateError(ProviderError):
    """Raised when a resource exists but did not initialise: its state is kept, with the reasons.

    Args:
        message: What the provider says.
        identity: The provider's id of the resource.
        outputs: What the provider knows of it.
        inputs: The inputs the provider recorded; None if it did not say.
        reasons: Why it is not ready.
    """

    def __init__(
        self,
        message: str,
        *,
        identity: str,
        outputs: dict[str, object],
        inputs: dict[str, object] | None,
        reasons: list[str],
    ) -> None:
        super().__init__(message)
        self.identity = identity
        self.outputs = outputs
        self.inputs = inputs
        self.reasons = reasons
