"""Straight lines of a user: what is read, and what is refused by feature number."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyproj
import pytest
import shapely

from coastlines import StraightLineError, read_straight_lines

GOOD = {"state": "AZE", "kind": "straight", "line_type": "geodesic"}
LINE = {"type": "LineString", "coordinates": [[49.5, 40.1], [49.7, 40.0], [49.9, 40.2]]}


def write(path: Path, *features: tuple[dict[str, Any] | None, dict[str, Any] | None]) -> Path:
    members = [
        {"type": "Feature", "properties": properties, "geometry": geometry}
        for properties, geometry in features
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": members}))
    return path


def test_reads_lines_in_order(tmp_path: Path) -> None:
    other = {"state": "TKM", "kind": "closing_line", "line_type": "loxodrome", "name": "Bay"}
    first, second = read_straight_lines(write(tmp_path / "l.geojson", (GOOD, LINE), (other, LINE)))
    assert (first.state, first.kind, first.line_type) == ("AZE", "straight", "geodesic")
    assert first.name is None
    assert (second.state, second.kind, second.line_type) == ("TKM", "closing_line", "loxodrome")
    assert second.name == "Bay"
    assert np.array_equal(first.coordinates, LINE["coordinates"])
    assert not first.coordinates.flags.writeable


@pytest.mark.parametrize("ending", [".gpkg", ".shp", ".geojson"])
def test_reads_every_format_in_another_reference_system(tmp_path: Path, ending: str) -> None:
    transformer = pyproj.Transformer.from_crs("OGC:CRS84", "EPSG:32639", always_xy=True)
    line = shapely.transform(
        shapely.LineString(LINE["coordinates"]), transformer.transform, interleaved=False
    )
    path = tmp_path / f"lines{ending}"
    pyogrio.raw.write(
        path,
        geometry=shapely.to_wkb(np.array([line])),
        field_data=[np.array([value], dtype=object) for value in GOOD.values()],
        fields=np.array(list(GOOD)),
        geometry_type="LineString",
        crs="EPSG:32639",
    )
    (read,) = read_straight_lines(path)
    assert (read.state, read.kind, read.line_type) == tuple(GOOD.values())
    assert read.coordinates == pytest.approx(np.array(LINE["coordinates"]), abs=1e-7)


def test_lines_of_one_part_are_lines(tmp_path: Path) -> None:
    """As GeoPackages and shapefiles, and this program's own exports, have them."""
    shape = {"type": "MultiLineString", "coordinates": [LINE["coordinates"]]}
    text = json.dumps({"type": "Feature", "properties": GOOD, "geometry": shape})
    (tmp_path / "lines.geojson").write_text(text, encoding="utf-8")
    (read,) = read_straight_lines(tmp_path / "lines.geojson")
    assert read.coordinates == pytest.approx(np.array(LINE["coordinates"]), abs=1e-7)


@pytest.mark.parametrize(
    ("properties", "geometry", "message"),
    [
        (
            GOOD,
            {"type": "MultiLineString", "coordinates": [LINE["coordinates"], [[50, 40], [51, 40]]]},
            "MultiLineString",
        ),
        (GOOD, None, "has no geometry"),
        (GOOD, {"type": "LineString", "coordinates": []}, "has no geometry"),
        (GOOD, {"type": "Point", "coordinates": [50, 40]}, "is a Point, a LineString is expected"),
        (GOOD, {"type": "LineString", "coordinates": [[50, 40], [50, 40]]}, "one point only"),
        ({**GOOD, "state": "USA"}, LINE, "has state 'USA', one of AZE IRN KAZ RUS TKM"),
        ({**GOOD, "kind": "normal"}, LINE, "has kind 'normal', one of straight closing_line"),
        ({**GOOD, "line_type": "chord"}, LINE, "has line_type 'chord', one of geodesic loxodrome"),
        ({**GOOD, "state": ["AZE"]}, LINE, "has state"),
        ({"state": "AZE", "kind": "straight"}, LINE, "has no property 'line_type'"),
        (None, LINE, "has no property 'state'"),
        (GOOD, {"type": "LineString", "coordinates": [[50, 40], [500, 40]]}, "out of range"),
        (GOOD, {"type": "LineString", "coordinates": [[50, 40], [float("nan"), 40]]}, "finite"),
    ],
)
def test_refuses_with_the_number_of_the_feature(tmp_path, properties, geometry, message) -> None:
    path = write(tmp_path / "lines.geojson", (GOOD, LINE), (properties, geometry))
    with pytest.raises(StraightLineError) as caught:
        read_straight_lines(path)
    assert "lines.geojson: feature 2" in str(caught.value)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_refuses_an_empty_or_missing_file(tmp_path: Path) -> None:
    with pytest.raises(StraightLineError, match="holds no geometry"):
        read_straight_lines(write(tmp_path / "lines.geojson", (GOOD, None)))
    with pytest.raises(StraightLineError, match="no such file"):
        read_straight_lines(tmp_path / "none.gpkg")


@pytest.mark.parametrize("name", ["\x1b[2J", "one\nother", "end\u2028", "\u202eturned"])
def test_a_name_that_is_more_than_a_line_of_text_is_refused(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "l.geojson", (GOOD | {"name": name}, LINE))
    with pytest.raises(StraightLineError, match=r"feature 1 has the name .*one line of text"):
        read_straight_lines(path)


def test_a_persian_name_keeps_what_parts_its_words(tmp_path: Path) -> None:
    name = "خلیج\N{ZERO WIDTH NON-JOINER}ها"
    (line,) = read_straight_lines(write(tmp_path / "l.geojson", (GOOD | {"name": name}, LINE)))
    assert line.name == name
