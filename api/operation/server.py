"""gunicorn around the application: load the edition once, then fork workers that share it."""

from __future__ import annotations

import errno
import socket
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from flask import Flask
from gunicorn.app.base import BaseApplication

from api.application import create_app
from api.atlas import Atlases
from api.errors import CommandError
from api.operation import logs
from api.operation.metrics import shared_folder
from api.operation.running import allow_descriptors, options
from api.progress import stages

if TYPE_CHECKING:
    from zones.store import Progress, Store


def serve(values: Mapping[str, str | int], *, store: Store | None = None) -> int:
    """Serve with the given settings until stopped.

    Raises
    ------
    CommandError
        When the address cannot be listened on; known before anything is built.
    """
    host, port = str(values["HOST"]), int(values["PORT"])
    with _bound(host, port) as listener, shared_folder():
        app = create_app(values, store=store)
        with stages() as progress:
            warm(app, progress=progress)
        address = _address(listener)
        logs.configure(values)
        allow_descriptors(values)
        chosen = options(values, warm=lambda _app: print(f"caspian: serving at {address}", flush=True))
        _Service(app, {**chosen, "bind": f"fd://{listener.detach()}"}).run()
    return 0


def warm(app: Flask, *, progress: Progress | None = None) -> None:
    """Open what the first request would have to wait for.

    The default edition, and the others that a single position is compared with; all before the
    workers are forked, so that they share the memory.
    """
    atlases = cast(Atlases, app.extensions["atlases"])
    edition = atlases.get(progress=progress).edition
    if progress is not None:
        progress("coasts to compare with", 0.0)
    # One answer of each kind, so that what is compiled or read on first use is there.
    lon, lat = np.array([50.5]), np.array([42.5])
    for compare in (False, True):
        edition.classify(lon, lat, compare=compare)
        edition.classify_one(50.5, 42.5, compare=compare)


def _bound(host: str, port: int) -> socket.socket:
    """A socket bound to the address; nobody is let in before the service listens on it."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, OverflowError, UnicodeError) as error:
        raise CommandError(f"cannot listen on {host[:80]} port {port}: {error}") from None
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except (OSError, OverflowError) as error:
        listener.close()
        in_use = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        reason = "it is in use already; choose another by --port" if in_use else error
        raise CommandError(f"cannot listen on {host} port {port}: {reason}") from None
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}/"


class _Service(BaseApplication):  # type: ignore[misc]
    """gunicorn with its settings from here rather than from its own command line."""

    def __init__(self, app: Flask, options: Mapping[str, Any]) -> None:
        self._app = app
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._app
