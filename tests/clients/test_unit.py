"""The systemd unit, as systemd reads it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.api.service import PATIENCE_S, ROOT
from tests.clients.running import tool


def test_systemd_has_nothing_to_say(tmp_path: Path) -> None:
    text = (ROOT / "deploy" / "caspian.service").read_text()
    command = "/opt/caspian/bin/caspian serve"
    assert f"ExecStart={command}\n" in text
    unit = tmp_path / "caspian.service"
    unit.write_text(text.replace(command, "/bin/true serve"))  # the command itself is not installed there
    program = tool("systemd-analyze", "systemd")
    done = subprocess.run(
        [program, "verify", unit], capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
