"""Clients that take their time: headers, bodies and reading drop by drop, in a process of their own."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Event

_PAUSE_S = 0.25
_START_WITHIN_S = 60
_BUFFER_BYTES = 4096  # small, so that the kernel does not read on a slow reader's behalf

_HEADER = b"GET /version HTTP/1.1\r\nHost: slow\r\n", b"x-slow: 1\r\n"
_BODY = (
    b"POST /classify HTTP/1.1\r\nHost: slow\r\nContent-Type: application/json\r\n"
    b'Content-Length: 1000000\r\n\r\n{"points": [',
    b"[50.5, 42.5],",
)


@contextmanager
def slow_clients(host: str, port: int, count: int, path: str) -> Iterator[None]:
    """So many clients, a third each of three kinds, as long as the context lasts.

    One writes its header and one its body a line or a point at a time, one reads the answer at `path`
    by kilobytes. Whom the service sends away comes back.
    """
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    process = context.Process(target=_run, args=(host, port, count, path, ready), daemon=True)
    process.start()
    try:
        if not ready.wait(_START_WITHIN_S):
            raise TimeoutError(f"{count} slow clients could not connect within {_START_WITHIN_S} s")
        yield
    finally:
        process.kill()
        process.join()


def _run(host: str, port: int, count: int, path: str, ready: Event) -> None:
    asyncio.run(_all(host, port, count, path, ready))


async def _all(host: str, port: int, count: int, path: str, ready: Event) -> None:
    download = f"GET {path} HTTP/1.1\r\nHost: slow\r\nConnection: close\r\n\r\n".encode(), b""
    kinds = (_HEADER, _BODY, download)
    begun = [asyncio.Event() for _ in range(count)]
    tasks = [
        asyncio.create_task(_persist(host, port, *kinds[number % len(kinds)], event))
        for number, event in enumerate(begun)
    ]
    await asyncio.gather(*(event.wait() for event in begun))
    ready.set()
    await asyncio.gather(*tasks)


async def _persist(host: str, port: int, beginning: bytes, drop: bytes, begun: asyncio.Event) -> None:
    """Be slow in one connection after the other; say when the first one is under way."""
    while True:
        with socket.socket() as connection, contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
            connection.setblocking(False)
            loop = asyncio.get_running_loop()
            await loop.sock_connect(connection, (host, port))
            await loop.sock_sendall(connection, beginning)
            begun.set()
            while True:
                await asyncio.sleep(_PAUSE_S)
                if drop:
                    await loop.sock_sendall(connection, drop)
                elif not await loop.sock_recv(connection, 1024):
                    break
        await asyncio.sleep(_PAUSE_S)
