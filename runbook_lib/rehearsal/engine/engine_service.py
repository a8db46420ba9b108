"""The `Engine` service: what programs and plugins log to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import empty_pb2

from runbook_lib.rehearsal.engine.protos import engine_pb2, engine_pb2_grpc

if TYPE_CHECKING:
    from runbook_lib.rehearsal.engine.run import Run

SEVERITIES = {
    engine_pb2.DEBUG: "debug",
    engine_pb2.INFO: "info",
    engine_pb2.WARNING: "warning",
    engine_pb2.ERROR: "error",
}


class EngineService(engine_pb2_grpc.EngineServicer):
    """Turns log calls into diagnostics.

    Args:
        run: The running operation.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self.root = ""

    def Log(self, request: Any, _context: grpc.ServicerContext) -> Any:  # noqa: N802 - the protocol's name
        """Show a message; once a step has failed, the program's complaints about that are only echoes."""
        severity = SEVERITIES.get(request.severity, "info")
        if severity == "error" and self._run.stopping.is_set():
            return empty_pb2.Empty()
        self._run.events.diagnostic(
            severity,
            request.message,
            request.urn or self.root,
            stream=request.streamId,
            ephemeral=request.ephemeral,
        )
        return empty_pb2.Empty()

    def GetRootResource(self, _request: Any, _context: grpc.ServicerContext) -> Any:  # noqa: N802 - the protocol's name
        """The stack's URN."""
        return engine_pb2.GetRootResourceResponse(urn=self.root)

    def SetRootResource(self, request: Any, _context: grpc.ServicerContext) -> Any:  # noqa: N802 - the protocol's name
        """Take the stack's URN."""
        self.root = request.urn
        return engine_pb2.SetRootResourceResponse()

    def RequirePulumiVersion(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802 - the protocol's
        """Hold the version this engine answers with against what the program asks for."""
        from runbook_lib.rehearsal.engine.version import VERSION, satisfies

        if not satisfies(request.pulumi_version_range):
            context.abort(
                grpc.StatusCode.FAILED_PRECONDITION,
                f"Pulumi CLI version {VERSION[1:]} does not satisfy the version range "
                f'"{request.pulumi_version_range}" requested by the program.',
            )
        return engine_pb2.RequirePulumiVersionResponse()
