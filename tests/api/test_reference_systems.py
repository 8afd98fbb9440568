"""Items in every coordinate reference system, against operations that PROJ's own register has (EPSG)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import numpy as np
import numpy.typing as npt
import pytest
import shapely
from flask.testing import FlaskClient
from pyproj import CRS, Geod, Transformer

from api.texts.reference_systems import BY_URI, SYSTEMS
from tests.api.test_errors import assert_problem

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
CODES = (4326, 3857, 32639, 4284, 3388)
LATITUDE_FIRST = {4326, 4284}
ITEMS = "/collections/zones/items"
MILLIMETRE = 0.001

Points = npt.NDArray[np.float64]


def by_the_register(code: int, lon_lat: Points) -> Points:
    """Points in a reference system, by the operation of its name and not by its parameters."""
    lon, lat = lon_lat.T
    if code not in (4284, 3388):
        return np.column_stack(Transformer.from_crs("EPSG:4326", code).transform(lat, lon))
    operation = Transformer.from_pipeline("urn:ogc:def:coordinateOperation:EPSG::15865")
    assert operation.accuracy == 4.5
    pulkovo = operation.transform(lat, lon, direction="INVERSE")
    if code == 3388:
        pulkovo = Transformer.from_crs("EPSG:4284", "EPSG:3388").transform(*pulkovo)
    return np.column_stack(pulkovo)


def distances_m(code: int, one: Points, other: Points) -> Points:
    if code not in LATITUDE_FIRST:
        return np.hypot(*(one - other).T)
    return np.array(Geod(ellps="WGS84").inv(*one.T[::-1], *other.T[::-1])[2])


def geometries(page: dict[str, Any]) -> list[shapely.Geometry]:
    return [shapely.from_geojson(json.dumps(one["geometry"])) for one in page["features"]]


@pytest.mark.parametrize("code", CODES)
def test_points_all_over_the_sea_are_those_of_the_register(code: int) -> None:
    lon, lat = np.meshgrid(np.linspace(46.5, 55, 60), np.linspace(36.5, 47.2, 80))
    places = np.column_stack([lon.ravel(), lat.ravel()])
    got = BY_URI[f"{EPSG}{code}"].coordinates(places)
    assert distances_m(code, got, by_the_register(code, places)).max() < MILLIMETRE / 100


@pytest.mark.parametrize("code", CODES)
def test_axes_are_in_the_order_of_the_authority(code: int) -> None:
    system = BY_URI[f"{EPSG}{code}"]
    (here, east, north) = system.coordinates(np.array([[51.0, 42.0], [51.1, 42.0], [51.0, 42.1]]))
    moved = {"east": east - here, "north": north - here}
    for place, axis in enumerate(CRS.from_epsg(code).axis_info):
        assert np.argmax(np.abs(moved[axis.direction])) == place
        assert moved[axis.direction][place] > 0


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("path", [f"{ITEMS}?limit=100&", f"{ITEMS}/fishery_zone-KAZ?"])
def test_items_are_given_in_it(client: FlaskClient, code: int, path: str) -> None:
    plain, response = client.get(path), client.get(f"{path}crs={quote(EPSG)}{code}")
    assert plain.headers["Content-Crs"] == f"<{CRS84}>"
    assert response.headers["Content-Crs"] == f"<{EPSG}{code}>"
    assert plain.json["coordinate_operation"] is None
    said = response.json["coordinate_operation"]
    assert (said is not None) == (code in (4284, 3388))
    assert said is None or ("EPSG:15865" in said and "4.5 m" in said)
    assert ("37.35" in (said or "")) == (code == 3388)
    for one, other in zip(features(plain.json), features(response.json), strict=True):
        assert one["properties"] == other["properties"]
        places = shapely.get_coordinates(shapely.from_geojson(json.dumps(one["geometry"])))
        got = shapely.get_coordinates(shapely.from_geojson(json.dumps(other["geometry"])))
        assert distances_m(code, got, by_the_register(code, places)).max() < MILLIMETRE


def features(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return answer.get("features") or [answer]


def test_the_systems_are_listed(client: FlaskClient) -> None:
    listed = [one.uri for one in SYSTEMS]
    assert listed == [CRS84, *(f"{EPSG}{code}" for code in CODES)]
    answer = client.get("/collections").json
    assert answer["crs"] == listed
    for one in answer["collections"]:
        assert one["crs"] == listed
        assert one["storageCrs"] == CRS84
        assert client.get(f"/collections/{one['id']}").json["crs"] == listed
    declared = client.get("/conformance").json["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs" in declared


@pytest.mark.parametrize("name", ["crs", "bbox-crs"])
@pytest.mark.parametrize("value", ["", "EPSG:4326", f"{EPSG}32638", f"{EPSG}4326,{EPSG}3857", "4326"])
def test_others_are_refused_with_the_list(client: FlaskClient, name: str, value: str) -> None:
    problem = assert_problem(client.get(f"{ITEMS}?bbox=1,2,3,4&{name}={quote(value)}"), 400)
    assert problem["parameter"] == name
    assert problem["known"] == [one.uri for one in SYSTEMS]
    assert f"{EPSG}3388" in problem["detail"]


@pytest.mark.parametrize("code", CODES)
def test_a_box_is_in_its_own_system(client: FlaskClient, code: int) -> None:
    """A box around a feature's own vertices in a system, as much larger and as much too far away."""
    whole = client.get(f"{ITEMS}?limit=100&crs={EPSG}{code}").json
    drawn = geometries(whole)
    for row, feature in enumerate(whole["features"]):
        low_1, low_2, high_1, high_2 = drawn[row].bounds
        found = client.get(f"{ITEMS}?limit=100&bbox={low_1},{low_2},{high_1},{high_2}&bbox-crs={EPSG}{code}")
        reached = shapely.intersects(drawn, shapely.box(*drawn[row].bounds))
        expected = [one["id"] for one, is_in in zip(whole["features"], reached, strict=True) if is_in]
        assert feature["id"] in expected
        assert [one["id"] for one in found.json["features"]] == expected
        assert found.headers["Content-Crs"] == f"<{CRS84}>"
    assert len(expected) < len(drawn)


@pytest.mark.parametrize(
    ("code", "box", "said"),
    [
        (4326, "100,50,101,51", "degrees"),
        (4326, "42,50,41,51", "the south edge lies beyond the north edge"),
        (4326, "1,2,3", "south,west,north,east"),
        (3857, "5600000,5000000,5500000,5100000", "the west edge lies beyond the east edge"),
        (3388, "1,2,3,nan", "bbox"),
        (3388, "0,0,3,1,1,2", "the bottom edge lies beyond the top edge"),
    ],
)
def test_bad_boxes(client: FlaskClient, code: int, box: str, said: str) -> None:
    problem = assert_problem(client.get(f"{ITEMS}?bbox={box}&bbox-crs={EPSG}{code}"), 400)
    assert problem["parameter"] == "bbox"
    assert said in problem["detail"]


def test_a_box_over_180_degrees_in_latitude_and_longitude(client: FlaskClient) -> None:
    found = client.get(f"{ITEMS}?bbox=-90,170,90,60&bbox-crs={EPSG}4326")
    assert found.json["numberMatched"] == 16


def test_pages_keep_the_systems(client: FlaskClient) -> None:
    asked = f"limit=2&crs={EPSG}3388&bbox=38,48,39.2,49.2&bbox-crs={EPSG}4326"
    found, address = [], f"{ITEMS}?{asked}"
    while address:
        response = client.get(address)
        assert response.headers["Content-Crs"] == f"<{EPSG}3388>"
        found += [one["id"] for one in response.json["features"]]
        address = next((one["href"] for one in response.json["links"] if one["rel"] == "next"), "")
    whole = client.get(f"{ITEMS}?limit=100&bbox=48,38,49.2,39.2").json
    assert found == [one["id"] for one in whole["features"]]
    assert 2 < len(found) < 16


def test_simplified_geometries_are_given_in_it(client: FlaskClient) -> None:
    plain = client.get(f"{ITEMS}?limit=100&max-allowable-offset=0.01").json
    other = client.get(f"{ITEMS}?limit=100&max-allowable-offset=0.01&crs={EPSG}32639").json
    assert other["max_allowable_offset"] == 0.01
    places, got = (
        np.vstack([shapely.get_coordinates(one) for one in geometries(page)]) for page in (plain, other)
    )
    assert distances_m(32639, got, by_the_register(32639, places)).max() < MILLIMETRE
