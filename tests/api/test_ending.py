"""A signal ends a process quietly, whatever it is about."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.api.service import GUNICORN, PATIENCE_S, ROOT
from zones.editions import precompile


def run(program: str, *arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE_S, **options,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip


# As it is while code is compiled: the compiler keeps it in a callback, and fails where that has not come to
# its end.
CALLED_BACK = """
import ctypes, signal, sys, time
from api.ending import ended_by
number = signal.Signals[sys.argv[1]]
signal.signal(number, signal.SIG_DFL)  # whatever began the tests ignores
with ended_by(number):
    ctypes.CFUNCTYPE(None)(lambda: signal.raise_signal(number))()
    if sys.argv[2] == "fails":
        raise RuntimeError("no compiled object yet")
    time.sleep(1000)
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("then", ["fails", "goes on"])
def test_a_signal_is_not_lost_in_a_callback(name: str, then: str) -> None:
    done = run(CALLED_BACK, name, then)
    assert (done.returncode, done.stdout, done.stderr) == (128 + signal.Signals[name], "", "")


def test_other_failures_in_callbacks_are_told() -> None:
    program = (
        "import ctypes; from api.ending import ended_by\n"
        "with ended_by(): ctypes.CFUNCTYPE(None)(lambda: 1 / 0)()"
    )
    done = run(program)
    assert done.returncode == 0
    assert "ZeroDivisionError" in done.stderr


LOADING = """
import importlib.abc, signal, sys
class Interrupted(importlib.abc.MetaPathFinder):
    def find_spec(self, name, *_):
        if name == sys.argv[1]:
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Interrupted())
from api.__main__ import run
sys.exit(run())
"""


def test_an_interrupt_while_the_command_is_loaded() -> None:
    done = run(LOADING, "api.commands.main")
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_the_service_while_it_is_loaded(name: str) -> None:
    # As `caspian serve` does before it becomes gunicorn: what comes before its configuration is read waits.
    program = (
        "import os, signal as s, sys; s.pthread_sigmask(s.SIG_BLOCK, [s.SIGINT]);"
        "os.kill(os.getpid(), s.SIGINT) if sys.argv.pop(1) == 'before' else None;"
        "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    )
    for when in ("before", "then")[name == "SIGTERM" :]:
        done = run(program, when, *GUNICORN, f"tests.api.served:signalled('{name}')", env=FREE_PORT)
        assert done.returncode == 128 + signal.Signals[name]
        assert "Traceback" not in done.stderr
        assert "Booting" not in done.stderr


FREE_PORT = {**os.environ, "CASPIAN_PORT": "0"}


def test_who_compiles_ahead_ends_those_that_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """They are in sessions of their own, where nobody else would end them."""
    sleeper = tmp_path / "python"
    sleeper.write_text("#!/bin/sh\nexec sleep 1000\n")
    sleeper.chmod(0o700)
    begun: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen.wait

    def interrupted(process: subprocess.Popen[bytes]) -> int:
        monkeypatch.setattr(subprocess.Popen, "wait", real)
        raise KeyboardInterrupt

    class Begun(subprocess.Popen[bytes]):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            begun.append(self)

    monkeypatch.setattr(sys, "executable", str(sleeper))
    monkeypatch.setattr(subprocess.Popen, "wait", interrupted)
    monkeypatch.setattr(subprocess, "Popen", Begun)
    with pytest.raises(KeyboardInterrupt):
        precompile.main([])
    assert [one.returncode for one in begun] == [-signal.SIGTERM] * 2
