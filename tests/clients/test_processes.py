"""Clients of OGC API - Processes that others have made drive what-ifs on the real sea, to their results.

One is generated from the standard's own OpenAPI document and takes no answer that its schemas do not take;
the other is OWSLib's.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import geopandas
import pytest
import shapely
from geographiclib.geodesic import Geodesic
from ogc_api_processes_client import (
    ApiClient,
    ApiException,
    CapabilitiesApi,
    Configuration,
    ConformanceDeclarationApi,
    DismissApi,
    ExecuteApi,
    ProcessDescriptionApi,
    ProcessListApi,
    ResultApi,
    StatusApi,
)
from ogc_api_processes_client.models import Exception as AnException
from ogc_api_processes_client.models import Execute, JobControlOptions, StatusCode, StatusInfo
from owslib.ogcapi.processes import Processes

from tests.api.service import until
from tests.clients.running import Service

CLASSES = "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf"
EXCEPTIONS = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0"
ENDED = (StatusCode.SUCCESSFUL, StatusCode.FAILED, StatusCode.DISMISSED)
EQUAL_AREA = "EPSG:6933"  # cylindrical
# Drawn edges lie within 1 cm of the geodesics, to both sides: over outlines of 1,000 km less than 0.01 km2.
WITHIN_KM2 = 0.01
BAY = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"state": "AZE", "kind": "closing_line"},
            "geometry": {"type": "LineString", "coordinates": [[49.837, 40.313], [49.983, 40.331]]},
        }
    ],
}


@pytest.fixture(scope="module")
def generated(service: Service) -> ApiClient:
    return ApiClient(Configuration(host=service.url.rstrip("/")))


class Choices(Execute):
    """What to execute, sent as it is: the client's own class loses the members of an object."""

    chosen: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        given = {name: {"value": value} for name, value in self.chosen.items()}
        return {"inputs": given, "response": "document"}


def begun(generated: ApiClient, **inputs: Any) -> StatusInfo:
    status = ExecuteApi(generated).execute("edition", Choices(chosen=inputs))
    assert isinstance(status, StatusInfo)
    return status


def ended(generated: ApiClient, job: str) -> StatusInfo:
    asked = StatusApi(generated)
    until(lambda: asked.get_status(job).status in ENDED)
    return asked.get_status(job)


def refused(status: int, kind: str, ask: Any, *arguments: Any) -> None:
    """An answer is an exception as the standard describes it."""
    with pytest.raises(ApiException) as caught:
        ask(*arguments)
    assert caught.value.status == status
    said = AnException.from_json(str(caught.value.body))
    assert said is not None
    assert (said.type, said.status) == (kind, status)
    assert said.title
    assert said.detail


def test_what_is_there(generated: ApiClient) -> None:
    links = CapabilitiesApi(generated).get_landing_page().links
    assert any(one.rel == "http://www.opengis.net/def/rel/ogc/1.0/processes" for one in links)
    classes = ConformanceDeclarationApi(generated).get_conformance_classes().conforms_to
    assert {f"{CLASSES}/{one}" for one in ("core", "json", "oas30", "dismiss")} <= set(classes)
    (summary,) = ProcessListApi(generated).get_processes().processes
    described = ProcessDescriptionApi(generated).get_process_description(summary.id)
    assert (described.id, described.version) == (summary.id, summary.version)
    assert described.job_control_options == [JobControlOptions.ASYNC_MINUS_EXECUTE, JobControlOptions.DISMISS]
    assert described.inputs
    assert described.outputs


def a_what_if(generated: ApiClient, **inputs: Any) -> dict[str, Any]:
    """What came of a job, every answer on the way read by the standard's schemas."""
    status = begun(generated, **inputs)
    assert status.process_id == "edition"
    last = ended(generated, status.job_id)
    assert (last.status, last.progress) == (StatusCode.SUCCESSFUL, 100)
    assert None not in (last.created, last.started, last.finished, last.updated)
    assert any(one.rel == "http://www.opengis.net/def/rel/ogc/1.0/results" for one in last.links or ())
    results = ResultApi(generated).get_result_with_http_info(status.job_id)
    assert list(results.data) == ["edition"]
    return dict(json.loads(results.raw_data)["edition"]["value"])


def drawn(service: Service, edition: str, collection: str) -> geopandas.GeoDataFrame:
    """Areas of an edition as its download has them."""
    address = f"{service.url}downloads/{edition}/{collection}.geojson"
    return geopandas.read_file(address).set_index("id").geometry


@cache
def _ring_m2(ring: bytes) -> float:
    summed = Geodesic.WGS84.Polygon()
    for lon, lat in shapely.get_coordinates(shapely.from_wkb(ring))[:-1].tolist():
        summed.AddPoint(lat, lon)
    return abs(float(summed.Compute()[2]))


def geodesic_km2(area: shapely.Geometry | None) -> float:
    """Area on the ellipsoid, by GeographicLib from the vertices."""
    total = 0.0
    for polygon in [] if area is None else shapely.get_parts(area):
        outline, *holes = (_ring_m2(ring) for ring in shapely.to_wkb(shapely.get_rings(polygon)))
        total += outline - sum(holes)
    return total / 1e6


@pytest.mark.parametrize(
    ("inputs", "changed"),
    [
        ({"breadth": {"KAZ": 12}}, "territorial_waters-KAZ"),
        ({"straight_lines": BAY}, "territorial_waters-AZE"),
        ({"effects": {"Chilov": 0}, "breadth": {"TKM": 3}}, "sector-AZE"),
    ],
    ids=["breadth", "line", "effect"],
)
def test_tables_of_a_what_if_are_found_again(
    service: Service, generated: ApiClient, inputs: dict[str, Any], changed: str
) -> None:
    """From the files for download alone: GeographicLib's areas, and an overlay in a plane of equal areas."""
    found = a_what_if(generated, **inputs)
    compared = 0
    for collection in ("zones", "sectors"):
        after, before = (drawn(service, found[name], collection) for name in ("edition", "compared_with"))
        after_m, before_m = after.to_crs(EQUAL_AREA), before.to_crs(EQUAL_AREA)
        for one in found["differences"]["areas"]:
            name = one["id"]
            if one["collection"] != collection:
                continue
            second, first = (each.get(name) for each in (after, before))
            if first is not None and second is not None and first.equals_exact(second, 0.0):
                assert (one["gained_km2"], one["lost_km2"]) == (0.0, 0.0)
                assert one["before_km2"] == one["after_km2"]
                continue
            there = [each.get(name, shapely.Polygon()) for each in (before_m, after_m)]
            recomputed = (
                *(geodesic_km2(area) for area in (first, second)),
                *(shapely.difference(*pair).area / 1e6 for pair in (there[::-1], there)),
            )
            said = [one[kind] for kind in ("before_km2", "after_km2", "gained_km2", "lost_km2")]
            assert said == pytest.approx(recomputed, abs=WITHIN_KM2)
            compared += 1
    assert compared >= 3
    (it,) = (one for one in found["differences"]["areas"] if one["id"] == changed)
    assert it["gained_km2"] + it["lost_km2"] > 10


def test_a_job_is_dismissed(generated: ApiClient) -> None:
    jobs = [begun(generated, breadth={"RUS": breadth}).job_id for breadth in (3, 4)]
    assert DismissApi(generated).dismiss(jobs[1]).status == StatusCode.DISMISSED
    assert StatusApi(generated).get_status(jobs[1]).status == StatusCode.DISMISSED
    refused(404, f"{EXCEPTIONS}/result-not-ready", ResultApi(generated).get_result, jobs[1])
    assert ended(generated, jobs[0]).status == StatusCode.SUCCESSFUL


def test_what_a_coast_refuses_is_a_failed_job(generated: ApiClient) -> None:
    far = {**BAY["features"][0]["geometry"], "coordinates": [[49.837, 40.313], [50.3, 41.9]]}  # type: ignore[index]
    lines = {**BAY, "features": [{**BAY["features"][0], "geometry": far}]}  # type: ignore[dict-item, index]
    last = ended(generated, begun(generated, straight_lines=lines).job_id)
    assert last.status == StatusCode.FAILED
    assert "from the nearest shore" in str(last.message)
    refused(400, "/problems/job-failed", ResultApi(generated).get_result, last.job_id)


def test_refusals_are_exceptions_of_the_standard(generated: ApiClient) -> None:
    status, dismiss, results = StatusApi(generated), DismissApi(generated), ResultApi(generated)
    for ask in (status.get_status, dismiss.dismiss, results.get_result):
        refused(404, f"{EXCEPTIONS}/no-such-job", ask, "0" * 32)
    describe = ProcessDescriptionApi(generated).get_process_description
    refused(404, f"{EXCEPTIONS}/no-such-process", describe, "other")
    too_broad = Choices(chosen={"breadth": {"KAZ": 16}})
    refused(400, "/problems/invalid-input", ExecuteApi(generated).execute, "edition", too_broad)


def test_owslib_begins_a_job(service: Service, generated: ApiClient) -> None:
    known = Processes(service.url)
    assert [one["id"] for one in known.processes()] == ["edition"]
    assert "breadth" in known.process("edition")["inputs"]
    status = known.execute("edition", {"breadth": {"value": {"KAZ": 11}}}, async_=True)
    assert ended(generated, status["jobID"]).status == StatusCode.SUCCESSFUL
