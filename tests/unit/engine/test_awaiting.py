"""Waiting for a large program: for the same, and with the same end, as the SDK waits."""

from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime import stack

from runbook_lib.rehearsal.engine import awaiting

if TYPE_CHECKING:
    from collections.abc import Callable

SDK = stack.wait_for_rpcs
TURNS = st.integers(0, 4)
ENDS = st.sampled_from(["well", "well", "well", "fails", "cancelled"])
# What is awaited: when it comes, how it ends, and what it begins then: more of the same, and calls (True) or outputs (False).
WORK = st.recursive(
    st.tuples(st.booleans(), TURNS, ENDS, st.just([])),
    lambda inner: st.tuples(st.booleans(), TURNS, ENDS, st.lists(inner, max_size=3)),
    max_leaves=12,
)


class World:
    """The SDK's two lists, for one wait, and what was seen to end in it."""

    def __init__(self) -> None:
        self.SETTINGS = SimpleNamespace(outputs=set(), lock=threading.RLock())
        self.calls = SimpleNamespace(rpcs=[], unhandled_exception=None, exception_traceback=None)
        self.ended: list[int] = []
        self._number = 0

    def _get_rpc_manager(self) -> Any:
        return self.calls

    def begin(self, work: tuple[bool, int, str, list[Any]]) -> None:
        """Begin something as the SDK does: noted until it has ended, and after that if it failed."""
        is_call, turns, end, then = work
        number = self._number = self._number + 1

        async def run() -> int:
            for _ in range(turns):
                await asyncio.sleep(0)
            for each in then:
                self.begin(each)
            self.ended.append(number)
            if end == "fails":
                error = ValueError(number)
                if is_call and self.calls.unhandled_exception is None:
                    self.calls.unhandled_exception = error
                raise error
            if end == "cancelled":
                raise asyncio.CancelledError
            return number

        task = asyncio.ensure_future(run())
        if is_call:
            self.calls.rpcs.append(task)
            return
        self.SETTINGS.outputs.add(task)
        task.add_done_callback(self._come)

    def _come(self, task: asyncio.Future[int]) -> None:
        if not task.cancelled() and task.exception() is None:
            self.SETTINGS.outputs.discard(task)


def outcome(wait_in: Callable[[World], Any], work: list[tuple[bool, int, str, list[Any]]]) -> tuple[str, list[int], int]:
    """How one wait ends, what had ended by then, and how much was still on the lists."""
    world = World()

    async def main() -> str:
        for each in work:
            world.begin(each)
        try:
            await asyncio.wait_for(wait_in(world)(), timeout=60)
        except (ValueError, asyncio.CancelledError) as error:
            return type(error).__name__
        return "all came"

    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda *_: None)  # what nobody awaited after a failure
    try:
        end = loop.run_until_complete(main())
        while tasks := asyncio.all_tasks(loop):
            for task in tasks:
                task.cancel()
            loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
    finally:
        loop.close()
    return end, sorted(world.ended), len(world.calls.rpcs) + len(world.SETTINGS.outputs)


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """The way of large programs for all."""
    monkeypatch.setattr(awaiting, "FEW", -1)


def theirs(world: World) -> Any:
    """The SDK's own function over these lists."""
    scope = {**vars(stack), "SETTINGS": world.SETTINGS, "_get_rpc_manager": world._get_rpc_manager}
    return type(SDK)(SDK.__code__, scope, SDK.__name__, SDK.__defaults__, SDK.__closure__)


def ours(world: World) -> Any:
    """Ours over these lists."""
    return awaiting.waiting(world, theirs(world))  # type: ignore[arg-type]


@pytest.mark.usefixtures("always")
@given(st.lists(WORK, max_size=6))
def test_ends_as_the_sdks_wait(work: list[Any]) -> None:
    """All that is begun is waited for, also what is begun meanwhile; a failure ends it where it ends the SDK's."""
    expected, actual = outcome(theirs, work), outcome(ours, work)
    assert actual[0] == expected[0] or {actual[0], expected[0]} == {"ValueError", "CancelledError"}
    if expected[0] == "all came":
        assert actual == expected


@pytest.mark.usefixtures("always")
def test_an_output_that_fails_ends_the_wait_while_others_are_outstanding() -> None:
    """Nobody waits for the rest of a program that has failed."""
    work = [(False, 1, "fails", []), (False, 1000, "well", [])]
    assert outcome(ours, work)[:2] == outcome(theirs, work)[:2] == ("ValueError", [1])


@pytest.mark.usefixtures("always")
def test_a_call_that_failed_says_why() -> None:
    """The first call's error is the cause of what is raised."""
    world = World()

    async def main() -> None:
        world.begin((True, 0, "fails", []))
        await ours(world)()

    with pytest.raises(ValueError, match="1") as raised:
        asyncio.run(main())
    assert raised.value.__cause__ is world.calls.unhandled_exception


def test_each_output_is_listened_to_once() -> None:
    """So that the wait grows as the program does, and not as its square."""

    async def listened(count: int) -> int:
        world, listened = World(), 0

        class Output(asyncio.Future[int]):
            def add_done_callback(self, *arguments: Any, **options: Any) -> None:
                nonlocal listened
                listened += 1
                super().add_done_callback(*arguments, **options)

        loop = asyncio.get_running_loop()
        for turn in range(count):
            output = Output()
            world.SETTINGS.outputs.add(output)
            loop.call_later(0.0001 * turn, output.set_result, turn)
        await ours(world)()
        return listened

    assert asyncio.run(listened(500)) == 500


def test_a_small_program_waits_as_the_sdk_does() -> None:
    """The SDK's own function is called, as long as it costs nothing."""
    called = []

    async def sdks(*asked: bool, **named: bool) -> None:
        called.append([*asked, *named.values()])

    async def main() -> None:
        world = World()
        await awaiting.waiting(world, sdks)()  # type: ignore[arg-type]
        world.SETTINGS.outputs = {asyncio.get_running_loop().create_future() for _ in range(awaiting.FEW + 1)}
        await awaiting.waiting(world, sdks)(await_all_outstanding_tasks=False)  # type: ignore[arg-type]

    asyncio.run(main())
    assert called == [[True], [False]]


def test_an_sdk_that_waits_otherwise_keeps_its_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is known is the SDK that this project installs."""
    monkeypatch.setattr(stack, "wait_for_rpcs", SDK)
    assert awaiting.install()
    assert stack.wait_for_rpcs is not SDK

    async def another() -> None:
        """Another."""

    monkeypatch.setattr(stack, "wait_for_rpcs", another)
    assert not awaiting.install()
    assert stack.wait_for_rpcs is another
