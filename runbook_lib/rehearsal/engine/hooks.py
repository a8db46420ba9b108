"""Resource hooks: functions of the program that run around a step, or are asked whether one that failed is tried again."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import grpc

from runbook_lib.rehearsal.engine.callbacks import Callbacks
from runbook_lib.rehearsal.engine.errors import EngineError, HookError
from runbook_lib.rehearsal.engine.hook_options import options_of
from runbook_lib.rehearsal.engine.protos import resource_pb2
from runbook_lib.rehearsal.engine.wire import pack

if TYPE_CHECKING:
    from runbook_lib.rehearsal.engine.run import Run
    from runbook_lib.rehearsal.engine.state import Resource
    from runbook_lib.rehearsal.engine.steps import Step

ACTIONS = {
    "create": "Create",
    "create-replacement": "Create",
    "update": "Update",
    "delete": "Delete",
    "delete-replaced": "Delete",
}
MOST_RETRIES = 100


class Hooks:
    """The hooks that a program has registered.

    Args:
        run: The running operation.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._hooks: dict[str, Any] = {}
        self._callbacks = Callbacks()
        self._lock = threading.Lock()

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._hooks)

    def add(self, request: Any) -> None:
        """Register a hook, of a step or of an error.

        Raises:
            HookError: if its name is empty or taken.
        """
        if not request.name:
            raise HookError("resource hook name cannot be empty")
        with self._lock:
            if request.name in self._hooks:
                raise HookError(f"resource hook already registered for name {_quoted(request.name)}")
            self._hooks[request.name] = request

    def before(self, step: Step) -> None:
        """Run what comes before a step.

        Raises:
            HookError: if a hook raises: the step is not to be begun.
        """
        if action := ACTIONS.get(step.op):
            self._around(step, f"Before{action}", {})

    def after(self, step: Step) -> None:
        """Run what comes after a step: one that raises fails the run, while what the step has done stays done."""
        action = ACTIONS.get(step.op)
        if not action:
            return
        try:
            self._around(step, f"After{action}", {"new_outputs": step.new.outputs} if step.new else {})
        except HookError as error:
            self._run.fail_after(str(error), step.urn)

    def retry(self, step: Step, failures: list[str]) -> bool:
        """Ask whether a step that failed is tried again.

        Args:
            step: The step.
            failures: What went wrong each time, the latest first.

        Raises:
            HookError: if a hook raises, or the step has failed too often.
        """
        action = ACTIONS.get(step.op)
        names = step.state.resource_hooks.get("OnError", []) if action else []
        if not names or action is None:
            return False
        if len(failures) >= MOST_RETRIES:
            self._run.events.diagnostic("warning", f"maximum number of error hook retries ({MOST_RETRIES}) reached", step.urn)
            raise HookError("maximum number of error hook retries reached")
        again = False
        for name in names:
            if name not in self._hooks:
                raise HookError(f"error hooks execution failed: error hook {_quoted(name)} was not registered")
            question = resource_pb2.ErrorHookRequest(**_about(step), failed_operation=action.lower(), errors=failures)
            try:
                answer = resource_pb2.ErrorHookResponse.FromString(self._call(name, question))
            except grpc.RpcError as error:
                raise HookError(f"error hooks execution failed: error hook {_quoted(name)} failed: {_told(error)}") from error
            if answer.error:
                raise HookError(f"error hooks execution failed: error hook {_quoted(name)} failed: {answer.error}")
            again = again or answer.retry
        if again:
            message = f"retrying {action.lower()} due to on-error hook request ({len(failures)}/{MOST_RETRIES})"
            self._run.events.diagnostic("warning", message, step.urn)
        return again

    def _around(self, step: Step, kind: str, outputs: dict[str, Any]) -> None:
        for name in step.state.resource_hooks.get(kind, []):
            hook = self._hooks.get(name)
            if hook is None:
                raise HookError(f"hook {_quoted(name)} was not registered")
            if self._run.dry_run and not hook.on_dry_run:
                continue
            packed = {key: pack(value) for key, value in outputs.items()}
            question = resource_pb2.ResourceHookRequest(**_about(step), **packed)
            try:
                failure = resource_pb2.ResourceHookResponse.FromString(self._call(name, question)).error
            except grpc.RpcError as error:
                failure = _told(error)
            if failure and hook.ignore_errors:
                self._run.events.diagnostic("warning", f"{kind} hook {_quoted(name)} failed: {failure}", step.urn)
            elif failure:
                raise HookError(f"{'before' if kind.startswith('Before') else 'after'} hook {_quoted(name)} failed: {failure}")

    def _call(self, name: str, question: Any) -> bytes:
        return self._callbacks.call(self._hooks[name].callback, question)


def refuse_without_program(run: Run) -> None:
    """Refuse to delete resources whose hooks only the program has.

    Raises:
        EngineError: if there are any.
    """
    found = False
    for resource in run.base.resources:
        names = [name for kind in ("BeforeDelete", "AfterDelete") for name in resource.resource_hooks.get(kind, [])]
        if names:
            found = True
            message = f"Resource has delete hooks registered, but the program is not running. Hooks: {', '.join(names)}"
            run.events.diagnostic("error", message, resource.urn)
    if found:
        raise EngineError("You must run with the `--run-program` flag to use delete hooks during destroy.")


def _about(step: Step) -> dict[str, Any]:
    """What every hook is told of a step; a replacement is a creation and a deletion, and knows of one resource only."""
    old = step.old if ACTIONS[step.op] != "Create" else None
    new = step.new if ACTIONS[step.op] != "Delete" else None
    state = step.state
    told: dict[str, Any] = {"urn": state.urn, "id": _identity(step), "name": state.urn.rpartition("::")[2], "type": state.type}
    if old is not None:
        told |= {"old_inputs": pack(old.inputs), "old_outputs": pack(old.outputs), "old_options": options_of(old)}
    if new is not None:
        told |= {"new_inputs": pack(new.inputs), "new_options": options_of(new)}
    return told


def _identity(step: Step) -> str:
    known: Resource | None = step.old if ACTIONS[step.op] == "Update" else step.state
    return known.id if known else ""


def _told(error: grpc.RpcError) -> str:
    return f"rpc error: code = Unknown desc = {error.details()}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
