"""Applications on the fake store that tests have gunicorn serve: ``gunicorn 'tests.api.served:fake()'``."""

from __future__ import annotations

from typing import Any

from flask import Flask

from api.application import create_app
from api.batches import engine
from tests.api.fake_store import FakeStore


def fake() -> Flask:
    """The service, on a store that needs no building."""
    return create_app(store=FakeStore())


def breaking() -> Flask:
    """As `fake`, but an answer fails after its third chunk of rows, and a download in its middle."""
    real = engine.answer
    made = 0

    def answer(*arguments: Any, **named: Any) -> Any:
        nonlocal made
        made += 1
        if made > 3:
            raise RuntimeError("on purpose")
        return real(*arguments, **named)

    engine.answer = answer  # type: ignore[assignment]
    return fake()
