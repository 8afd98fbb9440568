"""The running service: gunicorn with its configuration, two workers, real sockets."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.api.service import (
    GUNICORN,
    PATIENCE_S,
    ROOT,
    Answer,
    Service,
    Wire,
    asked,
    get,
    in_chunks,
    post,
    running,
    started,
    table,
    until,
)  # fmt: skip
from zones.editions.store import Store

pytestmark = pytest.mark.whole

CLASSIFY = "/classify?lon=48.1&lat=42"
LIVE = get("/health/live")
JSON_BODY = b'{"points": [[48.1, 42]]}'
MOST_BYTES = 2_000_000
CSV = "text/csv"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    log = tmp_path_factory.mktemp("service") / "log"
    with running(log, THREADS=8, MAX_BODY_BYTES=MOST_BYTES) as one:
        yield one


# Answers.


@pytest.mark.parametrize("rows", [1, 20_490])
@pytest.mark.parametrize("kind", ["text/csv", "application/x-ndjson", "application/json"])
def test_streamed_answers_are_framed(service: Service, kind: str, rows: int) -> None:
    with Wire(service.port) as wire:
        for _ in range(2):
            wire.send(post(table(rows), f"Accept: {kind}", kind=CSV))
            reply = wire.answer()
            assert reply.status == 200
            assert reply.headers["transfer-encoding"] == "chunked"
            if kind == "application/json":
                assert len(json.loads(reply.body)["results"]) == rows
            else:
                assert reply.body.count(b"\n") == rows + (kind == CSV)
        wire.send(LIVE)
        assert wire.answer().status == 200
        assert wire.received == b""


def test_an_old_client_gets_all_rows_and_their_length(service: Service) -> None:
    with Wire(service.port) as wire:
        wire.send(post(table(20_490), kind=CSV, version="1.0"))
        reply = wire.answer()
        assert "content-length" in reply.headers
        assert reply.body.count(b"\n") == 20_491
        assert wire.end() == b""


def test_an_answer_without_a_body_has_none(service: Service) -> None:
    with Wire(service.port) as wire:
        for path in (CLASSIFY, "/collections/zones/items", "/nowhere"):
            wire.send(get(path, method="HEAD"))
            assert wire.answer(head_only=True).body == b""
            wire.send(LIVE)
            assert wire.answer().status == 200
            assert wire.received == b""


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "POST", "BREW"])
def test_method_confusion(service: Service, method: str) -> None:
    answer = service.ask("/collections", method=method, headers={"X-HTTP-Method-Override": "GET"})
    assert (answer.status, answer.json["type"]) == (405, "/problems/method-not-allowed")
    assert {"GET", "HEAD", "OPTIONS"} <= set(re.split(", *", answer.headers["Allow"]))


def test_what_reaches_the_application_gets_a_problem(service: Service) -> None:
    for request, status in (
        (get("/nowhere"), 404),
        (get("/collections/%zz"), 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
    ):
        with Wire(service.port) as wire:
            wire.send(request)
            reply = wire.answer()
            assert reply.problem["status"] == status
            assert "content-security-policy" in reply.headers
            assert re.fullmatch("[0-9a-f]{16}", reply.headers["x-request-id"])


def test_the_service_as_a_whole(service: Service) -> None:
    with Wire(service.port) as wire:
        wire.send(get("*", method="OPTIONS"))
        reply = wire.answer()
        assert (reply.status, reply.headers["allow"]) == (204, "GET, HEAD, POST, DELETE, OPTIONS")


def test_malformed_requests_do_not_hurt(service: Service) -> None:
    for text in (b"GARBAGE\r\n\r\n", get("/", "A: " + "a" * 100_000), get("/" + "a" * 9000)):
        with Wire(service.port) as wire:
            wire.send(text)
            assert re.match(rb"HTTP/1.1 4\d\d ", wire.end())
    assert service.ask("/health/live").status == 200


# Bodies of requests.


def test_bodies_in_chunks_and_in_pieces(service: Service) -> None:
    with Wire(service.port) as wire:
        for request in (in_chunks(JSON_BODY), in_chunks(JSON_BODY, 1000), post(JSON_BODY)):
            for at in range(0, len(request), 50):
                wire.send(request[at : at + 50])
            assert wire.answer().status == 200
            wire.send(LIVE)
            assert wire.answer().status == 200


def test_a_client_may_ask_before_it_sends(service: Service) -> None:
    request = post(JSON_BODY, "Expect: 100-continue", "Connection: close")
    with Wire(service.port) as wire:
        wire.send(request[: -len(JSON_BODY)])
        assert wire.exactly(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        wire.send(JSON_BODY)
        assert wire.answer().status == 200


@pytest.mark.parametrize(
    "request_bytes",
    [
        post(table(30_000), kind=CSV)[:90_000],
        post(JSON_BODY)[:-1],
        in_chunks(JSON_BODY).removesuffix(b"0\r\nA-Trailer: x\r\n\r\n"),
        in_chunks(table(30_000), 9000).replace(b"application/json", b"text/csv")[:90_000],
        in_chunks(JSON_BODY).replace(b"7;a=b", b"zz", 1),
    ],
    ids=["table", "points", "chunks", "table in chunks", "no chunks"],
)
def test_a_part_of_a_body_is_never_taken_for_the_whole(service: Service, request_bytes: bytes) -> None:
    with Wire(service.port) as wire:
        wire.send(request_bytes)
        wire.socket.shutdown(socket.SHUT_WR)
        reply = wire.answer()
        assert (reply.status, reply.problem["type"]) == (400, "/problems/invalid-body")
        assert wire.end() == b""


@pytest.mark.parametrize("is_chunked", [False, True])
@pytest.mark.parametrize("excess", [0, 1])
def test_the_limit_of_a_body_is_exact(service: Service, excess: int, is_chunked: bool) -> None:
    body = JSON_BODY + b" " * (MOST_BYTES + excess - len(JSON_BODY))
    answer = service.ask("/classify", iter([body]) if is_chunked else body)
    assert answer.status == (413 if excess else 200)
    if excess:
        assert (answer.json["limit"], answer.json["limit_points"]) == (MOST_BYTES, 100_000)


def test_a_long_body_is_refused_before_it_is_sent(service: Service) -> None:
    with Wire(service.port) as wire:
        wire.send(post(b"").replace(b"Content-Length: 0", b"Content-Length: 200000000000"))
        assert wire.answer().problem["limit"] == MOST_BYTES


# Answers that end too early.


def test_a_failure_in_an_answer_is_no_end(tmp_path: Path) -> None:
    with running(tmp_path / "log", "breaking()", WORKERS=1) as service:
        for kind in ("text/csv", "application/json"):
            with Wire(service.port) as wire:
                wire.send(post(table(50_000), f"Accept: {kind}", kind=CSV))
                received = wire.end()
                assert received.startswith(b"HTTP/1.1 200 OK\r\n")
                assert len(received) > 100_000
                assert not received.endswith(b"0\r\n\r\n")
        lines = [json.loads(line) for line in service.lines()]
        assert sum("on purpose" in line.get("traceback", "") for line in lines) == 2
        assert sum(line.get("broken_off", False) for line in lines) == 2


# Logs and counts.


def logged(service: Service, **fields: Any) -> dict[str, Any]:
    def find() -> dict[str, Any] | None:
        for line in service.lines():
            entry: dict[str, Any] = json.loads(line)
            if all(entry.get(name) == value for name, value in fields.items()):
                return entry
        return None

    return dict(until(find))


def test_a_request_is_one_line(service: Service) -> None:
    answer = service.ask(CLASSIFY, headers={"User-Agent": 'x" y'})
    line = logged(service, event="request", request_id=answer.headers["X-Request-ID"])
    assert (line["path"], line["route"]) == ("/classify", "/classify")
    assert (line["method"], line["status"], line["level"]) == ("GET", 200, "info")
    assert (line["bytes"], line["client"]) == (len(answer.body), "127.0.0.1")
    assert line["user_agent"] == 'x" y'
    assert line["duration_ms"] > 0
    assert "broken_off" not in line
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])


def test_lines_as_text_without_clients_and_what_is_no_setting(tmp_path: Path) -> None:
    others = {"LOG_CLIENTS": "off", "METRICS": "off", "RATE_LIMIT": "60", "WORKER": "3"}
    with running(tmp_path / "log", LOG_FORMAT="text", TRUSTED_PROXIES=1, **others) as service:
        headers = {"X-Request-ID": "in-text", "X-Forwarded-For": "192.0.2.77"}
        assert service.ask("/health/live", headers=headers).status == 200
        assert service.ask("/metrics").status == 404
        line = until(lambda: next((one for one in service.lines() if "in-text" in one), None))
        assert " request " in line
        assert "status=200" in line
        text = "\n".join(service.lines())
        assert "192.0.2.77" not in text
        assert text.count("CASPIAN_RATE_LIMIT is set, but that is for the proxy in front to say") == 1
        assert text.count("CASPIAN_WORKER is set, but there is no such setting") == 1


def samples(service: Service) -> dict[tuple[str, frozenset[Any]], float]:
    answer = service.ask("/metrics", headers={"Accept": "text/plain"})
    assert answer.status == 200
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.body.decode())
        for sample in family.samples
    }


def count(service: Service, route: str, status: str) -> float:
    labels = {"method": "GET", "route": route, "status": status}
    return samples(service).get(("caspian_http_requests_total", frozenset(labels.items())), 0.0)


def in_progress(service: Service) -> float:
    return samples(service)["caspian_http_requests_in_progress", frozenset()]


def test_requests_of_all_workers_are_counted(service: Service) -> None:
    asked_for = ("/collections/<collection>", "404")
    before = count(service, *asked_for)
    for number in range(20):
        service.ask(f"/collections/unknown-{number}")
    until(lambda: count(service, *asked_for) == before + 20)
    until(lambda: in_progress(service) == 1)  # the one that asks, once the one before is counted as done
    assert not any("unknown-" in str(key) for key in samples(service))


def test_positions_are_counted(service: Service) -> None:
    name = ("caspian_points_classified_total", frozenset[Any]())
    before = samples(service)[name]
    service.ask(CLASSIFY)
    service.ask("/classify", b'{"points": [[48.1, 42], [48.2, 42], [1, 2]]}')
    until(lambda: samples(service)[name] == before + 4)


def test_counts_outlive_their_workers_but_not_the_service(tmp_path: Path) -> None:
    with running(tmp_path / "log") as service:
        folder = until(lambda: counts_of(service))
        before = count(service, "/version", "200")
        for _ in range(10):
            service.ask("/version")
        until(lambda: count(service, "/version", "200") == before + 10)
        is_back(service, kill_workers(service))
        assert count(service, "/version", "200") == before + 10
        until(lambda: in_progress(service) == 1)
        shutil.rmtree(folder)  # as a user's last login takes it
        is_back(service, kill_workers(service))
        assert service.ask("/metrics").status == 200
    assert not folder.exists()


def test_counts_of_a_service_that_was_killed_go_with_the_next(tmp_path: Path) -> None:
    with running(tmp_path / "killed", code=-signal.SIGKILL) as service:
        left = until(lambda: counts_of(service))
        workers = service.workers
        service.process.kill()
        until(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))
        assert left.exists()
    with running(tmp_path / "lives") as service:
        folder = until(lambda: counts_of(service))
        assert not left.exists()
        with running(tmp_path / "beside"):
            assert folder.exists()


def counts_of(service: Service) -> Path | None:
    """The folder that the workers count in."""
    service.ask("/health/live")
    maps = Path(f"/proc/{service.workers[0]}/maps").read_text().splitlines()
    return next((Path(line.split()[-1]).parent for line in maps if "/caspian-counts-" in line), None)


# Workers that end.


def kill_workers(service: Service) -> set[int]:
    workers = set(service.workers)
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
    return workers


def is_back(service: Service, gone: set[int]) -> None:
    """Waits until the service has all its workers again and answers."""

    def answers() -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException):
            workers = set(service.workers)
            return len(workers) == 2 and not gone & workers and service.ask("/health/ready").status == 200
        return False

    until(answers)


def test_workers_killed_during_batches(service: Service) -> None:
    body = json.dumps({"points": [[48.0 + number % 6, 41] for number in range(20_000)]}).encode()
    right = service.ask("/classify", body)
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
    assert None in outcomes
    assert all(outcome is None or (outcome.status, outcome.body) == (200, right.body) for outcome in outcomes)
    is_back(service, killed)
    assert service.ask("/classify", body).body == right.body


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
    for _ in range(2):
        before = set(service.workers)
        done = list(answered)
        service.process.send_signal(signal.SIGHUP)
        until(lambda before=before: not before & set(service.workers) and len(service.workers) == 2)
        until(lambda done=done: all(now > then for now, then in zip(answered, done, strict=True)))
    stop.set()
    for client in clients:
        client.join(PATIENCE_S)
    assert wrong == []


def test_a_stop_answers_who_has_asked_and_refuses_who_comes(tmp_path: Path) -> None:
    pipe = tmp_path / "go"
    os.mkfifo(pipe)
    with running(tmp_path / "log", f"held('{tmp_path}')") as service:
        waiting = Wire(service.port)
        waiting.send(get("/held"))
        until(lambda: (tmp_path / "asked").exists())
        # A signal to a worker that has only just begun is lost, and it is ended by force in the end.
        until(lambda: sum("Booting worker" in line for line in service.lines()) == 2)
        service.process.send_signal(signal.SIGTERM)

        def is_refused() -> bool:
            try:
                with Wire(service.port) as wire:  # let in at the last moment, it is answered
                    wire.send(LIVE)
                    assert wire.answer().status == 200
            except (ConnectionError, AssertionError):
                return True
            return False

        until(is_refused)
        assert service.process.poll() is None
        with os.fdopen(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK), "w") as held:  # fails where nobody reads
            held.write("held")
        reply = waiting.answer()
        assert (reply.status, reply.body) == (200, b"held")
        waiting.socket.close()


# The start.


def test_a_reload_asked_for_while_it_starts(tmp_path: Path) -> None:
    # As `caspian serve` does before it becomes gunicorn.
    ignoring = (
        "import os, signal as s, sys; s.signal(s.SIGHUP, s.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])"
    )
    application = "tests.api.served:signalled('SIGHUP')"
    command = [sys.executable, "-c", ignoring, sys.executable, *GUNICORN, application]
    with started(command, tmp_path / "log") as service:
        assert service.ask("/version").status == 200


def test_a_stop_asked_for_when_its_workers_start(tmp_path: Path) -> None:
    """The signal comes as soon as the service says that it serves, which is before there are workers."""
    for _ in range(2):
        with running(tmp_path / "log"):
            pass
        assert "SIGKILL" not in (tmp_path / "log").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--port", "99999"), "--port is 99999, but at most 65535 is allowed"),
        (("--workers", "0"), "--workers is 0, but at least 1 is needed"),
        (("--public-url", "zones.example"), "--public-url is 'zones.example': an absolute"),
        (("--cors-origins", "zones.example"), "--cors-origins is"),
        (("--log-format", "xml"), "--log-format is 'xml', but one of json, text is needed"),
        (("--host", "no.such.host.invalid"), "cannot listen on no.such.host.invalid port 8000"),
        (("--rate-limit", "5"), "unrecognized arguments"),
    ],
)
def test_what_cannot_be_served_is_one_line(caspian: Any, flags: tuple[str, ...], said: str) -> None:
    outcome = caspian("serve", *flags)
    assert outcome.code == 2
    assert outcome.err.startswith(f"caspian: {said}")
    assert len(outcome.err.splitlines()) == 1


def test_a_port_in_use_is_one_line(caspian: Any, service: Service) -> None:
    outcome = caspian("serve", "--port", service.port)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(f"caspian: cannot listen on 127.0.0.1 port {service.port} (see --port): ")
    assert len(outcome.err.splitlines()) == 1


@pytest.fixture(scope="module")
def folder(real_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache of its own, with the default edition."""
    name = real_store.edition("osm").name
    chosen = tmp_path_factory.mktemp("faults") / "cache"
    shutil.copytree(real_store.folder / name, chosen / name)
    (chosen / "compiled").symlink_to(real_store.folder / "compiled")
    return chosen


def serve(log: Path, cache: Path, **settings: object) -> contextlib.AbstractContextManager[Service]:
    """The command, started from a folder that has another package of the same name."""
    elsewhere = log.parent / "elsewhere" / "api"
    elsewhere.mkdir(parents=True)
    (elsewhere / "__init__.py").write_text("raise ImportError('the wrong package')")
    program = (
        f"import os, sys; sys.path[0] = {str(ROOT)!r}; os.chdir({str(elsewhere.parent)!r})\n"
        "from api.commands.main import main; sys.exit(main())"
    )
    return started([sys.executable, "-c", program, "serve"], log, CACHE=cache, **settings)


def test_the_command_serves_and_goes_on_without_its_cache(folder: Path) -> None:
    path, download = "/classify?lon=49.97&lat=40.1", "/downloads/osm/zones.geojson"
    with serve(folder.parent / "log", folder) as service:
        right, whole = service.ask(path), service.ask(download)
        assert (right.json["zone"], right.json["state"]) == ("territorial_waters", "AZE")
        shutil.rmtree(folder.rename(folder.with_name("gone")), ignore_errors=True)
        for _ in range(4):
            assert service.ask(path).body == right.body
            assert service.ask(download).body == whole.body
            assert service.ask("/health/ready").status == 200


def test_an_edition_that_cannot_be_opened_is_one_line(tmp_path: Path) -> None:
    environment = {**os.environ, "CASPIAN_CACHE": str(tmp_path / "file" / "cache"), "CASPIAN_PORT": "0"}
    (tmp_path / "file").touch()
    command = [sys.executable, *GUNICORN]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("caspian: ")
    assert len(done.stderr.splitlines()) == 1


def test_the_folder_for_temporary_files_goes_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    # More than is kept in memory.
    body, kind = b"lon,lat,note\n" + b"48.1,42,%b\n" % (b"x" * 1000) * 1100, {"Content-Type": CSV}
    assert len(body) > 1024 * 1024
    with running(tmp_path / "log", WORKERS=1) as service:
        right = service.ask("/classify?fields=zone", body, headers=kind)
        assert right.status == 200
        shutil.rmtree(temporary)
        refused = service.ask("/classify?fields=zone", body, headers=kind)
        assert (refused.status, refused.json["type"]) == (507, "/problems/no-room")
        assert service.ask(CLASSIFY).status == 200
        temporary.mkdir()
        assert service.ask("/classify?fields=zone", body, headers=kind).body == right.body


@pytest.mark.thorough
def test_a_full_disk_during_a_build(real_store: Store, tmp_path: Path) -> None:
    """A bound on the size of files stands for a full disk; it is taken away again."""
    name = real_store.edition("osm").name
    cache = tmp_path / "cache"
    shutil.copytree(real_store.folder / name, cache / name)
    (cache / "compiled").symlink_to(real_store.folder / "compiled")
    path = "/classify?lon=49.97&lat=40.1&compare=false"
    unbounded = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    with serve(tmp_path / "log", cache, WORKERS=1, WHAT_IF="off") as service:
        until(lambda: service.ask(path).status == 200)
        (worker,) = service.workers
        resource.prlimit(worker, resource.RLIMIT_FSIZE, (256 * 1024, resource.RLIM_INFINITY))
        refused = service.ask(f"{path}&edition=osm-2017")
        assert (refused.status, refused.json["type"]) == (503, "/problems/edition-unavailable")
        assert refused.json["request_id"] == refused.headers["X-Request-ID"]
        assert not list(cache.glob("*.partial"))
        assert service.ask(path).status == 200
        resource.prlimit(worker, resource.RLIMIT_FSIZE, unbounded)
        answer = service.ask(f"{path}&edition=osm-2017")
        assert answer.json["edition"].startswith("osm-2017-")


@pytest.mark.thorough
def test_a_full_disk_during_a_job(real_store: Store, tmp_path: Path) -> None:
    """The same for a job, which has the bounds of the worker that began it."""
    name = real_store.edition("osm").name
    cache = tmp_path / "cache"
    shutil.copytree(real_store.folder / name, cache / name)
    (cache / "compiled").symlink_to(real_store.folder / "compiled")
    with serve(tmp_path / "log", cache, WORKERS=1) as service:
        (worker,) = until(lambda: service.workers)

        def ended() -> Any:
            body = b'{"inputs": {"coast": "osm-2017"}}'
            job = service.ask("/processes/edition/execution", body).json["jobID"]
            until(lambda: service.ask(f"/jobs/{job}").json["status"] in ("failed", "successful"))
            return service.ask(f"/jobs/{job}").json

        unbounded = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.prlimit(worker, resource.RLIMIT_FSIZE, (256 * 1024, resource.RLIM_INFINITY))
        failed = ended()
        assert (failed["status"], "no room" in failed["message"]) == ("failed", True)
        assert not list(cache.glob(".*.partial"))
        refused = service.ask("/classify?lon=49.97&lat=40.1&edition=osm-2017")
        assert (refused.status, refused.json["type"]) == (503, "/problems/edition-not-built")
        resource.prlimit(worker, resource.RLIMIT_FSIZE, unbounded)
        assert ended()["status"] == "successful"
        answer = service.ask("/classify?lon=49.97&lat=40.1&edition=osm-2017&compare=false")
        assert answer.json["edition"].startswith("osm-2017-")
