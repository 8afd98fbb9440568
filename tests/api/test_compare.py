"""What changed between two editions, over HTTP and by the command."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from api.application import create_app
from api.batches.changes import CHANGE_FIELDS
from tests.api.conftest import Caspian
from zones.atlas.differences import area_differences, line_differences
from zones.editions.store import Store
from zones.parameters import Parameters

KEPT = (50.5, 42.5)  # common maritime space in both


@pytest.fixture(scope="module")
def narrow(real_store: Store) -> str:
    """An edition in which the belts of Kazakhstan are 12 nm wide."""
    return real_store.build(Parameters(breadth_nm={"KAZ": 12.0})).name


@pytest.fixture(scope="module")
def client(real_store: Store) -> FlaskClient:
    return create_app(store=real_store).test_client()


@pytest.fixture(scope="module")
def between(real_store: Store, narrow: str) -> tuple[float, float]:
    """A position that is territorial waters of Kazakhstan at 15 nm, and not at 12."""
    wide, other = real_store.edition("osm"), real_store.edition(narrow)
    for step in range(400):
        lat = 43.0 + step * 0.005
        answers = [one.classify_one(lon=51.0, lat=lat)["zone"] for one in (wide, other)]
        if answers == ["territorial_waters", "fishery_zone"]:
            return 51.0, lat
    raise AssertionError("no such position")


@pytest.mark.whole
def test_areas_lines_and_positions(
    client: FlaskClient, real_store: Store, narrow: str, between: tuple[float, float]
) -> None:
    lon, lat = between
    texts = [f"{lat} {lon}", f"{KEPT[1]} {KEPT[0]}"]
    answer = client.get("/compare", query_string={"b": narrow, "position": texts}).get_json()
    before, after = real_store.edition("osm"), real_store.edition(narrow)
    assert (answer["a"], answer["b"]) == (before.name, narrow)
    assert (answer["assumptions_a"], answer["assumptions_b"]) == (None, "Kazakhstan 12 nm")
    areas = {one["id"]: one for one in answer["differences"]["areas"]}
    assert len(areas) == len(area_differences(before.collections, after.collections))
    assert areas["territorial_waters-KAZ"]["lost_km2"] > 1000 > areas["territorial_waters-IRN"]["lost_km2"]
    lines = {one["id"]: one["moved_m"] for one in answer["differences"]["lines"]}
    assert lines["territorial_waters-IRN"] <= answer["differences"]["moved_within_m"]
    assert lines["territorial_waters-KAZ"] > 3 * 1852 - 1
    assert len(answer["differences"]["lines"]) == len(line_differences(before.collections, after.collections))
    (change,) = answer["positions"]["changes"]
    assert tuple(change) == CHANGE_FIELDS
    assert (change["row"], change["lon"], change["lat"]) == (1, *between)
    assert (change["zone_a"], change["zone_b"]) == ("territorial_waters", "fishery_zone")
    assert (change["state_a"], change["state_b"]) == ("KAZ", "KAZ")
    assert (answer["positions"]["asked"], answer["positions"]["changed"]) == (2, 1)
    back = client.get("/compare", query_string={"a": narrow, "b": "osm"}).get_json()
    turned = {one["id"]: one for one in back["differences"]["areas"]}
    assert turned["territorial_waters-KAZ"]["gained_km2"] == areas["territorial_waters-KAZ"]["lost_km2"]


def test_an_edition_and_itself_differ_in_nothing(client: FlaskClient) -> None:
    answer = client.get("/compare").get_json()
    assert answer["a"] == answer["b"]
    assert not any(one["gained_km2"] or one["lost_km2"] for one in answer["differences"]["areas"])
    assert {one["moved_m"] for one in answer["differences"]["lines"]} == {0.0}
    asked = "/compare?position=42.5+50.5&position=40.1+49.97"
    (itself,) = [one["href"] for one in client.get(asked).get_json()["links"] if one["rel"] == "self"]
    assert client.get(itself).get_json()["positions"]["asked"] == 2


def test_the_page_says_the_same(client: FlaskClient, narrow: str, between: tuple[float, float]) -> None:
    text = f"{between[1]} {between[0]}\r\n{KEPT[1]} {KEPT[0]}"
    asked = {"b": narrow, "position": text, "f": "html"}
    page = client.get("/compare", query_string=asked).text
    assert "1 of 2 positions have another answer." in page
    assert f'value="{narrow}"' in page
    assert "Outer limit of the territorial waters of Kazakhstan" in page
    assert "Outer limit of the territorial waters of Iran" not in page  # it lies where it lay
    assert "Lines that lie within 0.1 m of where they lay are not listed" in page
    alike = client.get("/compare", query_string={"a": narrow, "b": narrow, "f": "html"}).text
    assert "nothing differs" in alike


@pytest.mark.parametrize(
    ("asked", "status", "slug"),
    [
        ({"a": "nowhere"}, 404, "unknown-edition"),
        ({"b": "osm-2024.08-ffffffff"}, 404, "unknown-edition"),
        ({"position": "42,56,49,88"}, 400, "invalid-position"),
        ({"position": ["42.5 50.5"] * 101}, 413, "too-large"),
        ({"position": "\n".join(["42.5 50.5"] * 101)}, 413, "too-large"),
        ({"a": ["osm", "osm"]}, 400, "invalid-parameter"),
        ({"c": "osm"}, 400, "unknown-parameter"),
    ],
)
def test_bad_questions(client: FlaskClient, asked: dict[str, object], status: int, slug: str) -> None:
    response = client.get("/compare", query_string=asked)
    assert response.status_code == status
    assert response.get_json()["type"] == f"/problems/{slug}"


def test_the_command(
    real_caspian: Caspian, narrow: str, between: tuple[float, float], tmp_path: Path
) -> None:
    file, out, table = (tmp_path / name for name in ("in.csv", "out.json", "out.csv"))
    places = f'A,{KEPT[0]},{KEPT[1]}\nB,200,1\n"C, D",{between[0]},{between[1]}\n'
    file.write_text(f"ship,lon,lat\n{places}")
    said = real_caspian("compare", "osm", narrow, "--positions", file)
    assert said.code == 0
    assert "1 of 3 positions have another answer; 1 could not be read" in said.out
    assert "row 3" in said.out
    assert "territorial_waters KAZ" in said.out
    assert "limits territorial_waters-KAZ" in said.out
    assert "territorial_waters-IRN" not in said.out
    assert "Lines within 0.1 m of where they lay" in said.out
    assert real_caspian("compare", "osm", narrow, "--positions", file, "-o", table).code == 0
    (row,) = csv.DictReader(io.StringIO(table.read_text()))
    assert tuple(row) == ("ship", *CHANGE_FIELDS)
    assert row["ship"] == "C, D"
    assert (row["row"], float(row["lon"]), float(row["lat"])) == ("3", *between)
    assert real_caspian("compare", "osm", narrow, "--positions", file, "-o", out).code == 0
    value = json.loads(out.read_text())
    assert {name: value["positions"][name] for name in ("asked", "changed", "errors")} == {
        "asked": 3, "changed": 1, "errors": 1,
    }  # fmt: skip
    assert value["b"] == narrow


def test_the_command_refuses_in_one_line(real_caspian: Caspian, tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    for arguments in (
        ("compare", "osm"),
        ("compare", "osm", "nowhere"),
        ("compare", "osm", "osm", "--positions", tmp_path / "none.csv"),
        ("compare", "osm", "osm", "--positions", tmp_path),
        ("compare", "osm", "osm", "--positions", empty),
        ("compare", "osm", "osm", "-o", tmp_path / "out.csv"),
        ("compare", "osm", "osm", "-o", tmp_path / "out.txt"),
    ):
        outcome = real_caspian(*arguments)
        assert outcome.code == 2, arguments
        assert outcome.err.count("\n") == 1
        assert "Traceback" not in outcome.err
