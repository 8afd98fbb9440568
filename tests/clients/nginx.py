"""nginx with the configuration that is shipped, on loopback, before a service under test."""

from __future__ import annotations

import contextlib
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.api.service import PATIENCE_S, ROOT, kept_port, until
from tests.clients.running import tool

DEPLOY = ROOT / "deploy"


@contextlib.contextmanager
def proxied(folder: Path, port: int, upstream: str = "") -> Iterator[int]:
    """The port at which nginx passes on to a port; `upstream` are lines beside, for its http block.

    Only the included files are others: where the service is, where nginx listens and keeps its files.
    """
    folder.mkdir()
    with kept_port() as own, _started(folder, own, port, upstream) as process:
        until(lambda: process.poll() is not None or _listens(own))
        assert process.poll() is None, (folder / "log").read_text()
        yield own


@contextlib.contextmanager
def _started(folder: Path, own: int, port: int, upstream: str) -> Iterator[subprocess.Popen[bytes]]:
    (folder / "nginx.conf").write_text((DEPLOY / "nginx.conf").read_text())
    shipped = (DEPLOY / "nginx-upstream.conf").read_text()
    assert "127.0.0.1:8000;" in shipped
    kept = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx-upstream.conf").write_text(shipped.replace(":8000;", f":{port};") + kept + upstream)
    shipped = (DEPLOY / "nginx-cache.conf").read_text()
    assert "/var/cache/nginx-caspian" in shipped
    (folder / "nginx-cache.conf").write_text(shipped.replace("/var/cache/nginx-caspian", f"{folder}/cache"))
    shipped = (DEPLOY / "nginx-listen.conf").read_text()
    assert "listen 8080;" in shipped
    (folder / "nginx-listen.conf").write_text(shipped.replace("8080", f"127.0.0.1:{own}"))
    command = [
        tool("nginx", "nginx-light"), "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf"),
        "-g", f"daemon off; user root; pid {folder}/pid;",
    ]  # fmt: skip
    subprocess.run([*command, "-t"], check=True, capture_output=True, timeout=PATIENCE_S)
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, stderr=log)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), PATIENCE_S):
        return True
    return False
