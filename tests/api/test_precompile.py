"""What is made ahead of use is all that a start would have to make."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("api", "coastlines", "zones")


def test_every_module_that_a_start_loads_has_bytecode(tmp_path: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))

    def run(*arguments: str) -> str:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True, text=True, check=True, timeout=300,
        ).stdout  # fmt: skip

    assert not list(tmp_path.rglob("*.pyc"))
    run("-m", "api.precompile", "bytecode")
    program = (
        "import sys, api.commands.main, api.application, api.http.log, api.http.gunicorn_configuration\n"
        "import gunicorn.arbiter, gunicorn.workers.gthread\n"
        "for module in list(sys.modules.values()): print(getattr(module, '__file__', None) or '')"
    )
    loaded = [Path(line) for line in run("-c", program).splitlines() if line.endswith(".py")]
    assert len([path for path in loaded if tmp_path in path.parents]) > 100
    assert [path for path in loaded if not Path(importlib.util.cache_from_source(str(path))).exists()] == []
