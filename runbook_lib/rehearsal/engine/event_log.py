"""Where `--event-log` sends the engine events: a file, or a gRPC stream to the Automation API."""

from __future__ import annotations

import json
import queue
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from runbook_lib.rehearsal.engine.steps import Step

DRAIN_SECONDS = 10.0


class FileLog:
    """One JSON object a line.

    Args:
        path: The file; it is begun anew.
    """

    def __init__(self, path: Path) -> None:
        self._stream = path.open("w", encoding="utf-8", buffering=1)

    def __call__(self, event: dict[str, Any], _step: Step | None) -> None:
        """Write an event."""
        self._stream.write(json.dumps(event, separators=(",", ":"), ensure_ascii=False) + "\n")

    def close(self) -> None:
        """Close the file."""
        self._stream.close()


class StreamLog:
    """A client stream to `Events.StreamEvents`, sent by a thread of its own so that no step waits for it.

    Args:
        address: The listener's host and port.
    """

    def __init__(self, address: str) -> None:
        self._queue: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._send, args=(address,), daemon=True)
        self._thread.start()

    def __call__(self, event: dict[str, Any], _step: Step | None) -> None:
        """Queue an event."""
        self._queue.put(event)

    def _send(self, address: str) -> None:
        import grpc

        from runbook_lib.rehearsal.engine.protos import CHANNEL_OPTIONS, events_pb2, events_pb2_grpc

        def requests() -> Iterator[Any]:
            while (event := self._queue.get()) is not None:
                yield events_pb2.EventRequest(event=json.dumps(event, separators=(",", ":"), ensure_ascii=False))

        with grpc.insecure_channel(address, options=CHANNEL_OPTIONS) as channel:
            events_pb2_grpc.EventsStub(channel).StreamEvents(requests())

    def close(self) -> None:
        """Wait until all events are delivered."""
        self._queue.put(None)
        self._thread.join(DRAIN_SECONDS)


def open_log(target: str) -> FileLog | StreamLog:
    """Open what `--event-log` names."""
    from pathlib import Path

    if target.startswith("tcp://"):
        return StreamLog(target.removeprefix("tcp://"))
    return FileLog(Path(target))
