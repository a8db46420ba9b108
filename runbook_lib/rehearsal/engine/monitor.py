"""The `ResourceMonitor` service: what a program's SDK talks to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import grpc
from google.protobuf import empty_pb2

from runbook_lib.rehearsal.engine import goal as goals
from runbook_lib.rehearsal.engine.errors import EngineError, HookError, TransformError
from runbook_lib.rehearsal.engine.protos import provider_pb2, resource_pb2, resource_pb2_grpc
from runbook_lib.rehearsal.engine.run import StepFailedError, Stopped
from runbook_lib.rehearsal.engine.urn import STACK_TYPE, package_of
from runbook_lib.rehearsal.engine.values import contains
from runbook_lib.rehearsal.engine.wire import pack, unpack
from runbook_lib.rehearsal.values import Unknown
from runbook_lib.signatures import UNKNOWN_ID

if TYPE_CHECKING:
    from pathlib import Path

    from runbook_lib.rehearsal.engine.registration import Registrar
    from runbook_lib.rehearsal.engine.run import Run
    from runbook_lib.rehearsal.engine.state import Resource
    from runbook_lib.rehearsal.engine.transforms import Transforms

FEATURES = {
    "secrets": resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
    "resourceReferences": resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    "outputValues": resource_pb2.RESOURCE_MONITOR_FEATURE_OUTPUT_VALUES,
    "aliasSpecs": resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
    "replacementTrigger": resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACEMENT_TRIGGER,
    "deletedWith": resource_pb2.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
    "replaceWith": resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
    "transforms": resource_pb2.RESOURCE_MONITOR_FEATURE_TRANSFORMS,
    "invokeTransforms": resource_pb2.RESOURCE_MONITOR_FEATURE_INVOKE_TRANSFORMS,
    "resourceHooks": resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_HOOKS,
    "errorHooks": resource_pb2.RESOURCE_MONITOR_FEATURE_ERROR_HOOKS,
    "sendsOptionsToHooks": resource_pb2.RESOURCE_MONITOR_FEATURE_SENDS_OPTIONS_TO_HOOKS,
}
SHUTTING_DOWN = "resource monitor has terminated, shutting down"


class Monitor(resource_pb2_grpc.ResourceMonitorServicer):
    """Answers a program.

    Args:
        run: The running operation.
        registrar: What registers resources.
        transforms: The program's transforms.
        folder: The program's working directory.
    """

    def __init__(self, run: Run, registrar: Registrar, transforms: Transforms, folder: Path) -> None:
        self._run = run
        self._registrar = registrar
        self._transforms = transforms
        self._folder = folder

    def GetDeploymentInfo(self, _request: Any, _context: grpc.ServicerContext) -> Any:  # noqa: N802 - the protocol's name
        """What is being deployed, and what this engine can do."""
        config = self._run.config
        return resource_pb2.DeploymentInfo(
            project=self._run.project.name,
            stack=self._run.stack,
            organization="organization",
            config={key: value.text for key, value in config.items()},
            configSecretKeys=[key for key, value in config.items() if value.secret],
            dryRun=self._run.dry_run,
            parallel=self._run.options.parallel,
            supportedFeatures=FEATURES.values(),
        )

    def SupportsFeature(self, request: Any, _context: grpc.ServicerContext) -> Any:  # noqa: N802 - the protocol's name
        """Whether this engine can do something, by the feature's old name."""
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in FEATURES)

    def RegisterResource(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802 - the protocol's name
        """Bring a resource to what the program wants."""
        response = resource_pb2.RegisterResourceResponse
        if request.remote:
            self._refuse(context, f"remote components ({request.type}) are outside the embedded engine")
        try:
            request = self._transforms.resource(request)
            goal = goals.from_request(request, self._folder, self._run.project.folder)
            resource = self._registrar.register(goal)
            self._transforms.remember(resource.urn, request.parent, list(request.transforms))
        except TransformError as error:
            context.abort(grpc.StatusCode.UNKNOWN, f"invoke transform: {error}")
        except StepFailedError as error:
            if self._run.options.continue_on_error and request.supportsResultReporting:
                return response(urn=error.urn, result=resource_pb2.Result.FAIL)
            self._shut_down(context)
        except Stopped:
            self._shut_down(context)
        except EngineError as error:
            self._run.refuse(str(error), self._registrar.urn(request.parent, request.type, request.name))
            self._shut_down(context)
        outputs = resource.outputs if resource.custom else {}
        if not request.supportsPartialValues:
            outputs = {key: value for key, value in outputs.items() if not contains(value, Unknown)}
        return response(
            urn=resource.urn,
            id=resource.id if resource.id != UNKNOWN_ID else "",
            object=pack(outputs, secrets=request.acceptSecrets, references=request.acceptResources),
            unknown=resource.urn in self._run.skipped,
        )

    def RegisterResourceOutputs(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802 - the protocol's
        """Take a component's outputs."""
        resource = self._run.done.get(request.urn)
        if resource is None or request.urn in self._run.left:
            self._run.refuse(f"cannot complete a resource '{request.urn}' whose registration isn't pending", request.urn)
            self._shut_down(context)
        outputs = goals.with_hashes(unpack(request.outputs), self._folder)
        if resource.type == STACK_TYPE:
            self._run.stack_outputs = resource, outputs
            return empty_pb2.Empty()
        try:
            self._registrar.plan_outputs(resource, outputs)
        except Stopped:
            self._shut_down(context)
        resource.outputs = outputs
        self._run.journal.touch(resource)
        if step := self._run.steps.get(request.urn):  # what targets leave out has none
            self._run.hooks.after(step)
            self._run.events.after(step)
        return empty_pb2.Empty()

    def ReadResource(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802 - the protocol's name
        """Read a resource that exists already."""
        try:
            resource: Resource = self._registrar.register(goals.from_read(request, self._folder, self._run.project.folder))
        except StepFailedError as error:
            if self._run.options.continue_on_error:
                return resource_pb2.ReadResourceResponse(urn=error.urn, result=resource_pb2.Result.FAIL)
            self._shut_down(context)
        except Stopped:
            self._shut_down(context)
        except EngineError as error:
            self._run.refuse(str(error), self._registrar.urn(request.parent, request.type, request.name))
            self._shut_down(context)
        return resource_pb2.ReadResourceResponse(
            urn=resource.urn,
            id=resource.id if resource.id != UNKNOWN_ID else "",
            properties=pack(resource.outputs, secrets=request.acceptSecrets, references=request.acceptResources),
            unknown=resource.urn in self._run.skipped,
        )

    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802 - the protocol's name
        """Call a provider's function."""
        run = self._run
        try:
            request = self._transforms.invoke(request)
            reference = request.provider or self._registrar.default_provider(package_of(request.tok), request.version)
            provider = run.registry.ensure(reference, run.provider_state(reference))
            if not provider.configured:
                return resource_pb2.ResourceInvokeResponse()
            result, failures = provider.invoke(request.tok, unpack(request.args), preview=run.dry_run)
        except (StepFailedError, Stopped):
            self._shut_down(context)
        except EngineError as error:
            context.abort(grpc.StatusCode.UNKNOWN, f"invocation of {request.tok} returned an error: {error}")
        return resource_pb2.ResourceInvokeResponse(
            **{"return": pack(result, references=request.acceptResources)},
            failures=[provider_pb2.CheckFailure(property=item.property, reason=item.reason) for item in failures],
        )

    def Call(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802 - the protocol's name
        """Refuse: resource methods belong to remote components."""
        self._refuse(context, f"resource methods ({request.tok}) are outside the embedded engine")

    def RegisterPackage(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802 - the protocol's name
        """Refuse: parameterized packages need plugins that the embedded engine does not download."""
        self._refuse(context, f"parameterized packages ({request.name}) are outside the embedded engine")

    def RegisterStackTransform(self, request: Any, _context: grpc.ServicerContext) -> Any:  # noqa: N802 - the protocol's
        """Apply a transform to all resources from now on."""
        self._transforms.add(request)
        return empty_pb2.Empty()

    def RegisterStackInvokeTransform(self, request: Any, _context: grpc.ServicerContext) -> Any:  # noqa: N802 - the same
        """Apply a transform to all function calls from now on."""
        self._transforms.add_invoke(request)
        return empty_pb2.Empty()

    def SignalAndWaitForShutdown(self, _request: Any, _context: grpc.ServicerContext) -> Any:  # noqa: N802 - the protocol's
        """Let the program go; one with hooks stays until the deletions are through, for they may call it back."""
        if self._run.hooks:
            self._run.program_through.set()
            self._run.program_free.wait()
        return empty_pb2.Empty()

    def RegisterResourceHook(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802 - the protocol's name
        """Take a hook, to be called when a resource names it."""
        try:
            self._run.hooks.add(request)
        except HookError as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        return empty_pb2.Empty()

    RegisterErrorHook = RegisterResourceHook

    def _refuse(self, context: grpc.ServicerContext, message: str) -> NoReturn:
        context.abort(grpc.StatusCode.UNIMPLEMENTED, message)
        raise AssertionError  # abort raises; the type says that it may not

    def _shut_down(self, context: grpc.ServicerContext) -> NoReturn:
        """Tell the SDK that there is no point in going on; what went wrong has been shown."""
        context.abort(grpc.StatusCode.UNAVAILABLE, SHUTTING_DOWN)
        raise AssertionError  # abort raises; the type says that it may not
