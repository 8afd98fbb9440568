"""The systemd unit, as systemd reads it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.api.service import PATIENCE_S, ROOT
from tests.clients.running import tool


def test_systemd_has_nothing_to_say(tmp_path: Path) -> None:
    text = (ROOT / "deploy" / "caspian.service").read_text()
    commands = ("/opt/caspian/bin/caspian serve", "/opt/caspian/bin/python -m zones.editions.precompile")
    for command in commands:
        assert f"={command}\n" in text
        text = text.replace(command, "/bin/true")  # the command itself is not installed there
    unit = tmp_path / "caspian.service"
    unit.write_text(text)
    program = tool("systemd-analyze", "systemd")
    done = subprocess.run(
        [program, "verify", unit], capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
