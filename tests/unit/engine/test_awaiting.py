"""Waiting for a large program: for the same, and with the same end, as the SDK waits."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pulumi.runtime import stack

from runbook_lib.rehearsal.engine import awaiting

if TYPE_CHECKING:
    from collections.abc import Callable

    Work = tuple[bool, int, str, list[Any]]

SDK = stack.wait_for_rpcs
TURNS = st.sampled_from([0, 1, 2, 3, 4, 5, 6, 40])
ENDS = st.sampled_from(["well", "well", "well", "fails", "cancelled"])
# What is awaited: when it comes, how it ends, and what it begins then: more of the same, and calls (True) or outputs (False).
WORK = st.recursive(
    st.tuples(st.booleans(), TURNS, ENDS, st.just([])),
    lambda inner: st.tuples(st.booleans(), TURNS, ENDS, st.lists(inner, max_size=3)),
    max_leaves=12,
)


class World:
    """The SDK's two lists, for one wait, and what was seen to end in it."""

    settings = SimpleNamespace(excessive_debug_output=True)

    def __init__(self) -> None:
        self.said: list[str] = []
        self.log = SimpleNamespace(debug=self.said.append)
        self.SETTINGS = SimpleNamespace(outputs=set(), lock=threading.RLock())
        self.calls = SimpleNamespace(rpcs=[], unhandled_exception=None, exception_traceback=None)
        self.ended: list[int] = []
        self.together: set[asyncio.Future[int]] = set()
        self._number = 0

    def _get_rpc_manager(self) -> Any:
        return self.calls

    def begin(self, work: Work) -> None:
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

    async def wait(self, outputs: Any, **how: Any) -> Any:
        """`asyncio.wait`, noting what came together: of those the SDK awaits any one first, as a set has them."""
        self.together, others = await asyncio.wait(outputs, **how)
        return self.together, others


@dataclass
class Outcome:
    """How one wait ended, what had ended by then, in order, how many calls nobody had waited for, and what it said."""

    end: str
    ended: list[int]
    calls: int
    said: list[str]
    possible: set[str] = field(compare=False)
    """How it may have ended just as well."""


def told(error: BaseException | None) -> str:
    """An error with its cause."""
    return "" if error is None else f"{error!r} from {error.__cause__!r}"


def outcome(wait_in: Callable[[World], Any], work: list[Work], cancelled: int | None = None) -> Outcome:
    """Wait for some work; where `cancelled` is a number, who waits is cancelled after as many turns of the loop."""
    world = World()

    async def main() -> str:
        for each in work:
            world.begin(each)
        waiting = asyncio.ensure_future(wait_in(world)())
        for _ in range(cancelled or 0):
            await asyncio.sleep(0)
        if cancelled is not None:
            waiting.cancel()
        await asyncio.wait([waiting], timeout=60)
        assert waiting.done(), "it waits for what never comes"
        return told(asyncio.CancelledError()) if waiting.cancelled() else told(waiting.exception())

    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda *_: None)  # what nobody awaited after a failure
    try:
        end, ended = loop.run_until_complete(main()), list(world.ended)
        possible = {told(asyncio.CancelledError() if each.cancelled() else each.exception()) for each in world.together}
        calls = len(world.calls.rpcs)
        while tasks := asyncio.all_tasks(loop):
            for task in tasks:
                task.cancel()
            loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
    finally:
        loop.close()
    return Outcome(end, ended, calls, world.said, possible - {""})


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """The way of large programs for all."""
    monkeypatch.setattr(awaiting, "FEW", -1)


def theirs(world: World) -> Any:
    """The SDK's own function over these lists."""
    noting = SimpleNamespace(**{**vars(asyncio), "wait": world.wait})
    its = {"SETTINGS": world.SETTINGS, "_get_rpc_manager": world._get_rpc_manager, "log": world.log, "settings": world.settings}
    scope = {**vars(stack), **its, "asyncio": noting}
    return type(SDK)(SDK.__code__, scope, SDK.__name__, SDK.__defaults__, SDK.__closure__)


def ours(world: World) -> Any:
    """Ours over these lists."""
    return awaiting.waiting(world, theirs(world))  # type: ignore[arg-type]


@pytest.mark.usefixtures("always")
@settings(max_examples=500)
@given(st.lists(WORK, max_size=6), st.none() | st.integers(0, 9))
# What comes in the turn in which another is awaited: whether the call's error or the output's is raised hangs on that.
@example([(True, 0, "well", [(False, 0, "well", [])]), (False, 3, "well", [(True, 0, "fails", [(False, 0, "fails", [])])])], None)
# An output that fails in the turn in which another comes ends the wait before what that one has begun.
@example([(False, 4, "fails", []), (False, 2, "well", [(False, 0, "well", [(False, 4, "well", [])])])], None)
def test_ends_as_the_sdks_wait(work: list[Work], cancelled: int | None) -> None:
    """With the same error of the same cause in the same turn of the loop, having waited for the same and said the same."""
    expected, actual = outcome(theirs, work, cancelled), outcome(ours, work, cancelled)
    if {expected.end, actual.end} <= expected.possible:
        actual.end = expected.end
    assert actual == expected


@pytest.mark.usefixtures("always")
def test_an_output_that_fails_ends_the_wait_while_others_are_outstanding() -> None:
    """Nobody waits for the rest of a program that has failed."""
    work: list[Work] = [(False, 1, "fails", []), (False, 1000, "well", [])]
    actual = outcome(ours, work)
    assert actual == outcome(theirs, work)
    assert (actual.end, actual.ended) == ("ValueError(1) from None", [1])


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("awaited", [True, False])
def test_a_call_that_failed_says_why(*, awaited: bool) -> None:
    """The first call's error is the cause of what is raised, and is raised itself where nobody awaits that call any more."""
    world = World()

    async def main() -> None:
        if awaited:
            world.begin((True, 0, "fails", []))
        else:
            world.calls.unhandled_exception = ValueError(1)
        await ours(world)()

    with pytest.raises(ValueError, match="1") as raised:
        asyncio.run(main())
    assert world.calls.unhandled_exception in {raised.value.__cause__, raised.value}
    assert (raised.value.__cause__ is not None) is awaited


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
