"""How the lifecycle's answers and errors look in Pulumi's provider protocol."""

from __future__ import annotations

import traceback
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import grpc
from pulumi.runtime.proto import provider_pb2, status_pb2

from runbook_lib.rehearsal.provider.errors import IncompleteError, expected, reason_of
from runbook_lib.rehearsal.provider.wire import encode

if TYPE_CHECKING:
    from collections.abc import Callable

    from runbook_lib.rehearsal.provider.difference import Difference

T = TypeVar("T")
Kind = provider_pb2.PropertyDiff.Kind
URN_SEPARATORS = 3  # stack, project and types come before the name
KINDS = {"add": "ADD", "delete": "DELETE", "update": "UPDATE"}


def answering(method: Callable[[Any, Any, grpc.ServicerContext], T]) -> Callable[[Any, Any, grpc.ServicerContext], T]:
    """Turn whatever a method raises into the protocol's errors, which begin with whom the request is about."""

    @wraps(method)
    def answered(self: Any, request: Any, context: grpc.ServicerContext) -> T:
        try:
            return method(self, request, context)
        except Exception as error:
            if not expected(error):
                traceback.print_exc()  # standard error goes to the engine's log
            message = f"{subject(request)}{reason_of(error)}"
            if isinstance(error, IncompleteError):
                _keep(context, error, message)
            context.abort(grpc.StatusCode.UNKNOWN, message)
            raise

    return answered


def subject(request: Any) -> str:
    """Whom a request is about, as its error begins: type and name of a resource, a function, or nothing (Configure)."""
    urn = getattr(request, "urn", "")
    if urn.count("::") >= URN_SEPARATORS:
        _, _, types, name = urn.split("::", URN_SEPARATORS)
        return f"{types.rpartition('$')[2]} {name}: "
    about = urn or getattr(request, "tok", "")
    return f"{about}: " if about else ""


def _keep(context: grpc.ServicerContext, error: IncompleteError, message: str) -> None:
    """Have the engine keep the resource: the detail carries its id and what is known of it."""
    detail = provider_pb2.ErrorResourceInitFailed(
        id=error.id, properties=encode(error.outputs), reasons=[message], inputs=encode({})
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=message)
    status.details.add().Pack(detail)
    context.set_trailing_metadata([("grpc-status-details-bin", status.SerializeToString())])


def check_failures(found: list[tuple[str, str]]) -> list[Any]:
    """Check's complaints."""
    return [provider_pb2.CheckFailure(property=path, reason=reason) for path, reason in found]


def diff_response(found: Difference) -> Any:
    """A difference, with its details."""
    changes = provider_pb2.DiffResponse.DIFF_SOME if found.changes else provider_pb2.DiffResponse.DIFF_NONE
    detailed = {}
    for change in found.changes:
        kind = KINDS[change.kind] + ("_REPLACE" if change.path in found.replaces else "")
        # Not "inputDiff" only where the property is AWS's answer to a provider setting.
        detailed[change.path] = provider_pb2.PropertyDiff(kind=Kind.Value(kind), inputDiff=change.path != "tagsAll")
    return provider_pb2.DiffResponse(
        changes=changes,
        replaces=found.replaces,
        deleteBeforeReplace=found.delete_before_replace and bool(found.replaces),
        diffs=sorted({change.top for change in found.changes}),
        detailedDiff=detailed,
        hasDetailedDiff=True,
    )
