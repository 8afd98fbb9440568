"""Editions built as jobs: by the standard, by the book of what can go wrong, and by others' clients."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from flask import Flask
from flask.testing import FlaskClient
from ogc_api_processes_client.models import ConfClasses, LandingPage, Process, ProcessList, StatusInfo
from ogc_api_processes_client.models import Exception as AnException

from api.application import create_app
from api.processes.files import JobFiles
from api.texts.sentences import is_known
from tests.api.fake_store import FakeStore
from tests.api.service import ROOT, running, until
from tests.api.standard import by_the_standard

EXECUTION = "/processes/edition/execution"
TWELVE = {"inputs": {"breadth": {"KAZ": 12}}}
EXCEPTION = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/"


def told(store: Any, mode: str, **config: Any) -> Flask:
    """The service, whose jobs are worked at by `tests.api.fake_builder`."""
    store.folder.mkdir(exist_ok=True)
    app = create_app(config, store=store)
    app.extensions["jobs"].command = (sys.executable, "-m", "tests.api.fake_builder", mode)
    if not (store.folder / "go").exists():
        os.mkfifo(store.folder / "go")
    return app


@pytest.fixture
def held(store: FakeStore) -> FlaskClient:
    return told(store, "held").test_client()


def idle(store: FakeStore, **config: Any) -> FlaskClient:
    """The service, whose jobs are worked at by nobody: their processes end at once."""
    app = told(store, "", **config)
    app.extensions["jobs"].command = ("true",)
    return app.test_client()


def begun(client: FlaskClient, breadth: float = 12) -> str:
    answer = client.post(EXECUTION, json={"inputs": {"breadth": {"KAZ": breadth}}})
    assert answer.status_code == 201, answer.text
    status = by_the_standard(StatusInfo, answer.get_json())
    assert answer.headers["Location"] == f"http://localhost/jobs/{status['jobID']}"
    return str(status["jobID"])


def state(client: FlaskClient, job: str) -> str:
    return str(by_the_standard(StatusInfo, client.get(f"/jobs/{job}").get_json())["status"])


def ended(client: FlaskClient, job: str) -> dict[str, Any]:
    """The status of a job once it is at its end."""
    until(lambda: state(client, job) not in ("accepted", "running"))
    return dict(client.get(f"/jobs/{job}").get_json())


def building(store: FakeStore) -> list[int]:
    return [int(path.name.partition("-")[2]) for path in store.folder.glob("building-*")]


def go_on(store: FakeStore) -> None:
    (store.folder / "go").write_text("")


def problem(answer: Any, status: int, kind: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    value = by_the_standard(AnException, answer.get_json())
    assert value["type"] == kind
    return dict(value)


def test_resources_are_the_standards(client: FlaskClient) -> None:
    known = by_the_standard(ProcessList, client.get("/processes").get_json())
    assert [one["id"] for one in known["processes"]] == ["edition"]
    process = by_the_standard(Process, client.get("/processes/edition").get_json())
    assert process["jobControlOptions"] == ["async-execute", "dismiss"]
    for one in process["inputs"].values():
        jsonschema.Draft7Validator.check_schema(one["schema"])
    assert list(process["inputs"]) == [
        *("coast", "breadth", "straight_lines", "effects", "treaty_points", "keep_artificial", "title")
    ]
    links = {one["rel"]: one["href"] for one in process["links"]}
    assert links["http://www.opengis.net/def/rel/ogc/1.0/execute"].endswith(EXECUTION)
    classes = by_the_standard(ConfClasses, client.get("/conformance").get_json(), ["/links"])["conformsTo"]
    for one in ("core", "ogc-process-description", "json", "dismiss"):
        assert f"http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/{one}" in classes
    assert not any("job-list" in one for one in classes)
    own = ("/notice", "/edition", "/assumptions")
    rels = [one["rel"] for one in by_the_standard(LandingPage, client.get("/").get_json(), own)["links"]]
    assert "http://www.opengis.net/def/rel/ogc/1.0/processes" in rels


def test_a_job_from_beginning_to_end(held: FlaskClient, store: FakeStore) -> None:
    job = begun(held)
    until(lambda: building(store))
    status = held.get(f"/jobs/{job}").get_json()
    assert (status["status"], status["message"], status["progress"]) == ("running", "walking", 27)
    problem(held.get(f"/jobs/{job}/results"), 404, f"{EXCEPTION}result-not-ready")
    page = held.get(f"/jobs/{job}", headers={"Accept": "text/html"})
    assert '<noscript><meta http-equiv="refresh"' in page.text
    assert '<label for="progress">Progress</label> <progress id="progress" max="100" value="27">' in page.text
    assert "Done" not in page.text
    go_on(store)
    status = ended(held, job)
    assert (status["status"], status["progress"]) == ("successful", 100)
    assert status["created"] <= status["started"] <= status["finished"] <= status["updated"]
    results = held.get(f"/jobs/{job}/results")
    assert results.headers["Cache-Control"] == "no-store"
    assert results.get_json()["inputs"] == {"coast": "osm", "breadth": {"KAZ": 12.0}}
    assert {one["rel"] for one in results.get_json()["links"]} >= {"self", "data", "classify", "related"}


def test_four_at_once_and_one_dismissed(held: FlaskClient, store: FakeStore) -> None:
    jobs = [begun(held, breadth) for breadth in (1, 2, 3, 4)]
    busy = held.post(EXECUTION, json=TWELVE)
    problem(busy, 503, "/problems/busy")
    assert int(busy.headers["Retry-After"]) > 0
    until(lambda: building(store))
    assert [state(held, job) for job in jobs] == ["running", "accepted", "accepted", "accepted"]
    until(lambda: "2 before it" in held.get(f"/jobs/{jobs[2]}").get_json()["message"])
    dismissed = by_the_standard(StatusInfo, held.delete(f"/jobs/{jobs[1]}").get_json())
    assert dismissed["status"] == "dismissed"
    for job in (jobs[0], jobs[2], jobs[3]):
        until(lambda job=job: state(held, job) == "running" and building(store))
        assert len(building(store)) == 1
        go_on(store)
        assert ended(held, job)["status"] == "successful"
    assert state(held, jobs[1]) == "dismissed"
    problem(held.get(f"/jobs/{jobs[1]}/results"), 404, f"{EXCEPTION}result-not-ready")
    assert begun(held, 5) not in jobs


def test_a_running_job_is_dismissed_with_its_process(held: FlaskClient, store: FakeStore) -> None:
    job = begun(held)
    (process,) = until(lambda: building(store))
    assert held.delete(f"/jobs/{job}").get_json()["status"] == "dismissed"
    assert not Path(f"/proc/{process}").exists() or "Z" in Path(f"/proc/{process}/stat").read_text()
    assert state(held, job) == "dismissed"
    assert held.delete(f"/jobs/{job}").get_json()["status"] == "dismissed"
    (store.folder / f"building-{process}").unlink()
    other = begun(held, 11)  # the next one gets its turn
    until(lambda: building(store))
    go_on(store)
    assert ended(held, other)["status"] == "successful"


@pytest.mark.parametrize(
    ("mode", "said", "slug", "status"),
    [
        ("killed", "ended before its end", "/problems/edition-unavailable", 503),
        ("full", "ended before its end", "/problems/edition-unavailable", 503),
        ("unwritable", "no room", "/problems/edition-unavailable", 503),
        ("memory", "CASPIAN_WHAT_IF_MEMORY_MB", "/problems/edition-unavailable", 503),
        ("memory in GEOS", "CASPIAN_WHAT_IF_MEMORY_MB", "/problems/edition-unavailable", 503),
        ("broken", "has been logged", "/problems/edition-unavailable", 503),
        ("refused", "straight line 1 of AZE crosses itself", "/problems/job-failed", 400),
    ],
)
def test_what_goes_wrong_ends_in_a_true_status(
    mode: str, said: str, slug: str, status: int, store: FakeStore
) -> None:
    client = told(store, mode).test_client()
    job = begun(client)
    ending = ended(client, job)
    assert ending["status"] == "failed"
    assert said in ending["message"]
    assert str(store.folder) not in json.dumps(ending)
    problem(client.get(f"/jobs/{job}/results"), status, slug)
    assert state(client, job) == "failed"
    for address in (f"/jobs/{job}", f"/jobs/{job}/results"):
        page = client.get(f"{address}?lang=kk", headers={"Accept": "text/html"})
        assert 'class="lead" lang="en"' not in page.text
        assert '<span lang="en"' not in page.text


def test_a_full_disk_refuses_a_job(held: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(JobFiles, "write_status", full)
    problem(held.post(EXECUTION, json=TWELVE), 507, "/problems/no-room")


def test_time_is_bounded(store: FakeStore) -> None:
    client = told(store, "held", WHAT_IF_S=1).test_client()
    ending = ended(client, begun(client))
    assert ending["status"] == "failed"
    assert "longer than 1 s (CASPIAN_WHAT_IF_S)" in ending["message"]
    assert is_known(ending["message"], "tk")


def test_jobs_end_with_the_service(store: FakeStore) -> None:
    told(store, "held")
    script = (
        "import sys; from pathlib import Path\n"
        "from tests.api.fake_store import FakeStore; from tests.api import test_processes as t\n"
        "client = t.told(FakeStore(folder=Path(sys.argv[1])), 'held').test_client()\n"
        "jobs = [t.begun(client, 1), t.begun(client, 2)]\n"
        "t.until(lambda: t.building(client.application.extensions['atlases'].store))\n"
        "print(*jobs)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, str(store.folder)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    client = told(store, "held").test_client()
    for job in ran.stdout.split():
        assert ended(client, job)["status"] == "failed"
        assert "the service was stopped" in ended(client, job)["message"]


def test_a_killed_worker_takes_no_job_with_it(store: FakeStore, tmp_path: Path) -> None:
    told(store, "held")
    with running(tmp_path / "log", f"what_if({str(store.folder)!r})", WORKERS=2) as service:
        answer = service.ask(EXECUTION, json.dumps(TWELVE).encode())
        assert answer.status == 201
        job = answer.json["jobID"]
        until(lambda: building(store))
        for worker in service.workers:
            os.kill(worker, signal.SIGKILL)
        until(lambda: len(service.workers) == 2)
        assert service.ask(f"/jobs/{job}").json["status"] == "running"
        go_on(store)
        until(lambda: service.ask(f"/jobs/{job}").json["status"] == "successful")


def test_what_is_built_already_is_there_at_once(held: FlaskClient, store: FakeStore) -> None:
    job = begun(held)
    until(lambda: building(store))
    go_on(store)
    ended(held, job)
    name = held.get(f"/jobs/{job}/results").get_json()["links"][2]["href"].rpartition("/")[2]
    assert re.fullmatch(r"osm-2024\.08-[0-9a-f]{32}", name)
    store.is_kept = lambda asked: asked == name  # type: ignore[method-assign]
    answer = held.post(EXECUTION, json={**TWELVE, "response": "document"}).get_json()
    assert (answer["status"], answer["progress"]) == ("successful", 100)
    assert answer["jobID"] != job
    document = held.get(f"/jobs/{answer['jobID']}/results").get_json()
    assert list(document) == ["edition"]
    assert set(document["edition"]) == {"value", "mediaType"}
    assert building(store) == []


@pytest.mark.thorough
def test_jobs_are_forgotten_in_the_end(store: FakeStore) -> None:
    client = told(store, "refused", WHAT_IF_CHOICES=10).test_client()
    jobs = []
    for breadth in range(1, 15):
        jobs.append(begun(client, breadth))
        ended(client, jobs[-1])
    assert client.get(f"/jobs/{jobs[0]}").status_code == 404
    assert client.get(f"/jobs/{jobs[-1]}").status_code == 200
    files: JobFiles = client.application.extensions["jobs"].files
    assert len(list(files.jobs.iterdir())) <= 12
    assert len(list(files.remembered())) <= 11
    assert not list(files.queue.iterdir())


LINE = [[49.837, 40.313], [49.983, 40.331]]


def line(coordinates: Any = None, **properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"state": "AZE", "kind": "straight", **properties},
        "geometry": {"type": "LineString", "coordinates": LINE if coordinates is None else coordinates},
    }


def lines(*features: Any) -> dict[str, Any]:
    return {"straight_lines": {"type": "FeatureCollection", "features": list(features)}}


@pytest.mark.parametrize(
    ("inputs", "pointer", "said"),
    [
        ({"breadth": {"KAZ": 0}}, "/breadth/KAZ", "more than 0"),
        ({"breadth": {"KAZ": 15.1}}, "/breadth/KAZ", "at most 15"),
        ({"breadth": {"KAZ": 15.0000001}}, "/breadth/KAZ", "is 15.0000001 nm"),
        (
            lines(line([[100.1234567, 95.5], [50, 40]])),
            "/straight_lines/features/0/geometry/coordinates/0",
            "100.1234567",
        ),
        ({"breadth": {"KAZ": 1e-6}}, "/breadth/KAZ", "0.25"),
        ({"breadth": {"KAZ": "twelve"}}, "/breadth/KAZ", '"twelve": a number is needed'),
        ({"breadth": {"KAZ": True}}, "/breadth/KAZ", "a number is needed"),
        ({"breadth": {"USA": 3}}, "/breadth/USA", "known here: AZE"),
        ({"breadth": 12}, "/breadth", "an object is needed"),
        ({"breadth": None}, "/breadth", "an object is needed"),
        ({"breadths": {}}, "/breadths", "known here: coast, breadth"),
        ({"a/b~": 1}, "/a~1b~0", "unknown member"),
        ({"coast": "shore.geojson"}, "/coast", "osm-2017"),
        ({"coast": {"href": "http://example.org/"}}, "/coast/href", "not fetched"),
        ({"effects": {"Atlantis": 1}}, "/effects/Atlantis", "no island"),
        ({"effects": {"Chilov": 2}}, "/effects/Chilov", "from 0"),
        ({"effects": {"Chilov": 0, "chilov": 0}}, "/effects", "given twice"),
        ({"treaty_points": {"AZE-IRX": []}}, "/treaty_points/AZE-IRX", "no line"),
        ({"treaty_points": {"AZE-RUS": [[49, 42]]}}, "/treaty_points/AZE-RUS", "fewer than two"),
        ({"treaty_points": {"AZE-RUS": "table"}}, "/treaty_points/AZE-RUS/0", "no position"),
        ({"keep_artificial": "yes"}, "/keep_artificial", "true or false"),
        ({"title": "x" * 101}, "/title", "100 characters"),
        ({"title": "a\nb"}, "/title", "one line"),
        ({"straight_lines": []}, "/straight_lines", "an object is needed"),
        ({"straight_lines": {"type": "Feature"}}, "/straight_lines", "FeatureCollection"),
        (lines(line(state="USA")), "/straight_lines/features/0", "AZE IRN KAZ RUS TKM"),
        (lines(line(), line(kind="crooked")), "/straight_lines/features/1", "closing_line"),
        (lines(line([[200, 40], [50, 40]])), "/straight_lines/features/0/geometry/coordinates/0", "earth"),
        (lines(line([[50, "x"]])), "/straight_lines/features/0/geometry/coordinates/0/1", "number"),
        (lines(line([[50, 40], [50, 40]])), "/straight_lines/features/0", "one point only"),
        (
            lines(line([[50 + i / 1e4, 40] for i in range(1000)])),
            "/straight_lines",
            "1,000 vertices together, at most 500",
        ),
        (lines(*[line()] * 101), "/straight_lines/features", "101 lines"),
    ],
)
def test_bad_inputs_are_said_by_their_place(
    inputs: dict[str, Any], pointer: str, said: str, held: FlaskClient, store: FakeStore
) -> None:
    value = problem(held.post(EXECUTION, json={"inputs": inputs}), 400, "/problems/invalid-input")
    assert value["pointer"] == f"/inputs{pointer}"
    assert said in value["detail"]
    assert not (store.folder / "what-ifs").exists()


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ([], ""), ({"inputs": []}, "/inputs"), ({"output": {}}, "/output"), ({"response": "x"}, "/response"),
        ({"outputs": {"x": {}}}, "/outputs/x"), ({"mode": "sync"}, "/mode"),
        ({"outputs": {"edition": {"transmissionMode": "reference"}}}, "/outputs/edition/transmissionMode"),
        ({"subscriber": {"successUri": "http://example.org"}}, "/subscriber"),
    ],
)  # fmt: skip
def test_bad_requests_are_said_by_their_place(body: Any, pointer: str, held: FlaskClient) -> None:
    value = problem(held.post(EXECUTION, json=body), 400, "/problems/invalid-input")
    assert value["pointer"] == pointer


def test_only_json_is_read(held: FlaskClient) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        answer = held.post(EXECUTION, data=json.dumps(TWELVE), content_type=kind)
        problem(answer, 415, "/problems/unsupported-media-type")
    problem(held.post(EXECUTION, data="{", content_type="application/json"), 400, "/problems/invalid-body")


def test_too_large_a_body(store: FakeStore) -> None:
    client = told(store, "held", MAX_BODY_BYTES=1000).test_client()
    body = json.dumps({"inputs": {"title": "x" * 2000}})
    problem(client.post(EXECUTION, data=body, content_type="application/json"), 413, "/problems/too-large")


@pytest.mark.parametrize(
    ("headers", "is_let_in"),
    [
        ({}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, True),
        ({"Origin": "http://localhost"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "https://friend.example", "Sec-Fetch-Site": "cross-site"}, True),
    ],
)
def test_pages_of_other_sites_begin_and_dismiss_nothing(
    headers: dict[str, str], is_let_in: bool, store: FakeStore
) -> None:
    client = idle(store, CORS_ORIGINS="https://friend.example")
    answer = client.post(EXECUTION, json=TWELVE, headers=headers)
    assert answer.status_code == (201 if is_let_in else 403)
    job = begun(client, 3)
    answer = client.delete(f"/jobs/{job}", headers=headers)
    assert answer.status_code == (200 if is_let_in else 403)
    form = client.post("/what-if", data={"breadth-KAZ": "twelve"}, headers=headers)
    own = is_let_in and bool(headers) and "friend" not in headers.get("Origin", "")
    assert form.status_code == (400 if own else 403)


@pytest.mark.parametrize("job", ["0" * 32, "x", "..", "%2e%2e", "status.json", "A" * 3000])
def test_jobs_of_nobody(job: str, store: FakeStore) -> None:
    client = idle(store)
    begun(client)
    for path in (f"/jobs/{job}", f"/jobs/{job}/results"):
        assert client.get(path).status_code == 404
    assert client.delete(f"/jobs/{job}").status_code == 404
    problem(client.get(f"/jobs/{'0' * 32}"), 404, f"{EXCEPTION}no-such-job")
    problem(client.get("/processes/other"), 404, f"{EXCEPTION}no-such-process")
    problem(client.post("/processes/other/execution", json={}), 404, f"{EXCEPTION}no-such-process")
    assert client.get("/jobs").status_code == 404


def test_a_service_without_what_ifs(store: FakeStore) -> None:
    client = create_app({"WHAT_IF": "off"}, store=store).test_client()
    for path in ("/processes", "/processes/edition", f"/jobs/{'0' * 32}", "/what-if", "/what-if/x-0"):
        assert client.get(path).status_code == 404, path
    assert client.post(EXECUTION, json=TWELVE).status_code == 404
    assert "processes" not in client.get("/conformance").text
    assert "what-if" not in client.get("/").text
    document = client.get("/openapi.json").get_json()
    assert not [path for path in document["paths"] if "process" in path or "job" in path]
    assert "Problem403" not in document["components"]["responses"]
