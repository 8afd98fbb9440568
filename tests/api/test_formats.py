"""Every format of every collection of the default edition, read back by readers that are not ours."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import io
import json
import os
import re
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import fastkml
import geopandas
import numpy as np
import pyarrow.parquet as pq
import pyogrio
import pyproj
import pytest
import shapely
from lxml import etree

from api.collections.formats import FORMATS, format_of
from api.collections.formats.shapefile import short_name
from api.collections.names import ALL, Download, downloads
from api.collections.properties import SHAPES
from zones.atlas.features import Collection
from zones.editions.store import Edition, Store

ROOT = Path(__file__).parents[2]
KML = "{http://www.opengis.net/kml/2.2}"
STYLE = "qml"
SPATIAL = [one.id for one in FORMATS if one.only is None and one.id != STYLE]
COLLECTIONS = list(SHAPES)
GEOD = pyproj.Geod(ellps="WGS84")


@dataclass
class Table:
    """What a reader found: properties and geometries by id, in the order of the file."""

    properties: dict[str, dict[str, Any]]
    geometries: dict[str, Any]

    @cached_property
    def ordered(self) -> dict[str, Any]:
        """Geometries with their parts and vertices in an order that does not depend on the file."""
        return {identity: shapely.normalize(geometry) for identity, geometry in self.geometries.items()}

    @cached_property
    def sizes(self) -> dict[str, tuple[float, float]]:
        """Geodesic area and perimeter. [m2, m]"""
        found = {}
        for identity, geometry in self.geometries.items():
            area, length = GEOD.geometry_area_perimeter(geometry)
            found[identity] = abs(area), length
        return found


@pytest.fixture(scope="module")
def edition(real_store: Store) -> Edition:
    return real_store.edition("osm")


@pytest.fixture(scope="module")
def files(edition: Edition, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    folder = tmp_path_factory.mktemp("files")
    written = {}
    for one in downloads(edition.collections):
        one.write(edition, folder / one.name)
        written[one.name] = folder / one.name
    assert {path.name for path in folder.iterdir()} == set(written)  # and nothing beside
    return written


@pytest.fixture(scope="module")
def truth(edition: Edition) -> Mapping[str, Table]:
    return {
        name: Table(
            {one.id: {"id": one.id, **one.properties} for one in collection.features},
            {one.id: _many(one.geometry) for one in collection.features},
        )
        for name, collection in edition.collections.items()
    }


def test_everything_is_offered(edition: Edition) -> None:
    names = [one.name for one in downloads(edition.collections)]
    assert list(edition.collections) == COLLECTIONS
    tables = [f"{name}.csv" for name in ("limits", "boundaries", "sector_boundaries")]
    assert sorted(names) == sorted(
        [f"{name}.{ending}" for name in COLLECTIONS for ending in (*SPATIAL, STYLE)] + tables + ["all.gpkg"]
    )


@pytest.mark.parametrize("collection", COLLECTIONS)
@pytest.mark.parametrize("ending", SPATIAL)
def test_read_back(
    files: Mapping[str, Path], truth: Mapping[str, Table], ending: str, collection: str
) -> None:
    found = READERS[ending](files[f"{collection}.{ending}"], collection)
    assert_same(found, truth[collection], in_order=ending != "fgb")
    for geometry in found.geometries.values():
        for part in shapely.get_parts(geometry):
            if part.geom_type == "Polygon":  # shapefiles turn the other way
                assert shapely.is_ccw(part.exterior) is np.bool_(ending != "zip")


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_layers_of_the_whole_geopackage(
    files: Mapping[str, Path], truth: Mapping[str, Table], collection: str
) -> None:
    assert_same(_frame(files["all.gpkg"], collection), truth[collection])


def assert_same(found: Table, true: Table, *, in_order: bool = True) -> None:
    assert set(found.properties) == set(true.properties)
    if in_order:
        assert list(found.properties) == list(true.properties)
    assert found.properties == true.properties
    assert shapely.is_valid(list(found.geometries.values())).all()
    for identity, (area, length) in true.sizes.items():
        assert shapely.equals_exact(found.ordered[identity], true.ordered[identity], tolerance=1e-7)
        assert found.sizes[identity] == pytest.approx((area, length), rel=1e-7)
        told = true.properties[identity].get("area_km2", area / 1e6)
        assert area / 1e6 == pytest.approx(told, rel=1e-7, abs=1e-6)  # told in 6 decimals


def _many(geometry: Any) -> Any:
    if hasattr(geometry, "geoms"):
        return geometry
    many = shapely.MultiPolygon if geometry.geom_type == "Polygon" else shapely.MultiLineString
    return many([geometry])


# Readers


def _features(features: list[dict[str, Any]]) -> Table:
    return Table(
        {one["id"]: {"id": one["id"], **one["properties"]} for one in features},
        {one["id"]: _many(shapely.from_geojson(json.dumps(one["geometry"]))) for one in features},
    )


def _geojson(path: Path, _collection: str) -> Table:
    return _features(json.loads(path.read_text(encoding="utf-8"))["features"])


def _sequence(path: Path, _collection: str) -> Table:
    first, *texts = path.read_bytes().split(b"\x1e")
    assert first == b""
    assert all(text.endswith(b"\n") for text in texts)
    return _features([json.loads(text) for text in texts])


def _lines(path: Path, _collection: str) -> Table:
    return _features([json.loads(line) for line in path.read_bytes().splitlines()])


def _frame(path: Path | str, layer: str) -> Table:
    frame = pyogrio.read_dataframe(path, layer=layer)
    assert frame.crs.to_epsg() == 4326
    rows = frame.drop(columns="geometry").astype(object).to_dict("records")
    return Table(
        {row["id"]: {name: _plain(value) for name, value in row.items()} for row in rows},
        {row["id"]: _many(geometry) for row, geometry in zip(rows, frame.geometry, strict=True)},
    )


def _plain(value: Any) -> Any:
    if value is None or value != value:
        return None
    return value.item() if hasattr(value, "item") else value


def _shapefile(path: Path, collection: str) -> Table:
    found = _frame(f"/vsizip/{path}/{collection}.shp", collection)
    with zipfile.ZipFile(path) as archive:
        names = {row["shapefile"]: row["name"] for row in _rows(archive, "fields.csv")}
        texts = _rows(archive, "texts.csv") if "texts.csv" in archive.namelist() else []
    properties = {
        identity: {names[short]: value for short, value in row.items()}
        for identity, row in found.properties.items()
    }
    for row in texts:
        cut = properties[row["id"]][row["name"]]
        assert cut.endswith("…")
        assert row["text"].startswith(cut[:-1])
        properties[row["id"]][row["name"]] = row["text"]
    return Table(properties, found.geometries)


def _rows(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read(name).decode())))


def _parquet(path: Path, _collection: str) -> Table:
    rows = pq.read_table(path).to_pylist()
    properties, geometries = {}, {}
    for row in rows:
        geometry, box = shapely.from_wkb(row.pop("geometry")), row.pop("bbox")
        assert tuple(box[name] for name in ("xmin", "ymin", "xmax", "ymax")) == geometry.bounds
        properties[row["id"]], geometries[row["id"]] = row, geometry
    return Table(properties, geometries)


def _kml(path: Path, _collection: str) -> Table:
    document = etree.parse(path).getroot().find(f"{KML}Document")
    casts = {"string": str, "double": float, "bool": lambda text: {"1": True, "0": False}[text]}
    types = {one.get("name"): casts[one.get("type")] for one in document.iter(f"{KML}SimpleField")}
    styles = {f"#{one.get('id')}" for one in document.iter(f"{KML}Style")}
    properties: dict[str, dict[str, Any]] = {}
    geometries = {}
    for placemark in document.iter(f"{KML}Placemark"):
        values = {one.get("name"): one.text for one in placemark.iter(f"{KML}SimpleData")}
        identity = values["id"]
        assert placemark.get("id") == identity
        assert placemark.findtext(f"{KML}name") == values["name"]
        assert placemark.findtext(f"{KML}styleUrl") in styles
        properties[identity] = {name: types[name](values[name]) if name in values else None for name in types}
        many = placemark.find(f"{KML}MultiGeometry")
        lines = [shapely.LineString(_coordinates(one)) for one in many.findall(f"{KML}LineString")]
        areas = [
            shapely.Polygon(
                _coordinates(one.find(f"{KML}outerBoundaryIs")),
                [_coordinates(hole) for hole in one.findall(f"{KML}innerBoundaryIs")],
            )
            for one in many.findall(f"{KML}Polygon")
        ]
        geometries[identity] = shapely.MultiLineString(lines) if lines else shapely.MultiPolygon(areas)
    return Table(properties, geometries)


def _coordinates(element: Any) -> list[list[float]]:
    (text,) = [one.text for one in element.iter(f"{KML}coordinates")]
    return [[float(value) for value in pair.split(",")] for pair in text.split()]


READERS = {
    "geojson": _geojson,
    "geojsons": _sequence,
    "geojsonl": _lines,
    "gpkg": _frame,
    "fgb": _frame,
    "kml": _kml,
    "zip": _shapefile,
    "parquet": _parquet,
}


# Each format by itself


@pytest.mark.parametrize("collection", ["installations", "boundaries"])
def test_fastkml_reads_the_kml(
    files: Mapping[str, Path], truth: Mapping[str, Table], collection: str
) -> None:
    document = fastkml.KML.parse(files[f"{collection}.kml"]).features[0]
    found = {one.id: shapely.from_wkt(one.geometry.wkt) for one in document.features}
    assert list(found) == list(truth[collection].geometries)
    for identity, geometry in found.items():
        expected = truth[collection].ordered[identity]
        assert shapely.equals_exact(shapely.normalize(_many(geometry)), expected, tolerance=1e-7)


@pytest.mark.parametrize("ending", ["geojson", "geojsons", "geojsonl", "kml"])
def test_gdal_reads_the_text_formats(
    files: Mapping[str, Path], truth: Mapping[str, Table], ending: str
) -> None:
    for collection in COLLECTIONS:
        info = pyogrio.read_info(files[f"{collection}.{ending}"])
        assert info["features"] == len(truth[collection].properties)
        assert "id" in info["fields"]


def test_elements_of_kml_stand_in_the_order_of_the_standard(files: Mapping[str, Path]) -> None:
    document = etree.parse(files["zones.kml"]).getroot()[0]
    order = ["name", "description", "styleUrl", "Style", "ExtendedData", "Schema", "Placemark"]
    for element, parts in ((document, order), (document[-1], [*order[:5], "MultiGeometry"])):
        places = [parts.index(child.tag.removeprefix(KML)) for child in element]
        assert places == sorted(places)
    identities = [one.get("id") for one in document.iter() if one.get("id")]
    assert len(identities) == len(set(identities))
    assert all(re.fullmatch(r"[A-Za-z_][\w.-]*", one) for one in identities)


def test_geopackages_are_sound(files: Mapping[str, Path]) -> None:
    for name in [f"{one}.gpkg" for one in (*COLLECTIONS, ALL)]:
        base = sqlite3.connect(files[name])
        assert base.execute("PRAGMA application_id").fetchone() == (0x47504B47,)
        assert base.execute("PRAGMA user_version").fetchone() == (10300,)
        assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert base.execute("PRAGMA foreign_key_check").fetchall() == []
        layers = [row[0] for row in base.execute("SELECT table_name FROM gpkg_contents ORDER BY rowid")]
        drawn = COLLECTIONS if name == "all.gpkg" else [name.removesuffix(".gpkg")]
        assert layers == [*drawn, "layer_styles"]
        styles = dict(base.execute("SELECT f_table_name, styleQML FROM layer_styles WHERE useAsDefault"))
        assert styles == {one: files[f"{one}.qml"].read_text("utf-8") for one in drawn}
        base.close()


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_styles_draw_every_value_that_there_is(files: Mapping[str, Path], collection: str) -> None:
    root = etree.parse(files[f"{collection}.qml"]).getroot()
    assert root.tag == "qgis"
    assert etree.parse(files[f"{collection}.qml"]).docinfo.root_name == "qgis"
    renderer = root.find("renderer-v2")
    drawn = {one.get("value"): one.get("symbol") for one in renderer.iter("category")}
    assert list(drawn.values()) == [one.get("name") for one in renderer.iter("symbol")]
    shape = SHAPES[collection].named(renderer.get("attr"))
    if shape is None:
        assert collection == "zones"
        assert len(drawn) == 3 * 5 + 1
    else:
        assert set(drawn) >= set(shape.words) - {"computed"}


def test_geoparquet_says_what_it_is(files: Mapping[str, Path]) -> None:
    geo = json.loads(pq.read_metadata(files["zones.parquet"]).metadata[b"geo"])
    column = geo["columns"]["geometry"]
    assert (geo["version"], geo["primary_column"]) == ("1.1.0", "geometry")
    assert (column["encoding"], column["geometry_types"]) == ("WKB", ["MultiPolygon"])
    assert column["orientation"] == "counterclockwise"
    assert "crs" not in column  # which is OGC:CRS84
    frame = geopandas.read_parquet(files["zones.parquet"])
    assert str(frame.crs) == "OGC:CRS84"
    assert column["bbox"] == frame.total_bounds.tolist()
    near = geopandas.read_parquet(files["zones.parquet"], bbox=(50.0, 36.0, 51.0, 36.9))
    assert {"territorial_waters-IRN"} <= set(near["id"]) < set(frame["id"])


def test_names_in_shapefiles_are_documented_and_unique() -> None:
    documented = dict(
        re.findall(r"^\| `(\w+)` \| `(\w+)` \|$", (ROOT / "docs/formats.md").read_text("utf-8"), re.MULTILINE)
    )
    shortened = {}
    for shape in SHAPES.values():
        names = ["id", *(one.name for one in shape.properties)]
        assert len({short_name(name) for name in names}) == len(names)
        shortened.update({name: short_name(name) for name in names if short_name(name) != name})
    assert documented == shortened


def test_parts_of_a_shapefile(files: Mapping[str, Path], edition: Edition) -> None:
    with zipfile.ZipFile(files["installations.zip"]) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert [Path(name).suffix for name in names[:5]] == [".shp", ".shx", ".dbf", ".prj", ".cpg"]
        assert names[5:] == ["README.txt", "LICENSE.txt", "metadata.json", "fields.csv", "texts.csv"]
        assert archive.read("installations.cpg") == b"UTF-8"
        assert b"WGS_1984" in archive.read("installations.prj")
        assert tuple(archive.read("installations.dbf")[1:4]) == (80, 1, 1)  # no date of making
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert json.loads(archive.read("metadata.json")) == json.loads(json.dumps(edition.metadata))
        readme = archive.read("README.txt").decode()
        assert "texts.csv" in readme
        assert edition.metadata["licence"] in archive.read("LICENSE.txt").decode()
        assert_told(readme, edition)


def assert_told(text: str, edition: Edition) -> None:
    assert edition.name in text
    assert edition.metadata["attribution"] in text
    assert edition.metadata["licence"] in text
    assert "Not for navigation; not a legal title" in text


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_every_file_tells_whence_it_comes(
    files: Mapping[str, Path], edition: Edition, collection: str
) -> None:
    plain = json.loads(json.dumps(edition.metadata))

    def told(values: Mapping[str, str]) -> None:
        assert_told(json.dumps(values, ensure_ascii=False), edition)
        assert json.loads(values["metadata"]) == plain

    whole = json.loads(files[f"{collection}.geojson"].read_bytes())
    assert whole["metadata"] == plain
    assert_told(json.dumps(whole | {"features": []}, ensure_ascii=False), edition)
    for ending in ("geojsons", "geojsonl"):
        for line in files[f"{collection}.{ending}"].read_text(encoding="utf-8").rstrip("\n").split("\n"):
            assert_told(line, edition)
    told(pyogrio.read_info(files[f"{collection}.gpkg"], layer=collection)["dataset_metadata"])
    told(pyogrio.read_info(files["all.gpkg"], layer=collection)["dataset_metadata"])
    told(pyogrio.read_info(files[f"{collection}.fgb"])["layer_metadata"])
    parquet = pq.read_metadata(files[f"{collection}.parquet"]).metadata
    told({name.decode(): value.decode() for name, value in parquet.items()})
    document = etree.parse(files[f"{collection}.kml"]).getroot()[0]
    assert_told(document.findtext(f"{KML}description"), edition)
    told({one.get("name"): one.findtext(f"{KML}value") for one in document.iter(f"{KML}Data")})
    with zipfile.ZipFile(files[f"{collection}.zip"]) as archive:
        assert_told(archive.comment.decode(), edition)


@pytest.mark.whole
def test_the_same_edition_gives_the_same_bytes_elsewhere(
    files: Mapping[str, Path], real_store: Store, tmp_path: Path
) -> None:
    program = (
        "import sys; from pathlib import Path; from zones.editions.store import Store\n"
        "from api.collections.names import downloads\n"
        "edition = Store(Path(sys.argv[1])).edition('osm')\n"
        "for one in reversed(downloads(edition.collections)):\n"
        "    one.write(edition, Path(sys.argv[2]) / one.name)"
    )
    subprocess.run(
        [sys.executable, "-c", program, str(real_store.folder), str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "TZ": "Asia/Baku", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
        check=True,
        timeout=300,
    )
    hashes = {name: hashlib.sha256(path.read_bytes()).digest() for name, path in files.items()}
    assert hashes == {path.name: hashlib.sha256(path.read_bytes()).digest() for path in tmp_path.iterdir()}


@pytest.mark.parametrize("collection", ["installations", "boundaries"])
@pytest.mark.parametrize("ending", SPATIAL)
def test_an_empty_collection(edition: Edition, tmp_path: Path, ending: str, collection: str) -> None:
    full = edition.collections[collection]
    bare: Collection = dataclasses.replace(full, features=())
    path = tmp_path / f"{collection}.{ending}"
    format_of(ending).write(edition, [bare], path)
    assert READERS[ending](path, collection).properties == {}
    if ending in ("gpkg", "fgb", "parquet"):
        names = pq.read_schema(path).names if ending == "parquet" else pyogrio.read_info(path)["fields"]
        assert set(names) >= {"id", *(one.name for one in SHAPES[collection].properties)}


def test_texts_that_xml_and_csv_must_escape(edition: Edition, tmp_path: Path) -> None:
    full = edition.collections["boundaries"]
    odd = 'a<b> & "c",\n\x07 é 水 ' + "ü" * 200
    first = dataclasses.replace(full.features[0], properties={**full.features[0].properties, "name": odd})
    changed = dataclasses.replace(full, features=(first,))
    for ending in SPATIAL:
        path = tmp_path / f"boundaries.{ending}"
        format_of(ending).write(edition, [changed], path)
        (row,) = READERS[ending](path, "boundaries").properties.values()
        assert row["name"] == (odd.replace("\x07", "\ufffd") if ending == "kml" else odd)


def test_turning_points_are_the_table(files: Mapping[str, Path], edition: Edition) -> None:
    for collection in ("limits", "boundaries", "sector_boundaries"):
        with files[f"{collection}.csv"].open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        points = edition.turning_points(collection)
        assert len(rows) == len(points) > 10
        assert {row["feature"] for row in rows} == {row["feature"] for row in points}
        lon = np.array([float(row["lon"]) for row in rows])
        assert np.abs(lon - [row["lon"] for row in points]).max() < 1e-9


def test_a_download_is_of_one_collection_or_all(edition: Edition) -> None:
    assert [one.id for one in Download(ALL, format_of("gpkg")).collections(edition)] == COLLECTIONS
    assert [one.id for one in Download("zones", format_of("fgb")).collections(edition)] == ["zones"]
