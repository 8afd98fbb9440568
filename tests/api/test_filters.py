"""Filters in CQL2 (OGC API - Features - Part 3), on the real default edition.

The standard's own examples, rewritten for what our features have; what each means is written beside it in
Python. `cql2`, by others, reads the same texts.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlencode

import cql2
import pytest
import shapely
from flask.testing import FlaskClient

from api.application import create_app
from api.collections.cql2.text import to_json
from api.collections.properties import SHAPES
from api.http.admission import MOST_HEAVY, Deadline
from tests.api.test_errors import assert_problem
from tests.api.test_ogc import by_rel
from zones.editions.store import Store

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
BOX = shapely.box(49, 39, 52, 43)
PLACE = shapely.Point(49.97, 40.1)
AREA = shapely.Polygon([(50, 40), (51, 40), (51, 41.5), (50, 40)])
LINE = shapely.LineString([(49.5, 40), (53, 42)])

Json = dict[str, Any]
Meaning = Callable[[Json, shapely.Geometry], bool]

EXAMPLES: tuple[tuple[str, str, Meaning], ...] = (
    ("zones", "zone = 'fishery_zone'", lambda p, g: p["zone"] == "fishery_zone"),
    ("zones", "area_km2 < 10000", lambda p, g: p["area_km2"] < 10000),
    ("zones", "area_km2 >= 1.0e4", lambda p, g: p["area_km2"] >= 10000),
    ("zones", "zone <> 'fishery_zone'", lambda p, g: p["zone"] != "fishery_zone"),
    ("zones", "state <> 'KAZ'", lambda p, g: p["state"] not in (None, "KAZ")),
    ("zones", "NOT state = 'KAZ'", lambda p, g: p["state"] not in (None, "KAZ")),
    ("zones", "state IS NULL", lambda p, g: p["state"] is None),
    ("zones", "state IS NOT NULL", lambda p, g: p["state"] is not None),
    ("zones", "in_sums = true", lambda p, g: p["in_sums"]),
    ("zones", "in_sums", lambda p, g: p["in_sums"]),
    ("zones", "in_sums = 0", lambda p, g: not p["in_sums"]),
    ("zones", "NOT (in_sums OR state = 'TKM')", lambda p, g: not (p["in_sums"] or p["state"] == "TKM")),
    (
        "zones",
        "state='KAZ' AND (area_km2>20000 OR zone='internal_waters')",
        lambda p, g: p["state"] == "KAZ" and (p["area_km2"] > 20000 or p["zone"] == "internal_waters"),
    ),
    (
        "zones",
        "state='KAZ' OR state='RUS' AND breadth_nm=15",
        lambda p, g: p["state"] == "KAZ" or (p["state"] == "RUS" and p["breadth_nm"] == 15),
    ),
    ("zones", "state IS NULL OR state = 'KAZ'", lambda p, g: p["state"] in (None, "KAZ")),
    ("zones", "zone LIKE 'territorial%'", lambda p, g: p["zone"].startswith("territorial")),
    ("zones", "zone NOT LIKE '%waters'", lambda p, g: not p["zone"].endswith("waters")),
    ("zones", "zone LIKE 'f_shery%_one'", lambda p, g: p["zone"] == "fishery_zone"),
    ("zones", "zone LIKE '%'", lambda p, g: True),
    ("zones", "zone LIKE 'territorial\\_waters'", lambda p, g: p["zone"] == "territorial_waters"),
    ("zones", "area_km2 BETWEEN 5000 AND 20000", lambda p, g: 5000 <= p["area_km2"] <= 20000),
    ("zones", "area_km2 NOT BETWEEN 5000 AND 20000", lambda p, g: not 5000 <= p["area_km2"] <= 20000),
    ("zones", "state IN ('KAZ', 'RUS')", lambda p, g: p["state"] in ("KAZ", "RUS")),
    ("zones", "state NOT IN ('KAZ', 'RUS')", lambda p, g: p["state"] not in (None, "KAZ", "RUS")),
    ("zones", "breadth_nm IN (15, 25)", lambda p, g: p["breadth_nm"] in (15, 25)),
    ("zones", "CASEI(zone) = casei('FISHERY_zone')", lambda p, g: p["zone"] == "fishery_zone"),
    ("zones", "CASEI(name) LIKE casei('%KAZAKH%')", lambda p, g: "kazakh" in p["name"].lower()),
    ("zones", "ACCENTI(zone) = ACCENTI('físhery_zöne')", lambda p, g: p["zone"] == "fishery_zone"),
    ("zones", "state = zone", lambda p, g: False),
    ("zones", "area_km2 / 2 + 1 > 10000", lambda p, g: p["area_km2"] / 2 + 1 > 10000),
    ("zones", "-1 * area_km2 * (1 + 1) ^ 2 < -40000", lambda p, g: p["area_km2"] * 4 > 40000),
    (
        "zones",
        "area_km2 div 1000 = 5 OR area_km2 % 7 < 1",
        lambda p, g: p["area_km2"] // 1000 == 5 or p["area_km2"] % 7 < 1,
    ),
    ("zones", "-9 div 2 = -4 AND -9 % 2 = -1 AND 9 div -2 = -4 AND 9 % -2 = 1", lambda p, g: True),
    ("zones", "1 div 0.1 = 9 AND 1 % 0.1 > 0.09", lambda p, g: True),  # of the double next to 0.1
    ("zones", "area_km2 div 0 = 1", lambda p, g: False),
    ("zones", "area_km2 / 0 = 1 OR state = 'IRN'", lambda p, g: p["state"] == "IRN"),
    ("zones", "id = 'fishery_zone-KAZ'", lambda p, g: p["zone"] == "fishery_zone" and p["state"] == "KAZ"),
    (
        "zones",
        "legal_basis LIKE 'Convention, Art. 7%' AND \"state\" = 'AZE'",
        lambda p, g: p["legal_basis"].startswith("Convention, Art. 7") and p["state"] == "AZE",
    ),
    ("zones", "S_INTERSECTS(geometry, BBOX(49, 39, 52, 43))", lambda p, g: g.intersects(BOX)),
    ("zones", "S_INTERSECTS(geometry, POINT(49.97 40.1))", lambda p, g: g.intersects(PLACE)),
    ("zones", "S_DISJOINT(geometry, BBOX(49, 39, 0, 52, 43, 10))", lambda p, g: not g.intersects(BOX)),
    ("zones", "S_WITHIN(geometry, BBOX(45, 30, 60, 50)) AND state = 'IRN'", lambda p, g: p["state"] == "IRN"),
    ("zones", "S_CONTAINS(geometry, POINT(49.97 40.1))", lambda p, g: g.contains(PLACE)),
    ("zones", "S_OVERLAPS(geometry, POLYGON((50 40, 51 40, 51 41.5, 50 40)))", lambda p, g: g.overlaps(AREA)),
    ("limits", "S_CROSSES(geometry, LINESTRING(49.5 40, 53 42))", lambda p, g: g.crosses(LINE)),
    ("limits", "S_INTERSECTS(MULTIPOINT((0 0), (1 1)), geometry)", lambda p, g: False),
    ("zones", "S_EQUALS(geometry, POINT(1 1)) OR S_TOUCHES(geometry, POINT(1 1))", lambda p, g: False),
    ("sector_boundaries", "status = 'claimed'", lambda p, g: p["status"] == "claimed"),
    ("sector_boundaries", "length_km > 100", lambda p, g: p["length_km"] > 100 and p["status"] != "claimed"),
    ("boundaries", "state_left = 'AZE' AND basis LIKE '%'", lambda p, g: p["state_left"] == "AZE"),
    ("baselines", "kind = 'it''s none'", lambda p, g: False),
    ("zones", "DATE('2018-08-12') < DATE('2018-08-13') AND state = 'IRN'", lambda p, g: p["state"] == "IRN"),
    ("zones", "TIMESTAMP('2018-08-12T09:00:00Z') = TIMESTAMP('2018-08-12T09:00:00.5Z')", lambda p, g: False),
    (
        "zones",
        "DATE('2018-08-12') IN (DATE('2018-08-11'), DATE('2018-08-12')) AND TRUE",
        lambda p, g: True,
    ),
)


def asked(collection: str, **parameters: Any) -> str:
    return f"/collections/{collection}/items?{urlencode({'limit': 1000, **parameters})}"


def ids(client: FlaskClient, collection: str, **parameters: Any) -> list[str]:
    response = client.get(asked(collection, **parameters))
    assert response.status_code == 200, response.get_data(as_text=True)
    assert response.json["numberMatched"] == len(response.json["features"])
    return [one["id"] for one in response.json["features"]]


@pytest.fixture(scope="module")
def drawn(real_client: FlaskClient) -> dict[str, list[tuple[str, Json, shapely.Geometry]]]:
    """Id, properties and geometry of everything of each collection."""
    found = {}
    for collection in {one for one, _, _ in EXAMPLES}:
        every = real_client.get(asked(collection)).json["features"]
        every += real_client.get(asked(collection, status="claimed")).json["features"]
        found[collection] = [
            (one["id"], one["properties"], shapely.from_geojson(json.dumps(one["geometry"]))) for one in every
        ]
    return found


@pytest.mark.parametrize(("collection", "text", "meaning"), EXAMPLES, ids=[text for _, text, _ in EXAMPLES])
def test_examples_of_the_standard(
    real_client: FlaskClient, drawn: Any, collection: str, text: str, meaning: Meaning
) -> None:
    """As text, as JSON, and as others read the text; what is only claimed is shown by naming the status."""
    shows_all = "status" in text
    expected = [
        name
        for name, properties, geometry in drawn[collection]
        if meaning(properties, geometry) and (shows_all or properties["status"] != "claimed")
    ]
    skipped = {"skipGeometry": "true", "properties": "status"}
    assert ids(real_client, collection, filter=text, **skipped) == expected
    by_others = cql2.parse_text(text).to_json()
    assert to_json(text) == by_others
    as_json = {"filter": json.dumps(by_others), "filter-lang": "cql2-json", **skipped}
    assert ids(real_client, collection, **as_json) == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r"'it\'s ((('", "it's ((("),
        (r"'it''s \' '", "it's ' "),
        (r"'a\tb\_c'", "a\tb\\_c"),
        (r"'100\\'", r"100\\"),
        ("'" + r"\'" * 900 + "'", "'" * 900),
    ],
)
def test_quotation_marks_in_texts(text: str, value: str) -> None:
    """A quotation mark is written twice, or after a backslash, as no other parser here knows yet."""
    assert to_json(f"name = {text} AND id = 'x'")["args"][0]["args"][1] == value


def test_the_examples_choose_some_and_not_all(real_client: FlaskClient) -> None:
    whole = real_client.get(asked("zones", skipGeometry="true")).json["numberMatched"]
    counts = {
        len(ids(real_client, "zones", filter=text, skipGeometry="true"))
        for name, text, _ in EXAMPLES
        if name == "zones"
    }
    assert len(counts) > 10
    assert max(counts) == whole


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("zone =", "its end"),
        ("zone = 'fishery_zone' nonsense", "character 23"),
        ("zone ILIKE 'F%'", "character 6"),
        ("colour = 'red'", "no property colour"),
        ("edition = 'osm'", "no property edition"),
        ("geometry = 'x'", "spatial functions alone"),
        ("zone", "a boolean is needed"),
        ("area_km2", "a boolean is needed"),
        ("area_km2 = 'large'", "a number cannot be compared with a string"),
        ("in_sums = 2", "cannot be compared"),
        ("area_km2 BETWEEN 'a' AND 5", "a number cannot be compared with a string"),
        ("zone + 1 = 2", "a number is needed"),
        ("foo(zone) = 1", "no operation foo"),
        ("casei(zone, zone) = 'a'", "casei takes 1"),
        ("T_AFTER(edition, DATE('2020-01-01'))", "no operation t_after"),
        ("name = DATE('2020-01-01')", "a string cannot be compared with a date"),
        ("DATE('2020-01-01') < TIMESTAMP('2020-01-01T00:00:00Z')", "a date cannot be compared with"),
        ("DATE('2020-02-30') < DATE('2020-03-01')", "a date is written as '2018-08-12', not as 2020-02-30"),
        ("DATE(1) < DATE('2020-03-01')", "a date is written as"),
        ("DATE('a', 'b') IS NULL", "a date is written as"),
        ("TIMESTAMP('2020-01-01') IS NULL", "a timestamp is written as"),
        ("TIMESTAMP('2020-01-01T00:00:00+01:00') IS NULL", "a timestamp is written as"),
        ("name = 'it\\'s (((", "no CQL2 text"),
        ("S_INTERSECTS(zone, POINT(1 1))", "is needed where"),
        ("S_INTERSECTS(geometry, POINT(200 42))", "beyond those"),
        ("S_INTERSECTS(geometry, BBOX(49, 43, 52, 39))", "bbox is none"),
        ("S_INTERSECTS(geometry, BBOX(1, 2, 3))", "bbox takes four"),
        ("S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))", "no valid geometry"),
        ("S_INTERSECTS(geometry, POLYGON((0 0, 1 1)))", "this POLYGON is none"),
        (" OR ".join(["S_TOUCHES(geometry, POINT(1 1))"] * 11), "at most 10 spatial"),
        ("(" * 51 + "1=1" + ")" * 51, "at most 50 deep"),
        ("(" * 20 + "1 1" + ")" * 20, "character 23"),
        ("(" * 50, "its end"),
        ("NOT " * 400 + "1=1", "50 deep"),
        ("1" + "+1" * 900 + " = 1", "50 deep"),
        (f"S_INTERSECTS(geometry, {'1' + '+1' * 600})", "50 deep"),
        (f"S_INTERSECTS(geometry, {'-' * 1500}zone)", "50 deep"),
        ("1=1" + " " * 2000, "2000 characters"),
        (f"area_km2 = 1{'0' * 400}", "finite"),
    ],
)
def test_bad_filters_are_refused(client: FlaskClient, text: str, said: str) -> None:
    problem = assert_problem(client.get(asked("zones", filter=text)), 400, "invalid-parameter")
    assert problem["parameter"] == "filter"
    assert said in problem["detail"]


def deep(form: str, times: int) -> str:
    """A filter with a list in lists."""
    return form.format("[" * times + "1" + "]" * times)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "1",
        "null",
        '"zone"',
        "{}",
        '{"op": "="}',
        '{"op": "=", "args": []}',
        '{"op": 1, "args": [1, 2]}',
        '{"op": ["="], "args": [1, 2]}',
        '{"op": "and", "args": [true]}',
        '{"op": "in", "args": [{"property": "zone"}, []]}',
        '{"op": "in", "args": [{"property": "zone"}, "zone"]}',
        '{"op": "=", "args": [{"property": ["zone"]}, "a"]}',
        '{"op": "=", "args": [{"property": "zone"}, null]}',
        '{"op": "=", "args": [{"property": "zone"}, {"date": "2020-01-01"}]}',
        '{"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Point", "coordinates": "x"}]}',
        '{"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Point", "coordinates": []}]}',
        '{"op": "s_intersects", "args": [{"property": "geometry"}, {"type": [], "coordinates": [1, 1]}]}',
        '{"op": "s_intersects", "args": [{"property": "geometry"}, {"bbox": ["1", 2, 3, 4]}]}',
        '{"op": "=", "op": "<", "args": [1, 2]}',
        '{"op": "not", "args": [' * 51 + "true" + "]}" * 51,
        '{"op": "not", "args": [' * 50 + "1" + "]}" * 50,
        "[" * 1000,
        deep("{}", 51),
        deep("{}", 700),
        deep('{{"op": "s_intersects", "args": [{{"property": "geometry"}}, {{"bbox": {}}}]}}', 45),
        deep('{{"op": "s_touches", "args": [{{"type": "Point", "coordinates": {}}}, 1]}}', 600),
        deep('{{"op": "=", "args": [{{"property": "zone"}}, {}]}}', 600),
        deep('{{"op": "in", "args": [{{"property": "zone"}}, {}]}}', 48),
    ],
)
def test_bad_json_is_refused(client: FlaskClient, text: str) -> None:
    response = client.get(asked("zones", **{"filter": text, "filter-lang": "cql2-json"}))
    assert assert_problem(response, 400, "invalid-parameter")["parameter"] == "filter"


SEVENTY_BITS, TOO_LONG = str(10**20 - 1), "9" * 309  # the latter is larger than any float


@pytest.mark.parametrize(
    ("text", "said"),
    [
        *(
            (form % TOO_LONG, "numbers have to be finite")
            for form in (
                "%s",
                '{"op": "=", "args": [{"property": "area_km2"}, -%s]}',
                '{"op": "in", "args": [{"property": "area_km2"}, [1, %s]]}',
                '{"op": "between", "args": [{"property": "area_km2"}, 1, %s]}',
                '{"op": "<", "args": [{"op": "+", "args": [%s, 1]}, 2]}',
                '{"op": "isNull", "args": [%s]}',
            )
        ),
        *(
            (form % number, said)
            for number in (SEVENTY_BITS, TOO_LONG[:-1], TOO_LONG)
            for form, said in (
                ("[%s]", "this stands where"),
                ('{"op": %s, "args": [1, 1]}', "no operation 999"),
                ('{"op": "=", "args": [{"property": %s}, 1]}', "no property 999"),
                ('{"op": "=", "args": [1, {"date": %s}]}', "a date is written"),
                ('{"op": "=", "args": [1, {"timestamp": [%s]}]}', "a timestamp is written"),
                ('{"op": "s_within", "args": [{"property": "geometry"}, %s]}', "geometry, BBOX or"),
                ('{"op": "s_within", "args": [{"property": "geometry"}, {"bbox": [1, 2, 3, %s]}]}', "bbox"),
                (
                    '{"op": "s_within", "args": [{"property": "geometry"}, '
                    '{"type": "Point", "coordinates": [%s, 1]}]}',
                    '{"type":"Point","coordinates":[999',
                ),
            )
        ),
        *(
            (form % SEVENTY_BITS, said)
            for form, said in (
                ("%s", "a boolean is needed where a number stands: 999"),
                ('{"op": "=", "args": [{"property": "state"}, %s]}', "cannot be compared"),
                ('{"op": "in", "args": [{"property": "state"}, [%s]]}', "cannot be compared"),
                ('{"op": "not", "args": [%s]}', "a boolean is needed"),
                ('{"op": "like", "args": [{"property": "state"}, %s]}', "a string is needed"),
                ('{"op": "casei", "args": [%s]}', "a string is needed"),
            )
        ),
        (r'{"\ud800": 1}', r'{"\ud800":1}'),
        (r'"\ud800"', r"a string stands: \ud800"),
        (r'{"op": "\ud800", "args": []}', r"no operation \ud800"),
        (r'{"op": "=", "args": [{"property": "\ud800"}, 1]}', r"no property \ud800"),
        (r'{"op": "=", "args": [{"property": "area_km2"}, "\ud800"]}', "cannot be compared"),
        (r'{"op": "=", "args": [1, {"date": "\ud800"}]}', r"not as \ud800"),
        (r'{"op": "s_within", "args": [{"type": "\ud800", "coordinates": [1, 1]}, 1]}', "is no geometry"),
    ],
)  # fmt: skip
def test_values_that_others_do_not_know_are_refused(client: FlaskClient, text: str, said: str) -> None:
    """Whole numbers of more than 64 bits, or larger than any float, and texts that are no Unicode."""
    asked_json = {"filter": text, "filter-lang": "cql2-json"}
    problem = assert_problem(client.get(asked("zones", **asked_json)), 400, "invalid-parameter")
    assert problem["parameter"] == "filter"
    assert said in problem["detail"]
    page = client.get(asked("zones", **asked_json, f="html"))
    assert (page.status_code, page.mimetype) == (400, "text/html")


def test_long_numbers_and_lone_surrogates_can_be_compared(client: FlaskClient) -> None:
    for text in (
        f'{{"op": "<", "args": [{{"property": "area_km2"}}, {SEVENTY_BITS}]}}',
        r'{"op": "<>", "args": [{"property": "zone"}, "\ud800"]}',
    ):
        answer = client.get(asked("zones", **{"filter": text, "filter-lang": "cql2-json"}))
        assert answer.status_code == 200
        assert answer.json["numberMatched"] > 0


def test_what_there_is_instead_is_named(client: FlaskClient) -> None:
    problem = assert_problem(client.get(asked("zones", filter="colour = 'red'")), 400)
    queryables = client.get("/collections/zones/queryables")
    assert queryables.content_type == "application/schema+json"
    assert problem["known"] == list(queryables.json["properties"])
    for name in ("filter-lang", "filter-crs"):
        assert assert_problem(client.get(asked("zones", **{name: "nonsense"})), 400)["known"]


@pytest.mark.parametrize("collection", ["zones", "limits", "baselines", "boundaries"])
def test_queryables_are_what_filters_know(client: FlaskClient, collection: str) -> None:
    described = client.get(f"/collections/{collection}").json
    (link,) = by_rel(described)["http://www.opengis.net/def/rel/ogc/1.0/queryables"]
    queryables = client.get(link["href"]).json
    assert queryables["$id"].endswith(f"/collections/{collection}/queryables")
    assert queryables["additionalProperties"] is False
    assert set(queryables["properties"]) == {
        "id",
        "geometry",
        *(one.name for one in SHAPES[collection].properties),
    } - {"edition"}
    parameters = client.get(asked(collection, nonsense=1)).json["known"]
    assert set(parameters) >= set(queryables["properties"]) - {"geometry"}
    for name in set(queryables["properties"]) - {"geometry"}:
        assert client.get(asked(collection, filter=f"{name} IS NULL")).status_code == 200
    page = client.get(link["href"], headers={"Accept": "text/html"})
    assert page.mimetype == "text/html"
    assert "CQL2" in page.get_data(as_text=True)


@pytest.mark.parametrize("code", [4326, 3857, 32639, 4284, 3388])
def test_geometries_of_a_filter_are_in_its_system(real_client: FlaskClient, code: int) -> None:
    """A box around a vertex that is none in longitude and latitude."""
    feature = real_client.get(f"/collections/limits/items/fishery_zone-KAZ?crs={EPSG}{code}").json["geometry"]
    one, other, *_ = feature["coordinates"][0][0]
    drawn = real_client.get(asked("limits", crs=f"{EPSG}{code}")).json["features"]
    box = shapely.box(one - 0.01, other - 0.01, one + 0.01, other + 0.01)
    expected = [
        found["id"] for found in drawn if shapely.from_geojson(json.dumps(found["geometry"])).intersects(box)
    ]
    corners = ", ".join(map(repr, box.bounds))
    text = f"S_INTERSECTS(geometry, BBOX({corners}))"
    assert ids(real_client, "limits", filter=text, **{"filter-crs": f"{EPSG}{code}"}) == expected
    assert "fishery_zone-KAZ" in expected


def test_a_parameter_is_as_the_comparison_of_its_queryable(real_client: FlaskClient) -> None:
    """Requirement 4 of OGC API - Features - Part 3."""
    for name, value in (("id", "fishery_zone-KAZ"), ("zone", "fishery_zone"), ("name", "nothing")):
        by_parameter = ids(real_client, "zones", **{name: value}, skipGeometry="true")
        assert by_parameter == ids(real_client, "zones", filter=f"{name} = '{value}'", skipGeometry="true")
    assert ids(real_client, "boundaries", id="AZE-RUS", skipGeometry="true") == ["AZE-RUS"]


def test_filters_boxes_and_properties_are_all_to_be_met(real_client: FlaskClient) -> None:
    every = {"filter": "area_km2 > 1000", "state": "KAZ", "bbox": "50,45,52,46"}
    found = [
        set(ids(real_client, "zones", **{name: value}, skipGeometry="true")) for name, value in every.items()
    ]
    assert ids(real_client, "zones", **every) == sorted(
        set.intersection(*found), key=ids(real_client, "zones").index
    )
    assert set.intersection(*found)


def test_pages_keep_filters(real_client: FlaskClient) -> None:
    text = "state IN ('KAZ', 'RUS') AND zone LIKE '%_waters'"
    kept = {"filter": text, "filter-lang": "cql2-text", "properties": "state,zone", "skipGeometry": "true"}
    address, found = asked("zones", **kept, limit=1), []
    while address:
        page = real_client.get(address).json
        assert page["numberMatched"] == len(ids(real_client, "zones", **kept))
        for feature in page["features"]:
            assert feature["geometry"] is None
            assert list(feature["properties"]) == ["state", "zone"]
            found.append(feature["id"])
        address = by_rel(page).get("next", [{"href": ""}])[0]["href"]
    assert found == ids(real_client, "zones", **kept)
    assert len(found) == 2


@pytest.mark.parametrize("value", ["", "zone,", "colour", "zone,zone", "geometry"])
def test_bad_properties(client: FlaskClient, value: str) -> None:
    problem = assert_problem(client.get(asked("zones", properties=value)), 400)
    assert problem["parameter"] == "properties"
    assert "zone" in problem["known"]


def test_one_feature_with_some_properties(client: FlaskClient) -> None:
    response = client.get("/collections/zones/items/fishery_zone-KAZ?properties=state&skipGeometry=true")
    assert response.json["properties"] == {"state": "KAZ"}
    assert response.json["geometry"] is None
    assert client.get("/collections/zones/items/fishery_zone-KAZ?skipGeometry=yes").status_code == 400


def test_pages_lead_to_data_as_they_were_asked_for(client: FlaskClient) -> None:
    shaped = urlencode({"crs": f"{EPSG}3857", "properties": "state", "skipGeometry": "true"})
    page = client.get(f"/collections/zones/items?{shaped}&f=html").get_data(as_text=True)
    links = [html.unescape(one) for one in re.findall(r'href="([^"]+)"', page)]
    feature = next(one for one in links if "/items/territorial_waters-AZE?" in one)
    for address in (feature, next(one for one in links if "f=json" in one)):
        answer = client.get(address.removeprefix("http://localhost"))
        assert answer.headers["Content-Crs"] == f"<{EPSG}3857>"
        (found, *_) = answer.json.get("features", [answer.json])
        assert (found["geometry"], list(found["properties"])) == (None, ["state"])


def test_texts_are_matched_in_bounded_time(real_client: FlaskClient) -> None:
    """Where a usual regular expression would go back for longer than anybody waits."""
    pattern = "%a" * 900 + "%b"
    assert ids(real_client, "zones", filter=f"legal_basis LIKE '{pattern}'", skipGeometry="true") == []


OVERLAPPING = " OR ".join(["NOT S_OVERLAPS(geometry, geometry) AND FALSE"] * 10)


def test_a_spatial_filter_ends_with_the_time_of_its_request(
    real_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = iter(range(1_000_000))

    def clock() -> float:
        return float(next(calls))

    monkeypatch.setattr("api.http.bodies.Deadline", lambda seconds: Deadline(seconds, clock, clock))
    client = create_app({"MAX_REQUEST_S": 12}, store=real_store).test_client()
    problem = client.get(asked("zones", filter=OVERLAPPING))
    assert (problem.status_code, problem.json["setting"]) == (413, "MAX_REQUEST_S")
    described = client.get("/openapi.json").get_json()["paths"]["/collections/zones/items"]["get"]
    assert {"413", "503"} <= set(described["responses"])
    assert client.get(asked("zones", filter="zone = 'fishery_zone'")).status_code == 200


@pytest.mark.parametrize("language", ["cql2-text", "cql2-json"])
def test_a_spatial_filter_is_heavy(real_store: Store, language: str) -> None:
    app = create_app({"THREADS": 32}, store=real_store)
    text = json.dumps(to_json(OVERLAPPING)) if language == "cql2-json" else OVERLAPPING
    spatial = asked("zones", **{"filter": text, "filter-lang": language})
    with ExitStack() as others:
        admission = app.extensions["admission"]
        for _ in range(MOST_HEAVY):
            admission.weigh(others.enter_context(admission.inside()), 1, is_heavy=True)
        answer = app.test_client().get(spatial)
        assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)
        assert app.test_client().get(asked("zones", filter="area_km2 > 1")).status_code == 200
    assert app.test_client().get(spatial).json["numberMatched"] == 0
