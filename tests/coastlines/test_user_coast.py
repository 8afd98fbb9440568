"""A user's own coast: every format and reference system in, every refusal in one line."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyproj
import pytest
import shapely

from coastlines import SOURCE_IDS, CoastError, CoastSource, load_source, read_coast_file
from coastlines.rings import signed_area

SEA = shapely.Polygon(
    [(47, 45), (49, 42), (49, 37), (54, 37), (53, 42), (53, 46)],
    [[(50, 41), (50.2, 41), (50.2, 41.2)], [(52, 38), (52.5, 38), (52.5, 38.4), (52, 38.4)]],
)
ISLANDS = [shapely.Polygon(ring) for ring in SEA.interiors]
FRAME = shapely.box(44, 35, 57, 49)
FORMATS = [".geojson", ".json", ".gpkg", ".shp", ".zip"]

Write = Callable[..., Path]


def to_crs(geometry: shapely.Geometry, crs: str) -> shapely.Geometry:
    transformer = pyproj.Transformer.from_crs("OGC:CRS84", crs, always_xy=True)
    return shapely.transform(geometry, transformer.transform, interleaved=False)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write geometries of one kind to a file of any format."""

    def write_file(name: str, geometries: Sequence[Any], crs: str | None = "EPSG:4326") -> Path:
        path = tmp_path / name
        if path.suffix == ".json":
            features = [
                {"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(g)}
                for g in geometries
            ]
            document: dict[str, Any] = {"type": "FeatureCollection", "features": features}
            if crs != "EPSG:4326":
                document["crs"] = {"type": "name", "properties": {"name": crs}}
            path.write_text(json.dumps(document))
            return path
        target = path.with_suffix(".shp") if path.suffix == ".zip" else path
        kinds = {g.geom_type for g in geometries}
        pyogrio.raw.write(
            target,
            geometry=shapely.to_wkb(np.array(geometries)),
            field_data=[np.arange(len(geometries))],
            fields=np.array(["number"]),
            geometry_type=kinds.pop() if len(kinds) == 1 else "Unknown",
            crs=crs,
            **({"RFC7946": "NO"} if path.suffix == ".geojson" else {}),
        )
        if path.suffix == ".zip":
            with zipfile.ZipFile(path, "w") as archive:
                for file in tmp_path.glob(f"{path.stem}.*"):
                    if file != path:
                        archive.write(file, file.name)
        return path

    return write_file


def write_geojson(path: Path, geometry: str) -> Path:
    path.write_text(f'{{"type":"Feature","properties":{{}},"geometry":{geometry}}}')
    return path


def assert_is_the_sea(source: CoastSource, tolerance_deg: float = 0.0) -> None:
    water = shapely.Polygon(source.mainland, source.islands)
    assert water.is_valid
    assert shapely.hausdorff_distance(water.boundary, SEA.boundary) <= tolerance_deg
    assert len(source.islands) == 2
    assert signed_area(source.mainland) > 0
    assert all(signed_area(island) < 0 for island in source.islands)
    assert abs(signed_area(source.islands[0])) > abs(signed_area(source.islands[1]))
    assert not source.mainland.flags.writeable


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:32639", "EPSG:3857"])
def test_every_format_in_every_reference_system(write: Write, ending: str, crs: str) -> None:
    source = read_coast_file(write(f"My Coast 2{ending}", [to_crs(SEA, crs)], crs))
    # GeoJSON as GDAL writes it has 7 decimals, and those of metres are better than degrees'.
    assert_is_the_sea(source, 0.0 if crs == "EPSG:4326" else 1.5e-7)
    assert source.id == "my-coast-2"
    assert source.version == source.sha256[:8]
    assert source.provenance.id == source.id
    assert source.provenance.file == f"My Coast 2{ending}"


def test_another_datum_is_brought_to_wgs84(write: Write) -> None:
    # Pulkovo 1942 lies about a hundred metres off WGS84 around the Caspian Sea.
    source = read_coast_file(write("coast.gpkg", [SEA], "EPSG:4284"))
    shift = np.abs(source.mainland - read_coast_file(write("c.gpkg", [SEA])).mainland).max()
    assert 1e-4 < shift < 5e-3


@pytest.mark.parametrize("source_id", SOURCE_IDS)
def test_a_bundled_coast_comes_back_unchanged(tmp_path: Path, source_id: str) -> None:
    bundled = load_source(source_id)
    path = tmp_path / f"{source_id}.geojson"
    water = shapely.Polygon(bundled.mainland, bundled.islands)
    write_geojson(path, shapely.to_geojson(water))
    source = read_coast_file(path)
    assert source.id == f"own-{source_id}"
    assert np.array_equal(source.mainland, bundled.mainland)
    assert len(source.islands) == len(bundled.islands)
    found = {island.tobytes() for island in source.islands}
    assert found == {island.tobytes() for island in bundled.islands}


def test_polygons_of_land_around_the_sea(write: Write) -> None:
    land = FRAME.difference(shapely.Polygon(SEA.exterior))
    halves = [land.intersection(box) for box in (shapely.box(44, 35, 51, 49), shapely.box(51, 35, 57, 49))]
    parts = [part for half in halves for part in shapely.get_parts(half)]
    source = read_coast_file(write("land.gpkg", [*parts, *ISLANDS]))
    water = shapely.Polygon(source.mainland, source.islands)
    # The cut at 51 E puts a vertex of its own on the shore, to seven decimals.
    assert water.symmetric_difference(SEA).area < 1e-6
    assert len(source.islands) == 2


def test_a_lake_on_an_island_is_no_part_of_the_sea(write: Write) -> None:
    island = shapely.Polygon(ISLANDS[1].exterior, [[(52.1, 38.1), (52.2, 38.1), (52.2, 38.2)]])
    land = FRAME.difference(shapely.Polygon(SEA.exterior))
    assert_is_the_sea(read_coast_file(write("land.json", [land, ISLANDS[0], island])))


def test_collections_are_taken_apart(write: Write) -> None:
    nested = shapely.GeometryCollection([shapely.GeometryCollection([SEA])])
    assert_is_the_sea(read_coast_file(write("coast.json", [nested])))


def test_water_in_several_polygons_is_joined(write: Write) -> None:
    halves = [
        SEA.intersection(shapely.box(44, 35, 57, 40)),
        SEA.intersection(shapely.box(44, 40, 57, 49)),
    ]
    source = read_coast_file(write("water.gpkg", halves))
    water = shapely.Polygon(source.mainland, source.islands)
    assert water.symmetric_difference(SEA).area < 1e-6


def test_lines_that_close_into_rings(write: Write) -> None:
    outer = list(SEA.exterior.coords)
    lines = [outer[:3], outer[2:], *[list(ring.coords) for ring in SEA.interiors]]
    assert_is_the_sea(read_coast_file(write("lines.shp", [shapely.LineString(line) for line in lines])))


def test_repeated_vertices_and_spikes_are_taken_out(write: Write) -> None:
    outer = list(SEA.exterior.coords)
    spiked = [outer[0], outer[0], outer[1], (48, 39), outer[1], *outer[2:]]
    assert_is_the_sea(read_coast_file(write("c.json", [shapely.Polygon(spiked, SEA.interiors)])))


def refusal(path: Path) -> str:
    with pytest.raises(CoastError) as caught:
        read_coast_file(path)
    message = str(caught.value)
    assert "\n" not in message
    assert path.name in message
    return message


def test_refuses_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert "there is no such file" in refusal(tmp_path / "none.geojson")


def test_refuses_a_folder(tmp_path: Path) -> None:
    (tmp_path / "folder.shp").mkdir()
    assert "there is no such file" in refusal(tmp_path / "folder.shp")


def test_refuses_an_unknown_ending(tmp_path: Path) -> None:
    (tmp_path / "coast.kml").write_text("<kml/>")
    assert "unknown file ending '.kml'" in refusal(tmp_path / "coast.kml")


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("content", [b"", b"\x00\xff damaged", b"[1, 2]", b'"text"'])
def test_refuses_what_cannot_be_read(tmp_path: Path, ending: str, content: bytes) -> None:
    path = tmp_path / f"coast{ending}"
    path.write_bytes(content)
    message = refusal(path)
    assert "not readable" in message or "no GeoJSON" in message


@pytest.mark.parametrize("ending", [".json", ".gpkg"])
def test_refuses_an_empty_file(write: Write, ending: str) -> None:
    assert "holds no geometry" in refusal(write(f"coast{ending}", [shapely.Polygon()]))


def test_refuses_a_collection_without_features(tmp_path: Path) -> None:
    path = tmp_path / "coast.geojson"
    path.write_text('{"type":"FeatureCollection","features":[]}')
    assert "holds no geometry" in refusal(path)


def test_refuses_a_broken_geometry(tmp_path: Path) -> None:
    path = write_geojson(tmp_path / "coast.json", '{"type":"Polygon","coordinates":[[[1,"x"]]]}')
    assert "feature 1 has no readable geometry" in refusal(path)


@pytest.mark.parametrize(
    "geometry",
    ['{"type":"LineString","coordinates":[[50,40]]}', '{"type":"MultiLineString","coordinates":[[[50,40]]]}'],
)
def test_refuses_a_line_of_one_position_in_words(tmp_path: Path, geometry: str) -> None:
    assert "one position, at least two are needed" in refusal(
        write_geojson(tmp_path / "coast.json", geometry)
    )


def test_refuses_a_self_crossing_with_its_position(write: Write) -> None:
    crossed = shapely.Polygon([(47, 45), (54, 37), (47, 37), (54, 45)])
    message = refusal(write("coast.gpkg", [crossed]))
    assert "feature 1 crosses or touches itself at 50.5" in message
    assert ", 41.0" in message


def test_a_crossing_elsewhere_on_earth_does_not_matter(write: Write) -> None:
    outer = [(0, 30), (10, 40), (10, 30), (0, 40), (0, 60), (90, 60), (90, 30)]
    land = shapely.Polygon(outer, [SEA.exterior])
    assert not land.is_valid
    assert_is_the_sea(read_coast_file(write("land.gpkg", [land, *ISLANDS])))


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_refuses_coordinates_that_are_no_numbers(tmp_path: Path, value: str) -> None:
    ring = f"[[47,45],[49,37],[{value},37],[53,46],[47,45]]"
    path = write_geojson(tmp_path / "c.json", f'{{"type":"Polygon","coordinates":[{ring}]}}')
    assert "feature 1, coordinates" in refusal(path)
    assert "are not finite numbers" in refusal(path)


def test_refuses_not_a_number_in_binary_formats(write: Write) -> None:
    ring = [(47, 45), (49, 37), (float("nan"), 37), (53, 46), (47, 45)]
    with np.errstate(invalid="ignore"):
        path = write("coast.gpkg", [shapely.Polygon(ring)])
    assert "are not finite numbers" in refusal(path)


@pytest.mark.parametrize("ending", FORMATS)
def test_refuses_metres_taken_for_degrees(write: Write, ending: str) -> None:
    message = refusal(write(f"coast{ending}", [to_crs(SEA, "EPSG:32639")]))
    assert "out of range: degrees are expected" in message


def test_refuses_coordinates_that_a_projection_cannot_have(write: Write) -> None:
    message = refusal(write("coast.gpkg", [shapely.box(1e12, 1e12, 2e12, 2e12)], "EPSG:32639"))
    assert "out of range for WGS 84 / UTM zone 39N" in message


@pytest.mark.parametrize("ending", [".shp", ".zip", ".gpkg"])
@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_refuses_a_file_without_a_reference_system(write: Write, ending: str) -> None:
    message = refusal(write(f"coast{ending}", [SEA], None))
    assert "coordinate reference system" in message
    assert "name one in it" in message


def test_refuses_an_unknown_reference_system(write: Write) -> None:
    assert "unknown coordinate reference system" in refusal(write("c.json", [SEA], "EPSG:999999"))


def test_refuses_a_file_without_the_caspian(write: Write) -> None:
    message = refusal(write("baltic.gpkg", [shapely.box(10, 54, 30, 66)]))
    assert "no Caspian Sea" in message
    assert "reaches from 10.000, 54.000 to 30.000, 66.000" in message


def test_says_when_longitude_and_latitude_look_swapped(write: Write) -> None:
    swapped = shapely.transform(SEA, lambda xy: xy[:, ::-1])
    assert "look swapped" in refusal(write("coast.json", [swapped]))


@pytest.mark.parametrize("water", [shapely.box(50.9, 39.9, 51.1, 40.1), shapely.box(20, 20, 80, 60)])
def test_refuses_water_of_an_impossible_size(write: Write, water: shapely.Polygon) -> None:
    assert "about 380,000 are expected" in refusal(write("coast.gpkg", [water]))


def test_refuses_islands_drawn_on_the_water(write: Write) -> None:
    message = refusal(write("coast.gpkg", [shapely.Polygon(SEA.exterior), ISLANDS[0]]))
    assert "feature 2 lies on the water of feature 1" in message


def test_refuses_lines_that_do_not_close(write: Write) -> None:
    line = shapely.LineString(list(SEA.exterior.coords)[:-1])
    message = refusal(write("coast.gpkg", [line]))
    assert "do not close" in message
    assert "47.0000000, 45.0000000" in message


def test_refuses_points_and_mixtures(write: Write) -> None:
    assert "feature 1 is a Point" in refusal(write("c.json", [shapely.Point(51, 40)]))
    mixed = [SEA, shapely.LineString(SEA.exterior)]
    assert "holds polygons and lines" in refusal(write("d.json", mixed))


def test_refuses_several_layers(write: Write) -> None:
    path = write("coast.gpkg", [SEA])
    pyogrio.raw.write(
        path,
        geometry=shapely.to_wkb(np.array([SEA])),
        field_data=[],
        fields=[],
        geometry_type="Polygon",
        crs="EPSG:4326",
        layer="second",
        append=True,
    )
    assert "holds 2 layers (coast, second)" in refusal(path)
