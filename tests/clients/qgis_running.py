"""Scripts that QGIS runs: by the system's Python, with a profile of their own."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.api.service import PATIENCE_S

PYTHON = "/usr/bin/python3"  # the one that Debian's QGIS is made for


def run_qgis(
    script: str, home: Path, *arguments: str, given: str | None = None, within_s: float = PATIENCE_S
) -> str:
    """What a script of this folder prints, run in a folder; QGIS must have nothing to complain about."""
    home.chmod(0o700)
    done = subprocess.run(
        [PYTHON, str(Path(__file__).with_name(script)), *arguments],
        cwd=home,
        env={
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(home),
            "QGIS_CUSTOM_CONFIG_PATH": str(home),
            "QT_QPA_PLATFORM": "offscreen",
        },
        input=given,
        capture_output=True,
        text=True,
        timeout=within_s,
        check=False,
    )
    assert "No module named 'qgis'" not in done.stderr, "apt-get install --no-install-recommends python3-qgis"
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout
