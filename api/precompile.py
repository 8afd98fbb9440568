"""Make ahead of use what the first start would have to: ``python -m api.precompile``.

Compiled inner loops (`zones.editions.precompile`), and bytecode of every module that the service and commands
load: Python keeps it by itself only where it may, and without it a start takes twice as long. Nothing
depends on either. ``python -m api.precompile bytecode`` makes bytecode alone.
"""

from __future__ import annotations

import compileall
import importlib
import signal
import sys
from pathlib import Path

from api.commands import NAMES
from api.ending import ended_by

# They load the others; after the first what is loaded when it is needed.
_MODULES = (
    "api.commands.main",
    *(f"api.commands.{name}" for name in NAMES),
    "api.application",
    "api.commands.classify_file",
    "gunicorn.app.wsgiapp",
    "gunicorn.arbiter",
    "gunicorn.workers.gthread",
    "prometheus_client.multiprocess",
    "scipy.spatial",
    "tqdm",
    "zones.editions.store",
)


def main(arguments: list[str]) -> int:
    """Compile what can be compiled; 0 when the inner loops are."""
    with ended_by(signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        return _make(arguments)


def _make(arguments: list[str]) -> int:
    from api import http
    from coastlines.gdal import load_pyogrio
    from zones.editions import precompile  # slow to load

    code = 0 if arguments == ["bytecode"] else precompile.main([])
    for name in _MODULES:
        importlib.import_module(name)
    load_pyogrio()
    files = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    files.add(str(Path(http.__file__).with_name("gunicorn_configuration.py")))  # which acts when imported
    for file in sorted(file for file in files if file and file.endswith(".py")):
        compileall.compile_file(file, quiet=2)  # what cannot be written is left out
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
