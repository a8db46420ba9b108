"""All that a cell says is taken in, however far behind its kernel the runner is, and when the cell was given up too."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from queue import Empty
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Coroutine

LISTENS_EACH_SECONDS = 0.25
"""How long one wait for the kernel's output is: between two it is seen whether any is still to come."""
LAST_WORDS = 1.0
"""Seconds that a kernel may say nothing whose cell was given up, before what it said is taken to be over."""
SILENCE = 4
"""Seconds, as nbclient has it, that a kernel may say nothing whose cell is over and whose output is not."""
LATE = {"stream", "display_data", "update_display_data", "clear_output"}
FOR_EVER = 10**9
"""Seconds."""


class Hearing:
    """Listens for nbclient, which would stop so many seconds after a cell's end, whether or not it had heard it all.

    Args:
        client: nbclient's.
        silence: Seconds that a kernel may say nothing after a cell's end.
    """

    given_up = False
    """Whether nbclient waits for the cell no more; only what it has said is still taken in."""

    def __init__(self, client: Any, silence: int) -> None:
        self._client, self._limit = client, silence
        self._silent, self._over = 0.0, False
        self._listening: asyncio.Future[None] | None = None
        self._cells: dict[str, tuple[Any, int]] = {}
        self.begin()

    def begin(self) -> None:
        """A cell begins."""
        self.given_up = self._over = False
        self._listening = None
        self._client.iopub_timeout = FOR_EVER

    def connect(self, output: Any, replies: Any) -> None:
        """Listen to a kernel's two channels."""
        receive, reply = output.get_msg, replies.get_msg

        async def get_msg(**_: Any) -> Any:
            self._silent = 0.0
            while True:
                with suppress(Empty):
                    message = await receive(timeout=LISTENS_EACH_SECONDS)
                    self._late(message)
                    return message
                self._silent += LISTENS_EACH_SECONDS
                if self._silent >= (LAST_WORDS if self.given_up else self._limit if self._over else FOR_EVER):
                    self._client.iopub_timeout = self._limit  # nbclient says it
                    raise Empty

        async def get_reply(*arguments: Any, **keywords: Any) -> Any:
            message = await reply(*arguments, **keywords)
            self._over = True
            return message

        output.get_msg, replies.get_msg = get_msg, get_reply

    def _late(self, message: Any) -> None:
        """What a thread or a task of an earlier cell says belongs to that cell, as in any front end."""
        *_, at_work = self._cells or [""]
        request = message["parent_header"].get("msg_id")
        if request in self._cells and request != at_work and message["msg_type"] in LATE:
            self._client.process_message(message, *self._cells[request])

    async def listen(self, listening: Coroutine[Any, Any, None], request: str, cell: Any, index: int) -> None:
        """Have nbclient listen to a cell, and go on when it gives the cell up."""
        self._cells[request] = cell, index
        self._listening = asyncio.ensure_future(listening)
        await asyncio.shield(self._listening)

    async def hear_out(self) -> bool:
        """Take in what is left; whether the kernel said that this was all."""
        self.given_up, self._silent = True, 0.0
        if self._listening is None:
            return True
        await asyncio.wait({self._listening})
        return self._listening.exception() is None
