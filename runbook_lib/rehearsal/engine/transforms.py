"""Transforms: functions of the program that may change a resource or a function call before the engine sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc

from runbook_lib.rehearsal.engine.callbacks import Callbacks
from runbook_lib.rehearsal.engine.errors import TransformError
from runbook_lib.rehearsal.engine.protos import resource_pb2

if TYPE_CHECKING:
    from collections.abc import Iterator

# Option in a transform -> field of the registration. Lists and maps; single values are handled one by one.
LISTS = {
    "depends_on": "dependencies",
    "ignore_changes": "ignoreChanges",
    "replace_on_changes": "replaceOnChanges",
    "aliases": "aliases",
    "additional_secret_outputs": "additionalSecretOutputs",
    "hide_diff": "hideDiffs",
    "replace_with": "replace_with",
}
SINGLES = {
    "version": "version",
    "provider": "provider",
    "plugin_download_url": "pluginDownloadURL",
    "deleted_with": "deletedWith",
    "import": "importId",
}
OPTIONAL = {"protect": "protect", "retain_on_delete": "retainOnDelete"}


class Transforms:
    """The transforms a program has registered for its stack, and how to call them and those of a single resource."""

    def __init__(self) -> None:
        self._stack: list[Any] = []
        self._invokes: list[Any] = []
        self._parents: dict[str, tuple[str, list[Any]]] = {}
        self._callbacks = Callbacks()

    def add(self, callback: Any) -> None:
        """Register a transform of all resources."""
        self._stack.append(callback)

    def add_invoke(self, callback: Any) -> None:
        """Register a transform of all function calls."""
        self._invokes.append(callback)

    def remember(self, urn: str, parent: str, callbacks: list[Any]) -> None:
        """Note a resource's own transforms: they are its children's too."""
        self._parents[urn] = (parent, callbacks)

    def _chain(self, request: Any) -> Iterator[Any]:
        yield from request.transforms
        parent = request.parent
        while parent in self._parents:
            parent, callbacks = self._parents[parent]
            yield from callbacks
        yield from self._stack

    def resource(self, request: Any) -> Any:
        """A registration as its own transforms, its parents' and the stack's leave it, in that order."""
        if request.type == "pulumi:pulumi:Stack":
            return request
        for callback in self._chain(request):
            answer = resource_pb2.TransformResponse.FromString(self._call(callback, _question(request)))
            changed = resource_pb2.RegisterResourceRequest()
            changed.CopyFrom(request)
            changed.object.CopyFrom(answer.properties)
            _take_options(changed, answer.options)
            request = changed
        return request

    def invoke(self, request: Any) -> Any:
        """A function call as the stack's transforms leave it."""
        for callback in self._invokes:
            question = resource_pb2.TransformInvokeRequest(
                token=request.tok,
                args=request.args,
                options=resource_pb2.TransformInvokeOptions(provider=request.provider, version=request.version),
            )
            answer = resource_pb2.TransformInvokeResponse.FromString(self._call(callback, question))
            changed = resource_pb2.ResourceInvokeRequest()
            changed.CopyFrom(request)
            changed.args.CopyFrom(answer.args)
            changed.provider, changed.version = answer.options.provider, answer.options.version
            request = changed
        return request

    def _call(self, callback: Any, question: Any) -> bytes:
        try:
            return self._callbacks.call(callback, question)
        except grpc.RpcError as error:
            raise TransformError(f"rpc error: code = Unknown desc = {error.details()}") from error


def _question(request: Any) -> Any:
    options = resource_pb2.TransformResourceOptions(custom_timeouts=request.customTimeouts, hooks=request.hooks)
    for option, field in LISTS.items():
        getattr(options, option).extend(getattr(request, field))
    for option, field in SINGLES.items():
        setattr(options, option, getattr(request, field))
    for option, field in OPTIONAL.items():
        if request.HasField(field):
            setattr(options, option, getattr(request, field))
    if request.deleteBeforeReplaceDefined:
        options.delete_before_replace = request.deleteBeforeReplace
    for name, reference in request.providers.items():
        options.providers[name] = reference
    return resource_pb2.TransformRequest(
        type=request.type,
        name=request.name,
        custom=request.custom,
        parent=request.parent,
        properties=request.object,
        options=options,
    )


def _take_options(request: Any, options: Any) -> None:
    for option, field in LISTS.items():
        request.ClearField(field)
        getattr(request, field).extend(getattr(options, option))
    for option, field in SINGLES.items():
        setattr(request, field, getattr(options, option))
    for option, field in OPTIONAL.items():
        request.ClearField(field)
        if options.HasField(option):
            setattr(request, field, getattr(options, option))
    request.deleteBeforeReplaceDefined = options.HasField("delete_before_replace")
    request.deleteBeforeReplace = options.delete_before_replace
    request.customTimeouts.CopyFrom(options.custom_timeouts)
    request.hooks.CopyFrom(options.hooks)
    request.providers.clear()
    for name, reference in options.providers.items():
        request.providers[name] = reference
