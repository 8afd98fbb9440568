"""The load generator wrk, told by small scripts what to ask, and what it measured."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

# Requests are made ahead, so that a varying one costs wrk no more than a constant one.
_SCRIPT = """
local made, turn = {}, 0

function init(arguments)
  for line in io.lines("%(list)s") do
    if "%(method)s" == "GET" then
      made[#made + 1] = wrk.format("GET", line)
    else
      local file = io.open(line, "rb")
      made[#made + 1] = wrk.format("POST", "%(path)s", %(headers)s, file:read("*a"))
      file:close()
    end
  end
end

function request()
  turn = turn %% #made + 1
  return made[turn]
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '\\nRESULT {"requests": %%d, "bytes": %%d, "duration_us": %%d, "median_us": %%d, "p99_us": %%d, ' ..
    '"failed": %%d}\\n',
    summary.requests, summary.bytes, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
"""


class WrkError(Exception):
    """wrk is missing, failed, or got answers other than those of success."""


@dataclass(frozen=True)
class Work:
    """What is asked again and again: addresses to GET, or bodies to POST to one address."""

    name: str
    script: Path
    connections: int


@dataclass(frozen=True)
class Load:
    """What the service did in one run."""

    requests_per_s: float
    bytes_per_s: float
    median_ms: float
    p99_ms: float


def require_wrk() -> str:
    """Where wrk is. Raises `WrkError`."""
    found = shutil.which("wrk")
    if found is None:
        raise WrkError("wrk is missing: apt-get install wrk")
    return found


def gets(folder: Path, name: str, paths: Sequence[str], *, connections: int) -> Work:
    """GET the paths in turn."""
    return _work(folder, name, paths, connections, method="GET", path="", headers="{}")


def posts(
    folder: Path,
    name: str,
    path: str,
    bodies: Sequence[bytes],
    *,
    connections: int,
    media_type: str = "application/json",
) -> Work:
    """POST the bodies in turn."""
    files = []
    for number, body in enumerate(bodies):
        file = folder / f"{name}-{number}.body"
        file.write_bytes(body)
        files.append(str(file))
    headers = f'{{["Content-Type"] = "{media_type}"}}'
    return _work(folder, name, files, connections, method="POST", path=path, headers=headers)


def run(url: str, work: Work, seconds: float) -> Load:
    """Let wrk ask for a while over keep-alive connections, from one thread. Raises `WrkError`."""
    program = require_wrk()
    done = subprocess.run(
        [
            *(program, "--threads", "1", "--connections", str(work.connections)),
            *("--duration", f"{seconds:g}s", "--timeout", "30s", "--script", str(work.script), url),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    _, found, result = done.stdout.rpartition("RESULT ")
    if done.returncode or not found:
        raise WrkError(f"{work.name}: {done.stdout}{done.stderr}")
    measured = json.loads(result)
    if measured["failed"]:
        raise WrkError(f"{work.name}: {measured['failed']} of {measured['requests']} requests failed")
    duration_s = measured["duration_us"] / 1e6
    return Load(
        measured["requests"] / duration_s,
        measured["bytes"] / duration_s,
        measured["median_us"] / 1e3,
        measured["p99_us"] / 1e3,
    )


def _work(folder: Path, name: str, lines: Sequence[str], connections: int, **asked: str) -> Work:
    listed = folder / f"{name}.txt"
    listed.write_text("\n".join(lines) + "\n", encoding="utf-8")
    script = folder / f"{name}.lua"
    script.write_text(_SCRIPT % {"list": listed, **asked}, encoding="utf-8")
    return Work(name, script, connections)
