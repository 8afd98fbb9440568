"""The store that the tests of the ways in stand on, and clients of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from api.application import Service, create_app
from api.commands.main import main
from tests.api.fake_store import FakeStore
from zones.editions.store import Store


class _Templates(BytecodeCache):
    """Compiled templates of all applications."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self.kept[bucket.key, bucket.checksum] = bucket.code


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    """Nearly every test has an application of its own: templates that they all compile are compiled once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Service, "jinja_options", {**Service.jinja_options, "bytecode_cache": _Templates()})
        yield


@pytest.fixture(scope="session")
def real_client(real_store: Store) -> FlaskClient:
    return create_app(store=real_store).test_client()


@pytest.fixture
def store(tmp_path: Path) -> Any:
    """Where editions come from: the one place to change for another store."""
    return FakeStore(folder=tmp_path / "cache")


@pytest.fixture
def app(store: Any) -> Flask:
    return create_app({"MAX_POINTS": 1000, "MAX_BODY_BYTES": 1_000_000}, store=store)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@dataclass
class Outcome:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Caspian = Callable[..., Outcome]


@pytest.fixture
def caspian(store: Any, capsys: pytest.CaptureFixture[str]) -> Caspian:
    """Run the command with arguments; its exit code and what it printed."""
    return _command(store, capsys)


@pytest.fixture
def real_caspian(real_store: Store, capsys: pytest.CaptureFixture[str]) -> Caspian:
    """As `caspian`, on the real store."""
    return _command(real_store, capsys)


def _command(store: Any, capsys: pytest.CaptureFixture[str]) -> Caspian:
    def run(*arguments: object) -> Outcome:
        try:
            code = main([str(argument) for argument in arguments], store=store)
        except SystemExit as end:  # --help and --version
            code = int(end.code or 0)
        printed = capsys.readouterr()
        return Outcome(code, printed.out, printed.err)

    return run
