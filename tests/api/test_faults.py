"""The running service under faults: no wrong or truncated answer with status 200, and back by itself."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.service import PATIENCE_S, ROOT, Answer, Service, asked, running, until
from zones.store import Store

CLASSIFY = "/classify?lon=49.97&lat=40.1&compare=false"
DOWNLOAD = "/downloads/osm/zones.geojson"


@pytest.fixture(scope="module")
def folder(real_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache of its own, with the default edition."""
    name = real_store.edition("osm").name
    chosen = tmp_path_factory.mktemp("faults") / "cache"
    shutil.copytree(real_store.folder / name, chosen / name)
    return chosen


@pytest.fixture(scope="module")
def service(folder: Path) -> Iterator[Service]:
    with running(folder.parent / "log", folder=folder) as one:
        yield one


@pytest.fixture(scope="module")
def download(service: Service) -> bytes:
    answer = service.ask(DOWNLOAD)
    assert answer.status == 200
    assert len(json.loads(answer.body)["features"]) > 10
    return answer.body


def kill_workers(service: Service) -> set[int]:
    workers = set(service.workers)
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
    return workers


def is_back(service: Service, killed: set[int]) -> None:
    """Waits until the service has all its workers again and answers."""

    def answers() -> bool:
        workers = service.workers
        with contextlib.suppress(OSError, http.client.HTTPException):
            return (
                len(workers) == 2
                and killed.isdisjoint(workers)
                and service.ask("/health/ready").status == 200
            )
        return False

    until(answers)


def slow_reader(service: Service, path: str) -> socket.socket:
    """A client that has asked and takes next to nothing of the answer."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(PATIENCE_S)
    connection.connect(("127.0.0.1", service.port))
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    return connection


def in_progress(service: Service) -> float:
    name = "caspian_http_requests_in_progress "
    lines = service.ask("/metrics").body.decode().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith(name))


def test_a_worker_killed_during_a_download(service: Service, download: bytes) -> None:
    with slow_reader(service, DOWNLOAD) as connection:
        received = connection.recv(2048)  # the answer has begun, and most of it is still to come
        head, _, begun = received.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 OK\r\n")
        assert f"Content-Length: {len(download)}".encode() in head
        killed = kill_workers(service)
        rest = len(begun)
        with contextlib.suppress(ConnectionError):
            while piece := connection.recv(1 << 16):
                rest += len(piece)
        assert rest < len(download)  # less than announced: the client knows
    is_back(service, killed)
    assert service.ask(DOWNLOAD).body == download


def test_workers_killed_during_batches(service: Service) -> None:
    points = [[48.0 + number % 6, 37.0 + number % 97 / 10] for number in range(20_000)]
    body = json.dumps({"points": points}).encode()
    right = service.ask("/classify", body)
    assert len(right.json["results"]) == len(points)
    outcomes: list[Answer | None] = []

    def ask() -> None:
        try:
            outcomes.append(service.ask("/classify", body))
        except (OSError, http.client.HTTPException):
            outcomes.append(None)  # the client knows that it has no answer

    clients = [threading.Thread(target=ask) for _ in range(4)]
    for client in clients:
        client.start()

    until(lambda: in_progress(service) >= 3)  # the one that asks, and some of the others
    killed = kill_workers(service)
    for client in clients:
        client.join(PATIENCE_S)
    assert len(outcomes) == len(clients)
    assert None in outcomes
    assert all(outcome is None or (outcome.status, outcome.body) == (200, right.body) for outcome in outcomes)
    is_back(service, killed)
    assert service.ask("/classify", body).body == right.body


def test_counts_outlive_their_workers(service: Service) -> None:
    def total() -> float:
        lines = service.ask("/metrics").body.decode().splitlines()
        start = 'caspian_http_requests_total{method="GET",route="/version",status="200"} '
        return sum(float(line.removeprefix(start)) for line in lines if line.startswith(start))

    before = total()
    for _ in range(10):
        service.ask("/version")
    until(lambda: total() == before + 10)
    is_back(service, kill_workers(service))
    until(lambda: total() == before + 10)


def test_reloads_under_load_lose_nothing(service: Service) -> None:
    right = service.ask(CLASSIFY).body
    stop = threading.Event()
    wrong: list[str] = []
    answered = [0] * 4

    def ask_on(number: int) -> None:
        connection = service.connect()
        while not stop.is_set():
            if number % 2:  # a connection for each request, or one for many
                connection.close()
            try:
                answer = asked(connection, CLASSIFY)
                if (answer.status, answer.body) != (200, right):
                    wrong.append(f"{answer.status} {answer.body[:200]!r}")
                answered[number] += 1
            except (OSError, http.client.HTTPException) as error:
                wrong.append(repr(error))
                connection = service.connect()
        connection.close()

    clients = [threading.Thread(target=ask_on, args=(number,)) for number in range(len(answered))]
    for client in clients:
        client.start()
    for _ in range(3):
        before = set(service.workers)
        count = list(answered)
        service.process.send_signal(signal.SIGHUP)
        until(lambda before=before: not before & set(service.workers) and len(service.workers) == 2)
        until(lambda count=count: all(now > then for now, then in zip(answered, count, strict=True)))
    stop.set()
    for client in clients:
        client.join(PATIENCE_S)
    assert wrong == []


def test_slow_clients_do_not_stop_a_fast_one(service: Service, download: bytes) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 1024)), hard))
    get = b"GET / HTTP/1.1\r\nHost: x\r\nA: "
    post = (
        b"POST /classify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b'Content-Length: 1000000\r\n\r\n{"points": ['
    )
    right = service.ask(CLASSIFY).body
    with contextlib.ExitStack() as stack:
        waiting = []
        for number in range(200):
            if number % 3 == 0:
                stack.enter_context(slow_reader(service, DOWNLOAD))
                continue
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", service.port)))
            connection.sendall(get if number % 3 == 1 else post)
            waiting.append(connection)
        fast = stack.enter_context(contextlib.closing(service.connect()))
        for number in range(50):
            for connection in waiting[number::50]:
                connection.sendall(b" ")  # they go on, a byte at a time
            assert asked(fast, CLASSIFY).body == right
            assert service.ask(CLASSIFY).body == right
        # None of the slow ones was sent away for it, and the 67 readers are still being answered.
        assert in_progress(service) >= 67
        for connection in waiting:
            connection.setblocking(False)
            with pytest.raises(BlockingIOError):
                connection.recv(1)


def test_the_cache_folder_goes_away(service: Service, folder: Path, download: bytes) -> None:
    right = service.ask(CLASSIFY).body
    # Renamed first: the service may still be writing there, and a folder that fills cannot be removed.
    gone = folder.rename(folder.with_name("gone"))
    shutil.rmtree(gone, ignore_errors=True)
    for _ in range(4):
        assert service.ask(CLASSIFY).body == right
        assert service.ask(DOWNLOAD).body == download
        assert service.ask("/health/ready").status == 200
    with contextlib.suppress(FileNotFoundError):
        assert not list(folder.rglob("*.partial"))


def test_the_folder_for_temporary_files_goes_away(tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    body = b"lon,lat\n" + b"48.5,42\n" * 50_000
    table = {"Content-Type": "text/csv"}
    with running(tmp_path / "log", TMPDIR=str(temporary)) as service:
        right = service.ask("/classify?fields=zone", body, headers=table)
        assert right.status == 200
        shutil.rmtree(temporary)
        is_back(service, kill_workers(service))
        refused = service.ask("/classify?fields=zone", body, headers=table)
        assert (refused.status, refused.json["type"]) == (507, "/problems/no-room")
        assert service.ask("/classify?lon=50&lat=42").status == 200
        assert b"caspian_http_requests_total" in service.ask("/metrics").body
        temporary.mkdir()
        assert service.ask("/classify?fields=zone", body, headers=table).body == right.body


def test_no_room_for_counts(tmp_path: Path) -> None:
    """A disk that is full when a worker starts; with room the files are there in full, not in name."""
    before = (
        "import errno, os\n"
        "def full(*_): raise OSError(errno.ENOSPC, 'no space left')\n"
        "os.posix_fallocate = full"
    )
    with running(tmp_path / "log", "--workers", "1", before=before) as service:
        for _ in range(3):
            assert service.ask("/version").status == 200
        assert 'route="/version",status="200"} 3.0' in service.ask("/metrics").body.decode()
    assert "counts are not shared between workers: no space left" in (tmp_path / "log").read_text()


def test_what_a_killed_service_leaves_is_removed_by_the_next(tmp_path: Path) -> None:
    with running(tmp_path / "one") as one:
        with running(tmp_path / "two", code=-signal.SIGKILL) as two:
            until(lambda: len(two.workers) == 2)
            assert two.ask("/version").status == 200
            left, workers = two.counts, two.workers
            two.process.kill()
            until(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))
        assert left.exists()
        with running(tmp_path / "three"):
            assert not left.exists()
        assert one.ask("/version").status == 200
        assert one.counts.exists()


def test_counts_have_their_room(service: Service) -> None:
    service.ask("/version")
    until(lambda: len(service.workers) == 2)
    folder = service.counts
    files = [path for path in folder.glob("*.db") if not path.name.endswith("_retired.db")]
    assert len(files) == 8  # four of each worker
    for path in folder.glob("*.db"):
        assert path.stat().st_blocks * 512 >= path.stat().st_size == 1 << 20


def test_a_full_disk_during_a_build(folder: Path, real_store: Store) -> None:
    """A bound on the size of files stands for a full disk; it is taken away again."""
    name = real_store.edition("osm").name
    cache = folder.parent / "full"
    shutil.copytree(real_store.folder / name, cache / name)
    bound = 256 * 1024
    before = f"import resource as r; r.setrlimit(r.RLIMIT_FSIZE, ({bound}, r.getrlimit(r.RLIMIT_FSIZE)[1]))"
    with running(folder.parent / "full.log", "--workers", "1", folder=cache, before=before) as service:
        refused = service.ask("/classify?lon=49.97&lat=40.1&compare=false&edition=osm-2017")
        assert (refused.status, refused.json["type"]) == (503, "/problems/edition-unavailable")
        assert refused.json["request_id"] == refused.headers["X-Request-ID"]
        assert not list(cache.glob("*.building-*"))
        assert not list(cache.glob("baselines/*.writing-*"))
        assert [entry.name for entry in cache.glob("*/sha256.json")] == ["sha256.json"]
        assert service.ask(CLASSIFY).status == 200
        for process in (service.process.pid, *service.workers):
            resource.prlimit(process, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        answer = service.ask("/classify?lon=49.97&lat=40.1&compare=false&edition=osm-2017")
        assert answer.status == 200
        assert answer.json["edition"].startswith("osm-2017-")


def test_a_worker_told_to_stop_before_it_listens_to_signals(tmp_path: Path) -> None:
    """Else it would serve on, and hold its master up, until it is killed."""
    pid_file, log = tmp_path / "pid", tmp_path / "log"
    before = (
        "import os, pathlib, signal, api.operation.running as running\n"
        f"first = pathlib.Path({str(pid_file)!r})\n"
        "def told():  # stands where the worker, just forked, begins to count\n"
        "    if not first.exists():\n"
        "        first.write_text(str(os.getpid()))\n"
        "        os.kill(os.getpid(), signal.SIGTERM)\n"
        "running.metrics = told"
    )
    with running(log, "--workers", "1", before=before) as service:
        until(lambda: pid_file.exists() and pid_file.read_text())
        until(lambda: f"Worker exiting (pid: {pid_file.read_text()})" in log.read_text(encoding="utf-8"))
        assert service.ask("/health/live").status == 200
    assert "Parent changed" not in log.read_text(encoding="utf-8")


def signalled_at_start(number: signal.Signals) -> str:
    """Code by which a service gets a signal while it loads its edition."""
    return (
        "import os, api.operation.server as server; real = server.warm\n"
        "def warm(*arguments, **named):\n"
        f"    os.kill(os.getpid(), {int(number)})\n"
        "    real(*arguments, **named)\n"
        "server.warm = warm"
    )


def test_a_reload_asked_for_while_it_starts(tmp_path: Path) -> None:
    with running(tmp_path / "log", before=signalled_at_start(signal.SIGHUP)) as service:
        assert service.ask("/version").status == 200


def test_a_stop_asked_for_while_it_starts(tmp_path: Path) -> None:
    program = (
        f"import sys; {signalled_at_start(signal.SIGTERM)}\n"
        "from tests.api.fake_store import FakeStore\nfrom api.command_line import main\n"
        "sys.exit(main(store=FakeStore()))"
    )
    command = [sys.executable, "-c", program, "serve", "--port", "0"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert (done.returncode, done.stdout) == (130, "")
    assert "Traceback" not in done.stderr
