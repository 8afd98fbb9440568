"""``max-allowable-offset`` on items, features, files and the command line."""

from __future__ import annotations

import gzip
import json
import threading
from pathlib import Path
from typing import Any

import pytest
import shapely
from flask.testing import FlaskClient

from api.application import create_app
from api.collections.formats import FORMATS
from tests.api.conftest import Caspian
from tests.api.test_errors import assert_problem
from tests.api.test_features import links, pages
from zones.atlas.simplification import LADDER_DEG, simplified
from zones.editions.store import Store

NAME = "max-allowable-offset"
MEMBER = "max_allowable_offset"
EXACT = ("0.00004", "1e-300", "0.0000499999")
COLLECTIONS = (
    "zones", "limits", "baselines", "boundaries", "installations", "sectors", "sector_boundaries",
)  # fmt: skip
BAD = ("0", "-1", "-0.0", "nan", "inf", "1e999", "x", "", "0,001", "0.001 deg", "1e-5000")
STEPS = [
    ("0.00005", 0.00005), ("0.0001", 0.0001), ("0.0002", 0.0002), ("0.0005", 0.0005), ("0.001", 0.001),
    ("0.002", 0.002), ("0.005", 0.005), ("0.01", 0.01), ("0.02", 0.02), ("0.05", 0.05),
    ("1e-3", 0.001), ("0.0019", 0.001), ("%2B0.0005", 0.0005), ("360", 0.05), ("1e300", 0.05),
]  # fmt: skip


def geometry(feature: Any) -> shapely.Geometry:
    return shapely.from_geojson(json.dumps(feature["geometry"]))


@pytest.mark.parametrize(("text", "step_deg"), STEPS)
def test_the_step_taken_is_said(client: FlaskClient, text: str, step_deg: float) -> None:
    for path in ("/collections/zones/items", "/collections/zones/items/fishery_zone-KAZ"):
        assert client.get(f"{path}?{NAME}={text}").get_json()[MEMBER] == step_deg
    file = client.get(f"/downloads/osm/zones.geojson?{NAME}={text}")
    assert json.loads(file.get_data())[MEMBER] == step_deg


@pytest.mark.parametrize("text", EXACT)
def test_below_the_finest_step_all_is_exact(client: FlaskClient, text: str) -> None:
    for path in ("/collections/limits/items", "/collections/limits/items/territorial_waters-KAZ"):
        exact, found = client.get(path).get_json(), client.get(f"{path}?{NAME}={text}").get_json()
        assert found[MEMBER] is exact[MEMBER] is None
        for one in (exact, found):
            one["links"] = None
        assert found == exact
    exact = client.get("/downloads/osm/limits.geojson")
    found = client.get(f"/downloads/osm/limits.geojson?{NAME}={text}")
    assert found.get_data() == exact.get_data()
    for header in ("ETag", "Content-Location", "Content-Disposition"):
        assert found.headers[header] == exact.headers[header]


@pytest.mark.parametrize("text", BAD)
def test_bad_values(client: FlaskClient, caspian: Caspian, tmp_path: Path, text: str) -> None:
    for path in (
        "/collections/zones/items",
        "/collections/zones/items/fishery_zone-KAZ",
        "/downloads/osm/zones.geojson",
        "/downloads/osm/zones.fgb",
    ):
        problem = assert_problem(client.get(path, query_string={NAME: text}), 400, "invalid-parameter")
        assert problem["parameter"] == NAME
    target = tmp_path / "zones.geojson"
    outcome = caspian("export", "zones", "-o", target, f"--{NAME}={text}")
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert f"--{NAME}" in outcome.err
    assert not target.exists()


@pytest.mark.parametrize("form", [one for one in FORMATS if one.id != "geojson"], ids=lambda one: one.id)
def test_other_formats_are_exact(client: FlaskClient, caspian: Caspian, tmp_path: Path, form: Any) -> None:
    path = f"/downloads/osm/limits.{form.id}"
    assert client.get(path).status_code == 200
    problem = assert_problem(client.get(f"{path}?{NAME}=0.01"), 400, "invalid-parameter")
    assert problem["parameter"] == NAME
    assert form.title in problem["detail"]
    assert ".geojson" in problem["detail"]
    target = tmp_path / f"limits.{form.id}"
    outcome = caspian("export", "limits", "-o", target, f"--{NAME}", "0.01")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert form.title in outcome.err
    assert not target.exists()


@pytest.mark.parametrize(
    "path", ["/collections", "/collections/zones", "/downloads", "/downloads/osm/sha256.txt", "/editions"]
)
def test_where_nothing_is_simplified_it_is_unknown(client: FlaskClient, path: str) -> None:
    assert_problem(client.get(f"{path}?{NAME}=0.01"), 400, "unknown-parameter")


def test_an_unknown_file_is_none_in_steps_either(client: FlaskClient) -> None:
    assert_problem(client.get(f"/downloads/osm/zones-0.01.geojson?{NAME}=0.01"), 404)
    assert_problem(client.get("/downloads/osm/zones-0.01.geojson"), 404)


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_items_features_and_file_agree(real_client: FlaskClient, collection: str) -> None:
    asked = f"{NAME}=0.005"
    file = json.loads(real_client.get(f"/downloads/osm/{collection}.geojson?{asked}").get_data())
    exact = json.loads(real_client.get(f"/downloads/osm/{collection}.geojson").get_data())
    found = []
    for page in pages(real_client, f"/collections/{collection}/items?limit=3&{asked}"):
        assert page[MEMBER] == 0.005
        for rel in ("self", "alternate"):
            assert asked in links(page)[rel]
        found += page["features"]
    assert found == file["features"]
    assert [one["properties"] for one in found] == [one["properties"] for one in exact["features"]]
    assert [one["id"] for one in found] == [one["id"] for one in exact["features"]]
    assert found != exact["features"]
    for feature in found[:2]:
        answer = real_client.get(f"/collections/{collection}/items/{feature['id']}?{asked}").get_json()
        assert {name: answer[name] for name in feature} == feature
        assert answer[MEMBER] == 0.005
        assert real_client.get(links(answer)["self"]).get_json() == answer


def test_what_is_shown_on_request_is_simplified(real_client: FlaskClient) -> None:
    path = "/collections/sector_boundaries/items/astara-hasanqoli"
    whole, fewer = (geometry(real_client.get(f"{path}{more}").get_json()) for more in ("", f"?{NAME}=0.05"))
    assert len(fewer.coords) < len(whole.coords)
    page = real_client.get(f"/collections/sector_boundaries/items?status=claimed&{NAME}=0.05").get_json()
    assert [geometry(one) for one in page["features"]] == [fewer]


def test_boxes_choose_by_exact_geometry(real_client: FlaskClient) -> None:
    """Along lines whose simplified form does not meet the box."""
    path, collection = "/collections/limits/items", real_client.application.extensions["atlases"].get()
    limits = collection.collection("limits")
    checked = 0
    for one, fewer in zip(limits.everything, simplified(limits, 0.05).everything, strict=True):
        for lon, lat in shapely.get_coordinates(one.geometry)[::97].tolist():
            if fewer.geometry.distance(shapely.Point(lon, lat)) > 0.01:
                page = real_client.get(f"{path}?bbox={lon},{lat},{lon},{lat}&{NAME}=0.05").get_json()
                assert one.id in [feature["id"] for feature in page["features"]]
                assert page["numberMatched"] == len(page["features"])
                checked += 1
                break
    assert checked >= 5


def test_pages_for_people_keep_it(client: FlaskClient) -> None:
    asked = f"{NAME}=0.002"
    page = client.get(f"/collections/zones/items?limit=2&{asked}", headers={"Accept": "text/html"})
    assert page.content_type == "text/html; charset=utf-8"
    text = page.get_data(as_text=True)
    (following,) = [line for line in text.splitlines() if 'rel="next"' in line]
    assert asked in following
    assert f'/collections/zones/items/internal_waters-AZE?{asked}"' in text
    one = client.get(f"/collections/zones/items/internal_waters-AZE?{asked}", headers={"Accept": "text/html"})
    (as_data,) = [line for line in one.get_data(as_text=True).splitlines() if "as GeoJSON</a>" in line]
    assert asked in as_data
    plain = client.get("/collections/zones/items", headers={"Accept": "text/html"})
    assert NAME not in plain.get_data(as_text=True)


def test_a_file_is_kept_as_others_are(client: FlaskClient) -> None:
    address = f"/downloads/osm-0123abcd/limits.geojson?{NAME}="
    plain = client.get(f"{address}0.001")
    zipped = client.get(f"{address}0.001", headers={"Accept-Encoding": "gzip"})
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.get_data()) == plain.get_data()
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert "immutable" in plain.headers["Cache-Control"]
    assert "osm-0123abcd-limits-0.001.geojson" in plain.headers["Content-Disposition"]
    tags = {plain.headers["ETag"], zipped.headers["ETag"]}
    for other in ("/downloads/osm-0123abcd/limits.geojson", f"{address}0.002"):
        tags.add(client.get(other).headers["ETag"])
    assert len(tags) == 4
    again = client.get(f"{address}0.0015", headers={"If-None-Match": plain.headers["ETag"]})
    assert again.status_code == 304
    part = client.get(f"{address}0.001", headers={"Range": "bytes=0-9"})
    assert (part.status_code, part.get_data()) == (206, plain.get_data()[:10])
    head = client.head(f"{address}0.001")
    assert head.headers["Content-Length"] == plain.headers["Content-Length"]


def test_another_name_says_where_the_file_is_at_home(client: FlaskClient) -> None:
    found = client.get(f"/downloads/osm/limits.geojson?{NAME}=0.0015")
    assert "immutable" not in found.headers["Cache-Control"]
    home = found.headers["Content-Location"]
    assert home.endswith(f"/downloads/osm-0123abcd/limits.geojson?{NAME}=0.001")
    assert client.get(home).get_data() == found.get_data()


def test_lists_hold_the_exact_files_alone(client: FlaskClient) -> None:
    before = [client.get(path).get_data() for path in ("/downloads", "/downloads/osm/sha256.txt")]
    client.get(f"/downloads/osm/zones.geojson?{NAME}=0.001")
    assert [client.get(path).get_data() for path in ("/downloads", "/downloads/osm/sha256.txt")] == before
    assert b"0.001" not in before[1]


@pytest.mark.parametrize("text", ["0.01", "0.0149", "0.00001"])
def test_export_is_the_download(
    real_caspian: Caspian, real_client: FlaskClient, tmp_path: Path, text: str
) -> None:
    target = tmp_path / "mine.geojson"
    outcome = real_caspian("export", "boundaries", "-o", target, f"--{NAME}", text)
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")
    file = real_client.get(f"/downloads/osm/boundaries.geojson?{NAME}={text}")
    assert target.read_bytes() == file.get_data()


def test_many_at_once_simplify_once(real_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[float] = []

    def counted(collection: Any, step_deg: float) -> Any:
        made.append(step_deg)
        return simplified(collection, step_deg)

    monkeypatch.setattr("api.atlas.simplified", counted)
    app = create_app(store=real_store)
    app.extensions["atlases"].get()
    answers: list[int] = []

    def ask() -> None:
        path = f"/collections/sectors/items?{NAME}=0.001&limit=1"
        answers.append(app.test_client().get(path).status_code)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [0.001]
    assert answers == [200] * 8


def test_more_than_a_few_do_not_wait(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(store=store)
    app.extensions["atlases"].get()
    begun, going_on = threading.Event(), threading.Event()

    def slow(collection: Any, step_deg: float) -> Any:
        begun.set()
        assert going_on.wait(60)
        return simplified(collection, step_deg)

    monkeypatch.setattr("api.atlas.simplified", slow)
    path = f"/collections/limits/items?{NAME}=0.001"
    answers: list[Any] = []
    refused = threading.Event()

    def ask() -> None:
        answer = app.test_client().get(path)
        answers.append(answer)
        if answer.status_code == 503:
            refused.set()

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    try:
        assert begun.wait(60)
        assert refused.wait(60)
    finally:
        going_on.set()
        for thread in threads:
            thread.join()
    statuses = [one.status_code for one in answers]
    assert set(statuses) == {200, 503}
    for answer in answers:
        if answer.status_code == 503:
            assert_problem(answer, 503, "busy")
            assert answer.headers["Retry-After"]


def test_every_step_is_in_the_description(client: FlaskClient) -> None:
    parameter = client.get("/openapi.json").get_json()["components"]["parameters"]["maxAllowableOffset"]
    assert parameter["name"] == NAME
    for step_deg in LADDER_DEG:
        assert f"{step_deg:.5f}".rstrip("0") in parameter["description"]
