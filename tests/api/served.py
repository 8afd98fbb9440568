"""Applications on the fake store that tests have gunicorn serve: ``gunicorn 'tests.api.served:fake()'``."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from flask import Flask

from api.application import create_app
from api.batches import engine
from tests.api.fake_store import FakeStore


def fake() -> Flask:
    """The service, on a store that needs no building."""
    return create_app(store=FakeStore())


def breaking() -> Flask:
    """As `fake`, but each answer to many rows fails at its fourth chunk."""
    real = engine.answer
    made = 0

    def answer(*arguments: Any, **named: Any) -> Any:
        nonlocal made
        made += 1
        if made % 4 == 0:
            raise RuntimeError("on purpose")
        return real(*arguments, **named)

    engine.answer = answer
    return fake()


def held(folder: str) -> Flask:
    """As `fake`, and ``/held`` notes in a folder that it is asked and answers once its pipe ``go`` is fed."""
    app, place = fake(), Path(folder)

    @app.get("/held")
    def wait() -> str:
        (place / "asked").touch()
        return (place / "go").read_text()

    return app


def signalled(name: str) -> Flask:
    """As `fake`, but its process gets a signal while it loads."""
    os.kill(os.getpid(), signal.Signals[name])
    return fake()


def what_if(folder: str) -> Flask:
    """As `fake`, its editions in a folder, its jobs worked at by `tests.api.fake_builder`."""
    app = create_app(store=FakeStore(folder=Path(folder)))
    app.extensions["jobs"].command = (sys.executable, "-m", "tests.api.fake_builder", "held")
    return app
