"""What a user of the library has: a few names, loaded when used."""

from __future__ import annotations

import doctest
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas
import pytest
import shapely

import zones
from coastlines import StraightLine, StraightLineError
from zones.words import ANSWERS, STATES

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
BAY = [[49.837, 40.313], [49.983, 40.331]]


@pytest.fixture(autouse=True, scope="module")
def _kept_in(store):
    """The session's editions are those of the user."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASPIAN_CACHE", str(store.folder))
        yield


def bay(**others) -> StraightLine:
    values = {"state": "AZE", "kind": "closing_line", "line_type": "geodesic", "coordinates": BAY}
    return StraightLine(**(values | {"name": "bay"} | others))


def test_the_examples_are_answered_as_they_say(edition) -> None:
    found = doctest.testmod(zones, raise_on_error=False)
    assert (found.failed, found.attempted) == (0, 4)


def test_python_in_the_readme_runs(edition, capsys) -> None:
    _, _, rest = README.partition("```python\n")
    example, _, _ = rest.partition("```")
    exec(example, {})
    zone, name, events = capsys.readouterr().out.splitlines()
    assert zone == "territorial_waters"
    assert name != edition.name
    assert events


def test_importing_the_library_loads_next_to_nothing() -> None:
    loaded = (
        "import sys, zones, zones.words\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules} & "
        "{'numba', 'numpy', 'shapely', 'pyproj'}))\n"
        "from zones import ZonesError, Parameters, open_edition\n"
        "print('numba' in sys.modules, zones.Edition.__name__)"
    )
    ran = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines() == ["", "False Edition"]


@pytest.mark.parametrize("name", zones.__all__)
def test_every_name_is_there(name) -> None:
    assert callable(getattr(zones, name))


def test_a_name_that_is_not_there() -> None:
    with pytest.raises(AttributeError, match="'zones' has no attribute 'opened'"):
        _ = zones.opened


def test_editions_are_opened_by_name_and_from_a_folder(edition, store) -> None:
    for name in ("osm", edition.name):
        assert zones.open_edition(name).name == edition.name
    assert zones.open_edition(folder=str(store.folder)).name == edition.name
    with pytest.raises(zones.UnknownEditionError, match="known are osm"):
        zones.open_edition("black sea")


def test_an_edition_says_in_one_line_what_it_is(edition) -> None:
    assert repr(edition) == f"<Edition {edition.name}: nothing but the coast chosen>"
    assert repr(zones.build(breadth_nm={"KAZ": 12})).endswith(": Kazakhstan 12 nm>")


def test_coordinates_are_given_by_name(edition) -> None:
    for method in (edition.classify, edition.classify_one, edition.labels):
        with pytest.raises(TypeError, match="positional"):
            method(50.5, 42.5)


@pytest.mark.parametrize("kind", [np.float32, np.float16, np.int64, int, np.array, Decimal])
def test_numbers_of_every_kind_are_read(edition, kind) -> None:
    found = edition.classify_one(lon=kind(50), lat=kind(42))
    assert found == edition.classify_one(lon=50.0, lat=42.0)
    assert {type(found["lon"]), type(found["lat"])} <= {float, int}


@pytest.mark.parametrize("given", ["50", b"50", None, 50 + 1j, [50.0, "x"]])
def test_what_is_no_number_is_refused_in_words(edition, given) -> None:
    with pytest.raises(TypeError, match="lon must be a number of degrees, not "):
        edition.classify_one(lon=given, lat=42.0)
    for method in edition.classify, edition.labels:
        if given is not None:  # not a number, as in a column of pandas
            with pytest.raises(TypeError, match="a column of numbers is needed, not of "):
                method(lon=[given] if not isinstance(given, list) else given, lat=[42.0, 42.0])


def test_columns_of_some_fields(edition) -> None:
    lon, lat = [50.5, 49.97, 10.0], [42.5, 40.1, 50.0]
    found = edition.classify(lon=lon, lat=lat, fields=("zone", "baseline_distance_m"))
    assert len(found) == 3
    assert list(found.columns) == ["zone", "baseline_distance_m"]
    assert found["zone"].tolist() == ["common_maritime_space", "territorial_waters", "outside_caspian"]
    whole = edition.classify(lon=lon, lat=lat)
    assert found["baseline_distance_m"].tolist() == whole["baseline_distance_m"].tolist()
    labels = edition.labels(lon=lon, lat=lat)
    assert [ANSWERS[code] for code in labels.zone] == whole["zone"].tolist()
    for field in ("state", "sector"):
        codes = getattr(labels, field)
        assert [STATES[code] if code >= 0 else None for code in codes] == whole[field].tolist()


LON, LAT = [50.5, 49.97, 10.0, 53.9], [42.5, 40.1, 50.0, 41.5]


def plain_values(column) -> list:
    return [None if value is None or value != value else value for value in column.tolist()]


def test_records_as_an_arrow_table(edition) -> None:
    found = edition.classify(lon=LON, lat=LAT, compare=True)
    table = found.to_arrow()
    assert table.column_names == list(found.columns)
    assert table.to_pylist() == found.rows()
    assert str(table.schema.field("zone").type).startswith("dictionary<values=string")
    assert str(table.schema.field("certain").type) == "bool"
    assert str(table.schema.field("limit_distance_m").type) == "double"
    table.validate(full=True)


def test_records_as_a_data_frame(edition) -> None:
    found = edition.classify(lon=LON, lat=LAT, compare=True)
    frame = found.to_pandas()
    assert list(frame.columns) == list(found.columns)
    for name in found.columns:
        given = [None if pandas.isna(value) else value for value in frame[name].tolist()]
        assert given == plain_values(found[name]), name
    assert str(frame["zone"].dtype) == "category"
    assert str(frame["certain"].dtype) == "boolean"


def test_records_of_no_rows(edition) -> None:
    found = edition.classify(lon=[], lat=[])
    assert len(found.to_arrow()) == len(found.to_pandas()) == 0


def test_labels_alone_answer_the_fields_that_need_no_more(edition) -> None:
    fields = ("zone", "state", "sector", "legal_basis")
    few, whole = edition.classify(lon=LON, lat=LAT, fields=fields), edition.classify(lon=LON, lat=LAT)
    for name in fields:
        assert few[name].tolist() == whole[name].tolist()


def test_columns_that_cannot_be_are_refused(edition) -> None:
    with pytest.raises(ValueError, match="unknown field 'depth'"):
        edition.classify(lon=50.5, lat=42.5, fields=("zone", "depth"))
    with pytest.raises(ValueError, match="one length"):
        edition.classify(lon=[50.5, 51.0], lat=[42.5], fields=("zone",))


def test_crossings_of_what_has_a_geo_interface(edition) -> None:
    line = shapely.LineString([[49.97, 40.1], [50.4, 39.6]])
    found = edition.crossings(line)
    assert found.legs == edition.crossings(shapely.geometry.mapping(line)).legs
    zones_crossed = [leg.zone for leg in found.legs]
    assert zones_crossed == ["territorial_waters", "fishery_zone", "common_maritime_space"]


def test_features_have_a_geo_interface(edition) -> None:
    features = edition.features("zones").__geo_interface__["features"]
    assert len(features) == 12
    shapes = {feature["id"]: shapely.geometry.shape(feature["geometry"]) for feature in features}
    assert shapes["territorial_waters-AZE"].contains(shapely.Point(49.97, 40.1))
    assert features[0]["properties"]["edition"] == edition.name
    with pytest.raises(KeyError):
        edition.features("depths")


def test_lines_are_given_as_a_file_or_as_they_are(edition) -> None:
    example = Path(__file__).resolve().parents[2] / "docs" / "straight-lines.geojson"
    of_file = zones.build(straight_lines=example)
    assert of_file.classify_one(lon=49.9, lat=40.34)["zone"] == "internal_waters"
    given = zones.build(straight_lines=[bay(name="Baku bay (example)")])
    assert given.name == of_file.name
    assert zones.build(straight_lines=[]).name == edition.name


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"state": "GEO"}, "straight line 2 has state 'GEO'"),
        ({"kind": "normal"}, "straight line 2 has kind 'normal'"),
        ({"line_type": None}, "straight line 2 has no property 'line_type'"),
        ({"coordinates": [BAY[0], BAY[0]]}, "straight line 2 has one point only"),
        ({"coordinates": []}, "straight line 2: rows of longitude and latitude"),
        ({"coordinates": np.empty((0, 2))}, "straight line 2 has one point only"),
        ({"coordinates": [[49.8, np.nan], BAY[1]]}, "straight line 2: rows of longitude and latitude"),
        ({"coordinates": [[49.8, 140.0], BAY[1]]}, "straight line 2: rows of longitude and latitude"),
        ({"coordinates": [["a", "b"], BAY[1]]}, "straight line 2: rows of longitude and latitude"),
        ({"coordinates": [[49.8, 40.3, 0.0], [49.9, 40.3, 0.0]]}, "straight line 2: rows of longitude"),
    ],
)
def test_lines_that_are_none_are_refused_by_number(wrong, message) -> None:
    with pytest.raises(StraightLineError, match=message):
        zones.build(straight_lines=[bay(), bay(**wrong)])
    assert issubclass(StraightLineError, zones.CoastlinesError)


def test_wrong_choices_are_refused_in_words() -> None:
    with pytest.raises(zones.BreadthError, match="at most 15"):
        zones.build(breadth_nm={"KAZ": 16})
    with pytest.raises(zones.EffectError, match="no island 'Atlantis'"):
        zones.build(effects={"Atlantis": 0.5})
    with pytest.raises(zones.CoastlinesError):
        zones.build(coast="nowhere.gpkg")
