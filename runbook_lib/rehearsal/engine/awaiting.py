"""Waiting for all that a program has begun, in time that grows as the program does.

Pulumi's SDK waits with `asyncio.wait` over every output that is outstanding, anew for each that comes: for 3,000 resources that
was most of what the program's process did. Here each is listened to once. What is waited for, and what is raised, is the same; a
test holds the two against each other. An SDK whose way is another one than the one that is known here keeps its own.
"""

from __future__ import annotations

import asyncio
import hashlib
import inspect
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from types import ModuleType

    Wait = Callable[..., Coroutine[Any, Any, None]]

KNOWN = frozenset({"c0f9027f85ad09255ded0a1908033b490f76d303a3e40b50d3cf47a69265469d"})
"""SHA-256 of the source of the SDK's `wait_for_rpcs`: that of 3.272."""

FEW = 128
"""Outstanding outputs up to which the SDK's own way costs nothing worth speaking of."""


def install() -> bool:
    """Let this process wait so; whether it does."""
    from pulumi.runtime import stack

    theirs = stack.wait_for_rpcs
    if hashlib.sha256(inspect.getsource(theirs).encode()).hexdigest() not in KNOWN:
        return False
    stack.wait_for_rpcs = waiting(stack, theirs)
    return True


def waiting(stack: ModuleType, theirs: Wait) -> Wait:
    """What stands for the SDK's `wait_for_rpcs`.

    Args:
        stack: The SDK's `pulumi.runtime.stack`, or what has its `SETTINGS` and its `_get_rpc_manager`.
        theirs: The SDK's own function, for programs that are not large.
    """

    def wait_for_rpcs(await_all_outstanding_tasks: bool = True) -> Coroutine[Any, Any, None]:  # noqa: FBT001, FBT002 - the SDK's own
        if not await_all_outstanding_tasks or len(stack.SETTINGS.outputs) <= FEW:
            return theirs(await_all_outstanding_tasks)  # not awaited here: its author would meet one frame more
        return _all(stack)

    return wait_for_rpcs


async def _all(stack: ModuleType) -> None:
    calls = stack._get_rpc_manager()  # noqa: SLF001 - what the SDK's own function asks
    outputs = Outstanding(stack.SETTINGS)
    while True:
        await _all_calls(calls)
        await outputs.all()
        if not calls.rpcs:
            return


async def _all_calls(calls: Any) -> None:
    """Wait for the calls to the engine; the first that failed says why."""
    while calls.rpcs:
        await asyncio.sleep(0)  # lets those that have just been queued begin
        try:
            await calls.rpcs.pop()
        except Exception as error:
            if calls.unhandled_exception is None:
                raise
            raise error from calls.unhandled_exception.with_traceback(calls.exception_traceback)
    if calls.unhandled_exception is not None:
        raise calls.unhandled_exception.with_traceback(calls.exception_traceback)


class Outstanding:
    """The outputs that have not come yet.

    Args:
        settings: The SDK's, which note new outputs in `outputs`, under `lock`.
    """

    def __init__(self, settings: Any) -> None:
        self._settings = settings
        self._come: list[asyncio.Future[Any]] = []
        self._awaited: set[asyncio.Future[Any]] = set()
        self._news = asyncio.Event()

    async def all(self) -> None:
        """Wait until there are none; an output that failed raises what it failed with."""
        while True:
            self._listen()
            if not self._awaited:
                return
            await self._news.wait()
            self._news.clear()
            come, self._come = self._come, []
            for output in come:
                self._awaited.discard(output)
                await output

    def _listen(self) -> None:
        """Take over what is outstanding: the SDK's set then has only what is new."""
        with self._settings.lock:
            new = self._settings.outputs - self._awaited
            self._settings.outputs.clear()
        self._awaited |= new
        for output in new:
            output.add_done_callback(self._note)

    def _note(self, output: asyncio.Future[Any]) -> None:
        self._come.append(output)
        self._news.set()
