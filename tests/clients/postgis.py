"""A throwaway PostgreSQL with PostGIS, which nobody reaches but through a socket in its folder."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from tests.api.service import PATIENCE_S

UNPRIVILEGED = "nobody"  # who runs it where root runs the tests, for whom it does not run
PROGRAMS = Path("/usr/lib/postgresql")  # where Debian has them, in a folder a version


@contextmanager
def postgresql() -> Iterator[dict[str, str]]:
    """A database of its own; the variables by which clients find it."""
    found = sorted(PROGRAMS.glob("*/bin/initdb"))
    assert found, "initdb is missing: apt-get install --no-install-recommends postgresql-postgis"
    folder = Path(mkdtemp(prefix="caspian-postgis-"))
    other: dict[str, Any] = {}
    if os.geteuid() == 0:
        shutil.chown(folder, UNPRIVILEGED)
        other = {"user": UNPRIVILEGED, "extra_groups": []}
    server = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"

    def do(program: str, *arguments: str) -> None:
        done = subprocess.run(
            [found[-1].with_name(program), "-D", folder / "data", *arguments],
            cwd=folder, capture_output=True, text=True, timeout=PATIENCE_S, **other,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr

    try:
        do("initdb", "--username=caspian", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C")
        do("pg_ctl", "start", "--wait", f"--log={folder / 'log'}", f"--options={server}")
        try:
            yield {"PGHOST": str(folder), "PGUSER": "caspian", "PGDATABASE": "postgres"}
        finally:
            do("pg_ctl", "stop", "--mode=immediate")
    finally:
        shutil.rmtree(folder)
