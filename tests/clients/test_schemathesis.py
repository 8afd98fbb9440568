"""Requests made from the OpenAPI document by a tool of others; the answers are what it says."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import schemathesis
from flask import Flask
from hypothesis import strategies as st
from schemathesis.checks import CHECKS
from schemathesis.config import HealthCheck, SchemathesisConfig
from schemathesis.core.failures import AcceptedNegativeData, Failure, MalformedJson, ServerError
from schemathesis.engine import Status, events, from_schema
from schemathesis.openapi.checks import ContentDeserializationError, RejectedPositiveData

from api.application import create_app
from api.collections.offsets import PARAMETER as OFFSET
from api.http.tables import COLUMNS
from api.processes.differences import results_of
from zones.editions.store import Store

Json = dict[str, Any]

SEED = 20180812
LEAST_REQUESTS = 2000

_LON = st.floats(46, 55).map(lambda value: round(value, 4))
_LAT = st.floats(36, 48).map(lambda value: round(value, 4))
_PLACES = st.lists(st.tuples(_LON, _LAT), min_size=1, max_size=5)
_ONE_PLACE = st.tuples(_LON, _LAT)


def feature_text(place: tuple[float, float]) -> str:
    return json.dumps(
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": place}, "properties": {}}
    )


def track_text(number: int, place: tuple[float, float]) -> str:
    properties = {"mmsi": 423000001, "timestamp": f"2024-01-05T0{number}:30:00Z"}
    geometry = {"type": "Point", "coordinates": place}
    return json.dumps({"type": "Feature", "geometry": geometry, "properties": properties})


def track_lines(before: str) -> Any:
    return _PLACES.map(lambda places: "".join(f"{before}{track_text(*one)}\n" for one in enumerate(places)))


# Texts whose form a JSON schema cannot say, made by the rules that their formats are named after.
FORMATS = {
    "cql2": st.sampled_from(["name LIKE 'A%'", "S_INTERSECTS(geometry, BBOX(49, 39, 52, 43))"]),
    "positions-csv": _PLACES.map(
        lambda places: "lon,lat\n" + "".join(f"{lon},{lat}\n" for lon, lat in places)
    ),
    "positions-ndjson": _PLACES.map(lambda places: "".join(f"{feature_text(one)}\n" for one in places)),
    "positions-geojson-seq": _PLACES.map(
        lambda places: "".join(f"\x1e{feature_text(one)}\n" for one in places)
    ),
    "tracks-csv": _PLACES.map(
        lambda places: (
            "mmsi,timestamp,lon,lat\n"
            + "".join(
                f"423000001,2024-01-05T0{at}:30:00Z,{lon},{lat}\n" for at, (lon, lat) in enumerate(places)
            )
        )
    ),
    "tracks-ndjson": track_lines(""),
    "tracks-geojson-seq": track_lines("\x1e"),
    "column-name": st.sampled_from(["lon", "lat"]),
    "chart-position": _ONE_PLACE.map(lambda place: f"{place[1]:.4f}N {place[0]:.4f}E"),
    "rfc3339-instant-or-interval": st.one_of(
        st.datetimes().map(lambda when: f"{when.year:04}{when:-%m-%dT%H:%M:%SZ}"),
        st.dates().map(lambda day: f"{day.isoformat()}/.."),
        st.dates().map(lambda day: f"/{day.isoformat()}"),
    ),
}
TRACKS = ("/events", "/summarise")
TEXT_BODIES = ("text/csv", "application/x-ndjson", "application/geo+json-seq")


def text_body(_: Any, value: Any) -> Any:
    if isinstance(value, bytes):
        return value
    return (value if isinstance(value, str) else json.dumps(value)).encode("utf-8", "surrogatepass")


def is_box(value: Any) -> bool:
    if not isinstance(value, list) or len(value) not in (4, 6):
        return False
    half = len(value) // 2
    west, south, *bottom = value[:half]
    east, north, *top = value[half:]
    return abs(west) <= 180 and abs(east) <= 180 and -90 <= south <= north <= 90 and bottom <= top


def box_of(numbers: list[float]) -> list[float]:
    """A box of these numbers, as they stand where they are one."""
    wrapped = [number if abs(number) <= 90 else number % 90 for number in numbers]
    half = len(wrapped) // 2
    pairs = [sorted(pair) for pair in zip(wrapped[:half], wrapped[half:], strict=True)]
    return [low for low, _ in pairs] + [high for _, high in pairs]


def with_a_box(_: Any, query: Json) -> Json:
    """Most lists of numbers are no boxes; what a schema says of them is kept."""
    box = query.get("bbox") if isinstance(query, dict) else None
    if isinstance(box, list) and len(box) in (4, 6) and all(type(one) in (int, float) for one in box):
        return {**query, "bbox": box_of(box)}
    return query


def is_of_an_ended_job(path: str, status: int) -> bool:
    """Whether an answer is that of a job begun here, whose process builds nothing and ends at once."""
    return status == 503 and path.startswith("/jobs/")


def is_a_failure(_: Any, failure: Failure, case: Any, response: Any) -> bool:
    """Whether a difference is one. What a document in OpenAPI 3.0 cannot say is none."""
    query = case.query or {}
    if isinstance(failure, ServerError):
        return not is_of_an_ended_job(case.path, response.status_code)
    if isinstance(failure, AcceptedNegativeData):
        # The standard has a limit beyond the largest lowered, not refused, and has the largest stated.
        if "limit: Value greater than maximum" in failure.message:
            return False
        # Of several features a bad one is answered in its place, as the description says.
        if case.path == "/crossings":
            return b'"results":' not in response.content
        # Rows that are bad are left out and counted, and any text is some rows.
        if case.path in TRACKS:
            return case.media_type not in TEXT_BODIES and response.headers["rows-left-out"] == ["0"]
        # Any text is some rows, and bad rows are answered in their place.
        return case.path != "/classify" or case.media_type not in TEXT_BODIES
    if isinstance(failure, RejectedPositiveData):
        # Either a position or both its coordinates are needed.
        if case.path == "/classify" and case.method == "GET":
            return ("position" in query) != ("lon" in query or "lat" in query) and (
                "position" in query or ("lon" in query and "lat" in query)
            )
        # Which numbers make a box.
        if "bbox" in query and not is_box(query["bbox"]):
            return False
        # Which language a filter is written in.
        if "filter" in query and query.get("filter-lang") == "cql2-json":
            return False
        # Which positions make a line or a ring, and how many a body may have in all its parts.
        if case.path == "/crossings":
            told = (b"/problems/invalid-geometry", b"/problems/too-large")
            return not any(one in response.content for one in told)
        # Which columns a body has, and which of them go together.
        if any(name in query for name in COLUMNS):
            return False
        # Which columns there are, and whether any row is good.
        if case.path in TRACKS:
            told = (b"there is no column", b"no row has a vessel", b"columns are called")
            return not any(one in response.content for one in told)
        # Which positions make a line, which names are one line of text.
        if case.path == "/processes/{processId}/execution":
            at = (b'"/inputs/straight_lines', b'"/inputs/treaty_points', b'"/inputs/title"')
            return not any(b'"pointer":' + one in response.content for one in at)
        # Which files are simplified.
        if response.status_code == 400 and OFFSET in query and case.path == "/downloads/{edition}/{name}":
            return str(case.path_parameters["name"]).endswith(".geojson")
        # Which range lies within a file, and which validator is that of it.
        needs = {412: "If-Match", 416: "Range"}.get(response.status_code)
        if needs is not None:
            return needs not in (case.headers or {})
    if isinstance(failure, (ContentDeserializationError, MalformedJson)):
        # A range of a JSON file is no JSON, whatever its media type.
        return response.status_code != 206
    return True


def _jobs_at_their_end(app: Flask, store: Store) -> list[str]:
    """Ids of jobs that have built the default edition; those that are begun later build nothing."""
    jobs = app.extensions["jobs"]
    jobs.command = ("true",)
    jobs.files.make_folders()
    edition = store.edition("osm")
    jobs.files.remember(edition.name, {"coast": "osm"})
    jobs.files.write_results(edition.name, results_of(edition, edition, {"coast": "osm"}))
    client = app.test_client()
    begun = [client.post("/processes/edition/execution", json={}).get_json() for _ in range(100)]
    assert {one["status"] for one in begun} == {"successful"}
    return [one["jobID"] for one in begun]


def test_the_service_keeps_to_its_document(real_store: Store) -> None:
    app = create_app(
        {
            "PAGE_LIMIT": 2,
            "MAX_PAGE_LIMIT": 5,
            "MAX_POINTS": 20,
            "MAX_ROUTE_VERTICES": 100,
            "WHAT_IF_QUEUE": 1000,
        },
        store=real_store,
    )
    jobs = _jobs_at_their_end(app, real_store)
    requests = 0
    inner = app.wsgi_app

    def counted(environ: Any, start_response: Any) -> Any:
        nonlocal requests
        requests += 1
        # The client in this process does not undo compression as one on the wire does.
        environ.pop("HTTP_ACCEPT_ENCODING", None)
        return inner(environ, start_response)

    app.wsgi_app = counted  # type: ignore[method-assign]
    edition = real_store.edition("osm").name
    for name, strategy in FORMATS.items():
        schemathesis.openapi.format(name, strategy)
    # Few names are those of editions: with others all answers would be that there is none.
    schemathesis.openapi.format("edition-name", st.sampled_from(["osm", edition, f"{edition}0"]))
    schemathesis.openapi.format("job-id", st.sampled_from(jobs))
    schemathesis.openapi.format("what-if-name", st.sampled_from([edition]))
    schemathesis.serializer(*TEXT_BODIES)(text_body)
    config = SchemathesisConfig(seed=SEED, suppress_health_check=[HealthCheck.too_slow])
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app, config=config)
    # Forms are taken from pages of the service alone.
    schema = schema.exclude(path_regex="^/what-if", method="POST")
    schema.hooks.register_hook_with_name(with_a_box, "map_query")
    schema.hooks.register_hook_with_name(is_a_failure, "filter_failure")
    schema.config.generation.update(max_examples=3, deterministic=True, database="none")
    # More points than the limit are refused with 413, which is a refusal as good as the usual ones.
    schema.config.checks.negative_data_rejection.expected_statuses = [
        *schema.config.checks.negative_data_rejection.expected_statuses,
        "413",
    ]
    assert all(schema.config.checks.get_by_name(name=name).enabled for name in CHECKS.get_all_names())

    answered: Counter[tuple[str, int]] = Counter()
    failures: list[str] = []
    phases: dict[str, Status] = {}
    for event in from_schema(schema).execute():
        if isinstance(event, events.PhaseFinished):
            phases[event.phase.name.value] = event.status
        elif isinstance(event, (events.NonFatalError, events.FatalError)):
            failures.append(str(getattr(event, "info", None) or getattr(event, "exception", None)))
        elif isinstance(event, events.ScenarioFinished):
            for identity, interaction in event.recorder.interactions.items():
                if interaction.response is not None:
                    case = event.recorder.cases[identity].value
                    answered[case.operation.label, interaction.response.status_code] += 1
            failures += [
                f"{check.name}: {event.recorder.cases[identity].value.as_curl_command()}\n"
                f"{check.failure_info.failure.message}"[:1500]
                for identity, checks in event.recorder.checks.items()
                for check in checks
                if check.failure_info is not None
            ]
    assert not failures, f"{len(failures)} failures\n\n" + "\n\n".join(failures[:10])
    for phase in ("examples", "coverage", "fuzzing", "stateful"):
        assert phases[phase] is Status.SUCCESS, phase
    assert requests >= LEAST_REQUESTS
    assert sum(answered.values()) >= LEAST_REQUESTS
    errors = {(label, status) for label, status in answered if status >= 500}
    assert not {one for one in errors if not is_of_an_ended_job(one[0].removeprefix("GET "), one[1])}
    # Every operation was met in earnest: it answered something else than problems.
    good = {label for label, status in answered if status < 400}
    assert good == {operation.ok().label for operation in schema.get_all_operations()}
