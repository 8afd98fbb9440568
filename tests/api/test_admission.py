"""Who is let in, what a body would become, and when time is over."""

from __future__ import annotations

import json
import sys
import threading
import tracemalloc
from contextlib import ExitStack
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api.application import create_app
from api.atlas import Atlases
from api.errors import BusyError, TooMuchError
from api.http.admission import MOST_HEAVY, Admission, Deadline, answer_bytes, check_decoded
from api.texts.json_text import decoded_bytes, read_json, read_plain_json
from tests.api.fake_store import FakeStore
from tests.api.service import PATIENCE_S
from zones.errors import UnknownEditionError


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def admission() -> Admission:
    return Admission(threads=8, room_bytes=100)


def test_three_quarters_of_the_threads_at_most() -> None:
    gate = admission()
    with ExitStack() as held:
        first = ExitStack()
        first.enter_context(gate.inside())
        for _ in range(5):
            held.enter_context(gate.inside())
        with pytest.raises(BusyError), gate.inside():
            pass
        first.close()
        with gate.inside(), pytest.raises(BusyError), gate.inside():
            pass


def test_few_heavy_requests_at_a_time() -> None:
    gate = Admission(threads=64, room_bytes=1 << 40)
    with ExitStack() as held:
        entries = [held.enter_context(gate.inside()) for _ in range(MOST_HEAVY + 1)]
        for entry in entries[1:]:
            gate.weigh(entry, 1, is_heavy=True)
        gate.weigh(entries[0], 1)
        with pytest.raises(BusyError, match="long"):
            gate.weigh(entries[0], 1, is_heavy=True)
        with gate.turn(entries[1]), gate.turn(entries[2]), gate.turn(entries[0]):
            with pytest.raises(BusyError), gate.turn(entries[3], 0.0):
                pass
            third = threading.Thread(target=lambda: gate.turn(entries[3]).__enter__())
            third.start()
            assert third.is_alive()  # it waits for one of the two
        third.join(PATIENCE_S)
        assert not third.is_alive()


def test_large_requests_share_the_room_and_one_alone_always_has_it() -> None:
    gate = admission()
    with gate.inside() as first, gate.inside() as second:
        gate.weigh(first, 1000)
        with pytest.raises(BusyError, match="large"):
            gate.weigh(second, 1)
        gate.weigh(second, 0)  # and a light one, that is weighed later
        gate.weigh(first, 60)
        gate.weigh(second, 40)
        with pytest.raises(BusyError):
            gate.weigh(second, 41)
        gate.weigh(second, 10)
        gate.weigh(first, 90)


TEXTS = [
    '{"points":[' + "[]," * 50_000 + "[]]}",
    "[" + "{}," * 50_000 + "{}]",
    "[" + '{"a":1},' * 50_000 + "{}]",
    "[" + '{"a":[{"b":[0.5]}]},' * 20_000 + "{}]",
    "[" + "0.5," * 100_000 + "1]",
    "[" + '"ab",' * 100_000 + '""]',
    "[" + '"\\u20ac",' * 50_000 + '""]',
    '["' + "x" * 500_000 + '\U0001f30a"]',
    '["' + "x" * 500_000 + '\\ud83c\\udf0a"]',
    '["' + "ж" * 300_000 + '"]',
    "[" + f"{'9' * 4000}," * 100 + "1]",
    "{" + ",".join(f'"{number}":{number}.5' for number in range(50_000)) + "}",
    '{"points":[' + ",".join(["[49.123456,41.123456]"] * 20_000) + "]}",
]


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text[:20])
@pytest.mark.parametrize("read", [read_json, read_plain_json])
def test_what_a_text_becomes_is_never_underrated(text: str, read: Any) -> None:
    body = text.encode()
    tracemalloc.start()
    try:
        value = read(body)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert value
    assert kept <= decoded_bytes(body) <= 12 * kept + 100_000


@pytest.mark.parametrize(("count", "calls"), [(1_000, 0), (400_000, 800_000)])
def test_numbers_of_long_texts_are_read_in_turns(count: int, calls: int) -> None:
    """By functions of Python, at whose calls the interpreter's lock is passed on."""
    made = 0

    def profile(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal made
        made += event == "call"

    body = b'{"name":[' + b"-1,1e5," * count + b"1.5]}"
    sys.setprofile(profile)
    try:
        value = read_json(body)
    finally:
        sys.setprofile(None)
    assert value == {"name": [-1, 1e5] * count + [1.5]}
    assert calls <= made <= calls + 100


def test_ordinary_bodies_of_the_greatest_length_are_within_the_usual_budget() -> None:
    feature = {
        "type": "Feature",
        "id": "buoy-000000",
        "properties": {"name": "some name", "depth_m": 12.5},
        "geometry": {"type": "Point", "coordinates": [49.123456, 41.123456]},
    }
    body = json.dumps({"type": "FeatureCollection", "features": [feature] * 100_000}).encode()
    assert len(body) > 14_000_000
    check_decoded(body, 256)


def test_a_deadline_ends_what_goes_on() -> None:
    clock, computed = Clock(), Clock()
    end = Deadline(2.5, clock, computed)
    clock.now = computed.now = 2.4
    end.check()
    clock.now = 2.6
    with pytest.raises(TooMuchError, match=r"longer than 2.5 s \(CASPIAN_MAX_REQUEST_S\); send .* in parts"):
        end.check()
    computed.now = 0.1  # another use of the time than by this request
    with pytest.raises(BusyError, match=r"longer than 2.5 s \(CASPIAN_MAX_REQUEST_S\) beside all else"):
        end.check()


def test_answers_are_weighed_by_chunks() -> None:
    assert answer_bytes(10) < answer_bytes(100_000) < answer_bytes(1_000_000) == answer_bytes(10**9)


def test_time_is_over_before_the_answer_began(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr("api.http.bodies.Deadline", lambda seconds: Deadline(seconds, clock, clock))
    app = create_app({"MAX_REQUEST_S": 7}, store=store)

    class Slow:
        def classify(self, **options: Any) -> Any:
            clock.now += 8
            return edition.classify(**options)

        def __getattr__(self, name: str) -> Any:
            return getattr(edition, name)

    edition = store.edition("osm")
    monkeypatch.setattr(store, "edition", lambda name, progress=None: Slow())
    for content_type, body in (
        ("application/json", '{"points":[[48.1,41]]}'),
        ("text/csv", "lon,lat\n48.1,41\n"),
    ):
        clock.now = 0.0
        answer = app.test_client().post("/classify", data=body, content_type=content_type)
        assert answer.status_code == 413
        assert answer.json["setting"] == "MAX_REQUEST_S"
        assert "CASPIAN_MAX_REQUEST_S" in answer.json["detail"]


@pytest.mark.parametrize("path", ["/classify", "/crossings"])
def test_json_is_counted_before_it_is_decoded(path: str, store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app({"MAX_REQUEST_MEMORY_MB": 10}, store=store)
    monkeypatch.setattr("orjson.loads", lambda *_: pytest.fail("decoded"))
    monkeypatch.setattr("api.texts.json_text._decoder", lambda *_: pytest.fail("decoded"))
    body = b'{"points":[' + b"[]," * 100_000 + b"[]]}"
    answer = app.test_client().post(path, data=body, content_type="application/json")
    assert answer.status_code == 413
    assert answer.json["setting"] == "MAX_REQUEST_MEMORY_MB"
    assert "CASPIAN_MAX_REQUEST_MEMORY_MB" in answer.json["detail"]


@pytest.mark.parametrize("path", ["/classify", "/crossings"])
def test_large_bodies_wait_for_no_one(path: str, app: Flask) -> None:
    body = '{"type":"FeatureCollection","features":[' + " " * 200_000 + "]}"
    client = app.test_client()
    gate: Admission = app.extensions["admission"]
    with gate.inside() as other:
        gate.weigh(other, 250 * 1024 * 1024)
        answer = client.post(path, data=body, content_type="application/geo+json")
        assert (answer.status_code, answer.json["type"]) == (503, "/problems/busy")
        assert int(answer.headers["Retry-After"]) > 0
        small = client.post("/classify", json={"points": [[48.1, 41]]})
        assert small.status_code == 200
    assert client.post(path, data=body, content_type="application/geo+json").status_code != 503


@pytest.mark.parametrize(
    "body", ["{", "[]", '{"points":[[48.1,41]]}', '{"type":"Point","coordinates":[48.1,41]}']
)
@pytest.mark.parametrize("path", ["/classify", "/crossings"])
def test_who_is_answered_gives_the_place_back(path: str, body: str, app: Flask) -> None:
    client = app.test_client()
    for _ in range(100):
        assert client.post(path, data=body, content_type="application/json").status_code != 503


def test_a_streamed_answer_gives_the_place_back_at_its_end_or_when_it_is_left(app: Flask) -> None:
    client = app.test_client()
    body = "lon,lat\n" + "48.1,41\n" * 200
    for _ in range(100):
        whole = client.post("/classify", data=body, content_type="text/csv")
        assert whole.text.count("\n") == 201
    left = [client.post("/classify", data=body, content_type="text/csv") for _ in range(48)]
    assert client.post("/classify", data=body, content_type="text/csv").status_code == 503
    for answer in left:
        answer.close()
    assert client.post("/classify", data=body, content_type="text/csv").status_code == 200
    assert client.get("/health/live").status_code == 200


class BuildingStore(FakeStore):
    """An edition that is not built takes until `go_on` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.builds = 0

    def edition(self, name: str = "osm", *, progress: Any = None) -> Any:
        if name.startswith("dcw"):
            self.builds += 1
            self.begun.set()
            assert self.go_on.wait(PATIENCE_S)
        return super().edition(name, progress=progress)


@pytest.fixture
def building() -> Any:
    store = BuildingStore()
    app = create_app({}, store=store)
    answers: list[Any] = []
    one = threading.Thread(target=lambda: answers.append(app.test_client().get("/collections?edition=dcw")))
    one.start()
    assert store.begun.wait(PATIENCE_S)
    yield app.test_client(), store, one, answers
    store.go_on.set()
    one.join()


def test_one_builds_and_the_others_come_again(building: Any) -> None:
    client, store, one, answers = building
    for path in ("/collections?edition=dcw", "/classify?lon=48.1&lat=41&edition=dcw-0123abcd") * 100:
        answer: Any = client.get(path)
        assert (answer.status_code, answer.json["type"]) == (503, "/problems/busy")
        assert int(answer.headers["Retry-After"]) > 0
    assert client.get("/collections?edition=gshhg").status_code == 503  # another that has to be built
    store.go_on.set()
    one.join()
    assert answers[0].status_code == 200
    assert client.get("/collections?edition=dcw").status_code == 200
    assert store.builds == 1


def test_other_editions_and_health_answer_meanwhile(building: Any) -> None:
    client: FlaskClient = building[0]
    assert client.get("/classify?lon=48.1&lat=41").status_code == 200
    assert client.get("/collections?edition=osm").status_code == 200
    assert client.get("/health/live").status_code == 200
    assert client.get("/health/ready").status_code == 200
    assert client.get("/editions").status_code == 200
    assert client.get("/collections?edition=nowhere").status_code == 404


def test_an_edition_that_cannot_be_built_does_not_stay_in_the_way() -> None:
    store = FakeStore(broken=True)
    atlases = Atlases(store, default="osm", most=2)  # type: ignore[arg-type]
    for _ in range(3):
        with pytest.raises(Exception, match="cannot be written"):
            atlases.get("dcw")
    store.broken = False
    assert atlases.get("dcw").name == "dcw-0123abcd"
    with pytest.raises(UnknownEditionError):
        atlases.get("nowhere")
