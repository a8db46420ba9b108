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
    stack.log.debug("Waiting for outstanding RPCs to complete")
    calls = stack._get_rpc_manager()  # noqa: SLF001 - what the SDK's own function asks
    outputs = Outstanding(stack.SETTINGS)
    while True:
        await _all_calls(stack, calls)
        await outputs.all()
        stack.log.debug("All outstanding outputs completed.")
        if not calls.rpcs:
            return


async def _all_calls(stack: ModuleType, calls: Any) -> None:
    """Wait for the calls to the engine; the first that failed says why."""
    while calls.rpcs:
        await asyncio.sleep(0)  # lets those that have just been queued begin
        if stack.settings.excessive_debug_output:
            stack.log.debug(f"waiting for quiescence; {len(calls.rpcs)} RPCs outstanding")  # noqa: G004 - the SDK's words
        try:
            await calls.rpcs.pop()
        except Exception as error:
            if calls.unhandled_exception is None:
                raise
            raise error from calls.unhandled_exception.with_traceback(calls.exception_traceback)
    if calls.unhandled_exception is not None:
        raise calls.unhandled_exception.with_traceback(calls.exception_traceback)
    stack.log.debug("RPCs successfully completed")


class Outstanding:
    """The outputs that have not come yet.

    Args:
        settings: The SDK's, which note new outputs in `outputs`, under `lock`.
    """

    def __init__(self, settings: Any) -> None:
        self._settings = settings
        self._come: list[asyncio.Future[Any]] = []
        self._awaited: set[asyncio.Future[Any]] = set()
        self._listener = self._note  # one object, by which the loop's queue is searched

    async def all(self) -> None:
        """Wait until there are none.

        Raises:
            BaseException: what the first output that failed did so with; `CancelledError` if it was cancelled.
        """
        while self._listen():
            await self._news
            for output in self._taken():
                await output

    def _listen(self) -> bool:
        """Take over what is outstanding, so that the SDK's set then has only what is new; whether there is anything."""
        with self._settings.lock:
            new = self._settings.outputs - self._awaited
            self._settings.outputs.clear()
        self._awaited |= new
        self._news = asyncio.get_running_loop().create_future()
        for output in new:
            output.add_done_callback(self._listener)
        return bool(self._awaited)

    def _note(self, output: asyncio.Future[Any]) -> None:
        if output not in self._awaited:
            return  # taken from the queue before
        self._awaited.remove(output)
        self._come.append(output)
        if not self._news.done():
            self._news.set_result(None)

    def _taken(self) -> list[asyncio.Future[Any]]:
        """What has come, in its order.

        The SDK looks at each output, and so sees those that came in this very turn of the loop, whose listeners are
        still in its queue. Which of two errors is raised hangs on that; the queue is no longer than what the loop does next.
        """
        queue: Any = getattr(asyncio.get_running_loop(), "_ready", None)
        for handle in queue.copy() if queue else ():  # a copy: other threads add to it
            if handle._callback is self._listener:  # noqa: SLF001 - there is no other way to ask
                self._note(*handle._args)  # noqa: SLF001 - the same
        come, self._come = self._come, []
        return come
