"""What is refused, and what is said of routes, is said in the language of the page: none is left English.

Every sentence here comes from where it arises: by an address, a form, a file or a line that cannot be used.
"""

from __future__ import annotations

import ast
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import lxml.html
import numpy as np
import pytest
from flask.testing import FlaskClient

from api.batches.crossings import answer_of, asked_of, cross_all, limits_of
from api.batches.route_legs import Waypoints
from api.errors import TooMuchError
from api.http.problems import ALL_PROBLEMS
from api.languages.choice import LANGUAGES
from api.processes.builder import _FAULT, _NO_ROOM, _STOPPED
from api.settings import settings
from api.texts.sentences import is_known, sentence
from coastlines import StraightLine
from coastlines.errors import CoastlinesError
from coastlines.positions import PositionError, parse_coordinate, parse_position
from coastlines.straight_lines import check_straight_lines
from tests.api.service import ROOT
from tests.api.translated import english_among, english_left
from tests.zones.basin import basin
from zones.crossings.area import cross_area
from zones.crossings.input import Area, CrossingError, TooManyLegsError, read_geometry
from zones.crossings.route import ARTICLE_14_NOTE, SECTOR_BASIS
from zones.editions.store import Edition, Store
from zones.errors import BaselineError, CoordinateError, UnknownEditionError

TRANSLATED = tuple(language for language in LANGUAGES if language != "en")
HTML = {"Accept": "text/html"}
OWN = {"Sec-Fetch-Site": "same-origin"}
ADDRESSES = (
    "/nothing",
    "/?nothing=1",
    "/?edition=",
    "/?edition=a&edition=b",
    "/?edition=nowhere",
    "/collections?edition=nowhere",
    "/classify",
    "/classify?lon=1",
    "/classify?lon=1&lat=2&position=3",
    "/classify?lon=200&lat=40",
    "/classify?lon=x&lat=40",
    "/classify?lon=50N&lat=40",
    "/classify?lon=1e999&lat=40",
    "/collections/zones/items?max-allowable-offset=0,1",
    "/classify?position=12.5",
    "/classify?lon=50&lat=40&compare=maybe",
    "/classify?lon=50&lat=40&f=xml",
    "/classify?lon=50&lat=40&f=pdf&fields=zone",
    "/collections/nothing",
    "/collections/zones/items/nothing",
    "/collections/zones/items?limit=0",
    "/collections/zones/items?limit=many",
    "/collections/zones/items?offset=-1",
    "/collections/zones/items?zone=",
    "/collections/zones/items?bbox=1,2,3",
    "/collections/zones/items?bbox=1,2,3,400",
    "/collections/zones/items?bbox=49,42,50,41",
    "/collections/zones/items?datetime=never",
    "/collections/zones/items?datetime=2020-01-01/2019-01-01",
    "/collections/zones/items?datetime=../..",
    "/collections/zones/items?properties=nothing",
    "/collections/zones/items?filter=zone",
    "/collections/zones/items?filter=zone%20=%201",
    "/collections/zones/items?filter=nothing='x'",
    "/collections/zones/items?filter=(((",
    "/collections/zones/items?filter=zone='x'%20!",
    "/collections/zones/items?filter=S_INTERSECTS(geometry,zone)",
    "/collections/zones/items?filter=" + "(" * 90,
    "/classify?position=40%2050&fields=nothing",
    "/classify?position=40%2050&fields=zone,zone",
    "/compare?position=" + "%0A".join(["40.1 49.97"] * 200),
    "/downloads/nowhere/zones.geojson",
    "/downloads/osm/nothing.csv",
    "/downloads/osm/zones.geojson?max-allowable-offset=-1",
    "/downloads/osm/zones.geojson?max-allowable-offset=x",
    "/downloads/osm/zones.fgb?max-allowable-offset=1",
    "/problems/nothing",
    "/docs/nothing.md",
    "/assets/nothing",
    "/processes/nothing",
    "/jobs/0123",
    "/jobs/0123/results",
    "/what-if/nowhere",
    "/what-if?job=0123",
    "/processes/edition/execution",
)
POSITIONS = (
    "40.1 fathoms", "N E", "40 N", "1 N 2 E 3 S", "1, 2, 3", "42,56,49,88", "42 33.6N", "95 50", "40 200",
    "geo:42,50;crs=x", "SRID=1;POINT(50 42)", "42..5 50", "42, N 49", "N 42,50", "N S 42, 50 E",
    "lat lon 42, 50", "42.5 30, 50 20", "42:, 50", "N 42, N 43", "E 42, E 43", "-42N, 50E",
    "42 61, 50 0", "42 30 61 N 50 0 0 E", "42 50s N", "1 2 3 4 5 6 7 8", "42 30 50 20 10",
)  # fmt: skip
LINE = {"line-0-state": "AZE", "line-0-kind": "straight", "line-0-line_type": "geodesic"}
PLACES = [[49.837, 40.313], [49.983, 40.331]]


# Modules that refuse what a page can ask, and what they say to programs alone.
REFUSING = (
    "coastlines/positions", "zones/baseline/straight_lines.py", "zones/geodesy", "zones/seabed",
    "zones/crossings/area.py", "zones/crossings/input.py", "zones/editions/building.py", "api/processes",
    "api/http", "api/routes", "api/atlas.py", "api/batches/position_columns.py", "api/collections/cql2",
)  # fmt: skip
OF_PROGRAMS = {
    "its hemisphere is empty",
    "inputs are not fetched from elsewhere: give the value itself",
    "results are given by value",
    "compressed bodies are not read; send the body as it is",
    "a table without a header is not read here",
    "columns are chosen, and the body is no array of records that could have them",
    "the file ends before its range",
    "the answer is too long for HTTP/1.0, which needs its length before; ask by HTTP/1.1",
}


def feature(coordinates: object = None, kind: str = "LineString", **properties: object) -> dict[str, Any]:
    own = {"state": "AZE", "kind": "straight", **properties}
    places = PLACES if coordinates is None else coordinates
    return {"type": "Feature", "properties": own, "geometry": {"type": kind, "coordinates": places}}


def geojson(*features: object) -> dict[str, str]:
    return {"geojson": json.dumps({"type": "FeatureCollection", "features": features})}


FORMS: tuple[dict[str, Any], ...] = (
    {"breadth-KAZ": "15.5"},
    {"breadth-KAZ": "0.1"},
    {"breadth-KAZ": "twelve"},
    {"breadth-KAZ": "1e999"},
    {"effect-Chilov": "2"},
    {"effect-Chilov": "half"},
    {"coast": "nowhere"},
    {"title": "x" * 300},
    {"colour": "red"},
    {**LINE, "line-0-positions": "40.313 49.837"},
    {**LINE, "line-0-positions": "40.313 49.837\nnowhere\n49.9 40.3"},
    {**LINE, "line-0-positions": "40.313 49.837\n40.331 49.983", "line-0-state": "XXX"},
    {**LINE, "line-0-positions": "40.313 49.837\n40.331 49.983", "line-0-name": "x" * 300},
    {**LINE, "line-0-positions": "\n".join(["40.313 49.837", "40.331 49.983"] * 3000)},
    {"geojson": "{"},
    {"geojson": "{]"},
    {"geojson": '{"a" 1}'},
    {"geojson": "{} {}"},
    {"geojson": '{"a": NaN}'},
    {"geojson": '{"a": 1, "a": 2}'},
    {"geojson": "[" * 100_000},
    {"geojson": "1" * 10_000},
    {"geojson": "5"},
    geojson(5),
    geojson({"type": "Point"}),
    geojson(feature(kind="Point")),
    geojson(feature(kind="straight", state="XXX")),
    geojson({"type": "Feature", "properties": None, "geometry": feature()["geometry"]}),
    geojson(feature(), feature([[49.8, 40.3]])),
    geojson(feature([5, 6])),
    geojson(feature([["x", "y"], [1, 2]])),
    geojson(feature([[40.313, 49.837], [40.331, 49.983]])),
    geojson(feature([[200, 40], [50, 40]])),
    geojson(feature(name="x" * 300)),
    geojson(feature(kind="LineString", line_type="bent")),
    {**geojson(feature([[49.8, 40.3]])), **LINE, "line-0-positions": "40.313 49.837\n40.331 49.983"},
    geojson(*[feature()] * 101),
    {"file": b"\xff\xfe"},
)
ROUTES: tuple[Any, ...] = (
    "{",
    "",
    {"type": "Point", "coordinates": [50, 40]},
    {"type": "GeometryCollection", "geometries": []},
    {"type": "FeatureCollection", "features": []},
    {"type": "Feature", "geometry": None},
    {"type": "Feature", "geometry": {"coordinates": []}},
    {"type": "LineString", "coordinates": 5},
    {"type": "LineString", "coordinates": []},
    {"type": "LineString", "coordinates": [[50, 40]]},
    {"type": "LineString", "coordinates": [[50, 40], [50, 40]]},
    {"type": "LineString", "coordinates": [[50], [50, 40]]},
    {"type": "LineString", "coordinates": [["50", 40], [50, 40]]},
    {"type": "LineString", "coordinates": [[10**400, 40], [50, 40]]},
    {"type": "LineString", "coordinates": [[500, 40], [50, 40]]},
    {"type": "LineString", "coordinates": [[-120, 40], [50, 40]]},
    {"type": "MultiLineString", "coordinates": 5},
    {"type": "MultiLineString", "coordinates": []},
    {"type": "MultiLineString", "coordinates": [[[50, 40], [51, 40]], [[50, 40], [500, 40]]]},
    {"type": "Polygon", "coordinates": 5},
    {"type": "Polygon", "coordinates": []},
    {"type": "Polygon", "coordinates": [[[50, 40], [51, 40], [50, 40]]]},
    {"type": "Polygon", "coordinates": [[[50, 40], [51, 40], [51, 41]]]},
    {"type": "Polygon", "coordinates": [[[50, 40], [51, 41], [51, 40], [50, 41], [50, 40]]]},
    {"type": "Polygon", "coordinates": [[[0, 80], [120, 80], [-120, 80], [0, 80]]]},
    {"type": "MultiPolygon", "coordinates": [[[[50, 40], [51, 40], [51, 41], [50, 40]], 5]]},
)
TABLES = (
    b"",
    b"colour\nred\n",
    b"lon,lat,lon,lat\n1,2,3,4\n",
    b"lon_deg,lon_min,lat_deg,lat_min\n49,30,40,20\n",
    b"lon,lat_south\n49,40\n",
    b"\xff\xfe\xfd\n",
    b'lon,lat,"x\n1,2,3\n',
    b",".join(b"a%d" % one for one in range(20_000)) + b"\n1\n",
)


def assert_no_english(text: str, language: str) -> None:
    said = sentence(text, language)
    assert is_known(text, language), text
    assert not english_among([said], language), (text, said)


def assert_page_has_no_english(text: str, language: str) -> None:
    """Nothing is English, nor marked as English, but for what is so in every language."""
    page = lxml.html.document_fromstring(text)
    (main,) = page.iter("main")
    for one in main.iterfind(".//*[@lang='en']"):
        raise AssertionError(one.text_content())
    assert english_left(text, language) == []


def with_language(address: str, language: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}lang={language}"


@pytest.mark.parametrize("address", ADDRESSES)
def test_addresses(real_client: FlaskClient, address: str) -> None:
    for language in TRANSLATED:
        answer = real_client.get(with_language(address, language), headers=HTML)
        assert answer.status_code >= 400
        assert_page_has_no_english(answer.text, language)


def test_languages_that_are_not_known(real_client: FlaskClient) -> None:
    for language in TRANSLATED:
        answer = real_client.get(
            "/classify?lon=50&lat=40&lang=xx", headers={**HTML, "Accept-Language": language}
        )
        assert answer.status_code == 400
        assert_page_has_no_english(answer.text, language)


def test_what_kinds_of_problems_mean(real_client: FlaskClient) -> None:
    for slug, problem in ALL_PROBLEMS.items():
        for language in TRANSLATED:
            text = real_client.get(f"/problems/{slug}?lang={language}", headers=HTML).text
            assert problem.meaning not in text
            assert_page_has_no_english(text, language)


@pytest.mark.parametrize("position", POSITIONS)
def test_positions(real_client: FlaskClient, position: str) -> None:
    with pytest.raises(PositionError) as refused:
        parse_position(position)
    for language in TRANSLATED:
        assert_no_english(refused.value.reason, language)
        assert_no_english(str(refused.value), language)
        asked = {"position": position, "part": "answer", "lang": language}
        page = real_client.get("/", query_string=asked, headers=HTML)
        assert 'lang="en"' not in page.text


def test_coordinates_of_a_known_axis() -> None:
    for text, axis in (("40N", "lon"), ("50E", "lat"), ("", "lon"), ("x" * 300, "lon")):
        with pytest.raises(PositionError) as refused:
            parse_coordinate(text, axis)
        for language in TRANSLATED:
            assert_no_english(refused.value.reason, language)


@pytest.mark.parametrize("fields", FORMS, ids=lambda fields: str(fields)[:60])
def test_forms(real_client: FlaskClient, fields: Mapping[str, Any]) -> None:
    content = fields.get("file")
    for language in TRANSLATED:
        given = {**fields, "file": (io.BytesIO(content), "x")} if content else fields
        answer = real_client.post(f"/what-if?lang={language}", data=given, headers={**OWN, **HTML})
        assert answer.status_code == 400
        root = lxml.html.document_fromstring(answer.text)
        said = root.findall(".//*[@role='alert']//li") + root.findall(".//p[@class='lead']")
        assert said
        for one in root.iterfind(".//main//*[@lang='en']"):
            raise AssertionError(one.text_content())


@pytest.mark.parametrize("origin", [{}, {"Origin": "https://elsewhere.example"}])
def test_a_form_that_does_not_come_from_here(real_client: FlaskClient, origin: Mapping[str, str]) -> None:
    for language in TRANSLATED:
        answer = real_client.post(
            f"/what-if?lang={language}", data={"coast": "osm"}, headers={**HTML, **origin}
        )
        assert answer.status_code == 403
        assert_page_has_no_english(answer.text, language)
        assert "whose" not in answer.text


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: json.dumps(route)[:60])
def test_routes(real_client: FlaskClient, route: object) -> None:
    """As the page's script asks, which shows what a page of the service says."""
    body = route if isinstance(route, str) else json.dumps(route)
    for language in TRANSLATED:
        headers = {"Accept": "application/json;q=0.9, text/html", "Accept-Language": language}
        asked = {"data": body, "headers": headers, "content_type": "application/json"}
        answer = real_client.post("/crossings", **asked)  # type: ignore[arg-type]
        assert answer.status_code == 400
        assert_page_has_no_english(answer.text, language)


def test_routes_that_no_report_has_room_for(real_client: FlaskClient) -> None:
    """Several of them, or one with too many vertices."""
    west, line_of = [[50, 40], [50.1, 40]], {"type": "LineString"}
    for route in (
        {"type": "FeatureCollection", "features": [feature(west), feature(west)]},
        {**line_of, "coordinates": west * 5001},
    ):
        for language in TRANSLATED:
            address = f"/crossings?f=pdf&lang={language}"
            answer = real_client.post(address, json=route, headers=HTML)
            assert answer.status_code in (400, 413), answer.text
            assert_page_has_no_english(answer.text, language)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: str(table[:40]))
def test_tables(real_client: FlaskClient, table: bytes) -> None:
    for language in TRANSLATED:
        headers = {"Accept": "application/json;q=0.9, text/html", "Accept-Language": language}
        answer = real_client.post("/classify", data=table, headers=headers, content_type="text/csv")
        assert answer.status_code in (400, 413)
        assert_page_has_no_english(answer.text, language)


def literals_raised() -> Iterator[str]:
    """Sentences without parts that errors are made with."""
    for name in REFUSING:
        for path in [ROOT / name] if name.endswith(".py") else (ROOT / name).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "").endswith("Error"):
                    said = (one.value for one in node.args if isinstance(one, ast.Constant))
                    yield from (text for text in said if isinstance(text, str) and " " in text)


def test_what_is_raised_without_parts_is_known() -> None:
    found = set(literals_raised())
    assert len(found) > 40
    for language in TRANSLATED:
        assert {text for text in found if not is_known(text, language)} == OF_PROGRAMS


def line(points: Sequence[Sequence[float]], state: str = "AZE", name: str | None = None) -> StraightLine:
    return StraightLine(state, "straight", "geodesic", np.array(points, dtype=float), name)


def lines_that_are_refused() -> Iterator[tuple[tuple[StraightLine, ...], Sequence[tuple[str, Any]]]]:
    """Lines of the made-up box of water, and islands in it."""
    islet = np.array([[48.3, 39.4], [48.3, 39.5], [48.4, 39.5], [48.4, 39.4], [48.3, 39.4]])
    for points in (
        [[50, 41], [48, 40]],
        [[48, 40], [50, 41]],
        [[52, 40], [48, 40]],
        [[48, 40], [52, 40]],
        [[48, 40], [48.001, 40]],
        [[48, 39], [49, 40.5], [49, 39], [48, 40.5]],
        [[48, 39], [47.5, 39.5], [48, 40]],
        [[48, 39], [50, 37.9], [48, 40]],
        [[48, 39], *[[51, 40], [49, 39.5]] * 40, [48, 40]],
    ):
        yield (line(points),), ()
        yield (line(points, name="Bay of one"),), ()
    yield (line([[48, 39], [48.9, 39.5], [48, 40]]), line([[48, 39.5], [48.9, 40], [48, 40.5]])), ()
    yield (line([[48, 39], [48.9, 39.5], [48, 40]]), line([[48, 39], [48.9, 39.5], [48, 40]])), ()
    yield (line([[48, 39], [48.9, 39.5], [48, 40]]),), (("IRN", islet),)


def test_lines_that_no_edition_can_be_made_from() -> None:
    met = set()
    for lines, islands in lines_that_are_refused():
        with pytest.raises(BaselineError) as refused:
            basin(islands, straight=lines)
        met.add(str(refused.value).split(" of ")[-1][:30])
        for language in TRANSLATED:
            assert_no_english(str(refused.value), language)
            assert_no_english(f"the job failed: {refused.value}", language)
    assert len(met) >= 6


def test_lines_as_the_form_calls_them() -> None:
    for text in (
        "start of line 2 of AZE at 50.00000, 41.00000 lies 118082 m from the nearest shore at 48.00000, "
        "41.00000: it must be within 500 m",
        "line 1 of the GeoJSON of AZE crosses itself",
        "line 2 of AZE cuts off line 1 of the GeoJSON of IRN at 48.00000, 39.00000: a State's line encloses "
        "nothing but waters along its own shore",
    ):
        for language in TRANSLATED:
            assert_no_english(text, language)
            assert "500" not in text or "500" in sentence(text, language).translate(str.maketrans("۰۵", "05"))


def test_lines_that_are_no_lines() -> None:
    for bad in (
        line([[1, 2]]), line([[1, 2, 3]]), line([[500, 2], [3, 4]]), line([[1, 2], [3, 4]], state="XXX"),
    ):  # fmt: skip
        with pytest.raises(CoastlinesError) as refused:
            check_straight_lines((bad,))
        for language in TRANSLATED:
            assert_no_english(str(refused.value), language)


def test_how_jobs_fail() -> None:
    for text in (_FAULT, _NO_ROOM, _STOPPED):
        for language in TRANSLATED:
            assert_no_english(text, language)


def test_errors_that_an_edition_of_another_form_or_a_large_route_gives() -> None:
    reason = "made by another version of this software: build it again, under a new name"
    for error in (
        UnknownEditionError("osm-1", ("osm",), reason),
        CoordinateError(float("nan"), 100.0),
        TooManyLegsError(100_000),
    ):
        for language in TRANSLATED:
            assert_no_english(str(error), language)
    assert "100.000" in sentence(str(TooManyLegsError(100_000)), "az")


@pytest.fixture(scope="module")
def edition(real_store: Store) -> Edition:
    return real_store.edition("osm")


def remarks_of(edition: Edition) -> Iterator[str]:
    """Of routes and areas of every kind, with those of their legs."""
    limits = limits_of(settings())
    through = [[49, 38.2], [49, 38.2], [49.5, 38, 10], [53.5, 37.6]]
    for geometry, loxodromes in (
        ({"type": "LineString", "coordinates": through}, True),
        ({"type": "LineString", "coordinates": [through[0], *through]}, False),
        ({"type": "LineString", "coordinates": [[10, 10], [11, 11]]}, False),
        ({"type": "LineString", "coordinates": [[38.2, 49], [38.3, 49.1]]}, False),
        ({"type": "LineString", "coordinates": [[50, 40], [60, 50]]}, False),
        ({"type": "LineString", "coordinates": [[47, 45], [50.5, 43.5]]}, False),
        ({"type": "LineString", "coordinates": [[51.0, 38.0], [51.1, 38.0]]}, False),
        ({"type": "LineString", "coordinates": [[49.7, 42.65], [49.75, 42.65]]}, False),
        (
            {"type": "Polygon", "coordinates": [[[49, 38, 1], [51, 38], [51, 38], [51, 42], [49, 38, 1]]]},
            True,
        ),
    ):
        asked = asked_of(geometry, limits)
        answers = cross_all(edition, asked, limits, loxodromes=loxodromes)
        record: dict[str, Any] = answer_of(edition, asked, answers)
        yield from record["remarks"]
        for leg in (*record.get("legs", ()), *record.get("sector_legs", ())):
            yield from (leg[name] for name in ("remark", "legal_basis") if leg[name])
    yield Waypoints([[1, 2], [3, 4], [5, 6]], ["loxodrome", "geodesic"], [None] * 3).remark
    yield from (ARTICLE_14_NOTE, SECTOR_BASIS)


def test_remarks(edition: Edition) -> None:
    said = set(remarks_of(edition))
    assert len(said) > 15
    for language in TRANSLATED:
        for text in said:
            assert_no_english(text, language)


def test_areas_that_are_refused(edition: Edition) -> None:
    zones, sectors = edition.collections["zones"], edition.collections["sectors"]
    ring = [[49, 38], [51, 38], [51, 42], [49, 38]]
    area = read_geometry({"type": "Polygon", "coordinates": [ring]})
    assert isinstance(area, Area)
    with pytest.raises(CrossingError) as refused:
        cross_area(zones, sectors, Area(area.polygons, 0, False, 1e12), lambda: None)
    for language in TRANSLATED:
        assert_no_english(str(refused.value), language)


@pytest.mark.parametrize("unit", ["features", "vertices", "km", "legs"])
def test_routes_beyond_a_limit(edition: Edition, unit: str) -> None:
    route = {"type": "LineString", "coordinates": [[48, 38], [53, 44]]}
    limits = {**limits_of(settings()), unit: 1 if unit != "features" else 0}
    with pytest.raises(TooMuchError) as refused:
        tuple(cross_all(edition, asked_of(route, limits), limits))
    for language in TRANSLATED:
        assert_no_english(str(refused.value), language)


def test_what_the_data_say_of_the_law(edition: Edition) -> None:
    for name, texts in (("boundaries", ("basis", "legal_basis")), ("sector_boundaries", ("method",))):
        for one in edition.collections[name].everything:
            for text in texts:
                for language in TRANSLATED:
                    assert_no_english(str(one.properties[text]), language)


def test_levels_of_the_coasts(real_store: Store) -> None:
    for info in real_store.default_editions():
        for language in TRANSLATED:
            assert_no_english(str(info.metadata["coast"]["level_note"]), language)


def test_a_sentence_with_an_unknown_one_in_it_stays_english_as_a_whole() -> None:
    for text in ("lon='x': nobody knows this", "the job failed: nobody knows this", "line 2, row 1: unknown"):
        for language in TRANSLATED:
            assert sentence(text, language) == text
            assert not is_known(text, language)
