"""Routes and areas of any file that people have them in, by its ending."""

from __future__ import annotations

import sys
from pathlib import Path

import shapely

from api.batches.arrow_tables import ArrowSource, layer_source
from api.batches.choices import ending_of
from api.batches.crossings import Asked, asked_of, asked_of_table
from api.batches.csv_table import CsvSource
from api.batches.file_answers import opened
from api.batches.forms import Reading, check_layer
from api.batches.json_sources import records
from api.batches.route_layers import asked_of_layer
from api.batches.route_xml import asked_of_xml
from api.errors import BodyError, CommandError
from api.texts.json_text import read_json

_JSON = (".geojson", ".json")
_LINES = (".geojsonl", ".geojsons", ".ndjson")
_XML = (".gpx", ".kml", ".kmz", ".rtz")
_TABLES = (".csv", ".tsv", ".txt")
_LAYERS = (".gpkg", ".fgb", ".shp", ".parquet")
ROUTE_ENDINGS = (*_JSON, *_LINES, *_TABLES, *_XML, *_LAYERS, ".zip")
STANDARD_INPUT = "-"
_MOST_BYTES = 512 * 1024 * 1024  # of a file that is read whole


def asked_of_file(name: str, reading: Reading | None = None, legs: str | None = None) -> Asked:
    """What a file asks for, by its ending; ``-`` is GeoJSON on standard input.

    ``legs`` is how legs are to run in place of what an RTZ file says. Raises `CommandError`.
    """
    reading = reading or Reading()
    try:
        if name == STANDARD_INPUT:
            check_layer("", reading)
            return asked_of(read_json(sys.stdin.buffer.read()))
        path = Path(name)
        ending, packing = ending_of(path)
        _check(path, ending)
        if ending in (*_TABLES, *_LAYERS):
            with opened(name, reading) as one:
                return _of_source(one.source)
        if ending == ".zip":
            return _of_source(layer_source(path, reading.layer))
        check_layer(ending, reading)
        if packing:
            raise BodyError(f"{ending} files are read unpacked only")
        if path.stat().st_size > _MOST_BYTES:
            raise BodyError(f"it is read whole, and larger than {_MOST_BYTES:,} bytes; give it in parts")
        if ending in _LINES:
            return _of_lines(path)
        content = path.read_bytes()
        return asked_of(read_json(content)) if ending in _JSON else asked_of_xml(content, ending, legs)
    except BodyError as error:
        said = str(error).replace("the body", "the file", 1)
        raise CommandError(said if said.startswith(f"{name}: ") else f"{name}: {said}") from None


def _check(path: Path, ending: str) -> None:
    if not path.exists():
        raise CommandError(f"there is no file {str(path)!r}")
    if path.is_dir():
        raise CommandError(f"{path} is a folder; a file is needed: {', '.join(ROUTE_ENDINGS)}")
    if ending not in ROUTE_ENDINGS:
        raise CommandError(f"{path}: known are files ending in {', '.join(ROUTE_ENDINGS)}")


def _of_source(source: object) -> Asked:
    if isinstance(source, ArrowSource) and source.geometry is not None:
        found = asked_of_layer(source)
        if found is not None:
            return found
    if isinstance(source, CsvSource) and (shapes := source.shapes()) is not None:
        return _of_shapes(shapes)
    return asked_of_table(source)  # type: ignore[arg-type]


def _of_shapes(texts: list[str]) -> Asked:
    geometries = []
    for row, text in enumerate(texts, start=1):
        try:
            shape = shapely.from_wkt(text)
        except shapely.errors.ShapelyError:
            raise BodyError(f"row {row:,} below the header: {text[:80]!r} is no WKT") from None
        geometries.append(shapely.geometry.mapping(shapely.force_2d(shape)))
    return Asked(tuple(geometries), (None,) * len(geometries), len(geometries) > 1)


def _of_lines(path: Path) -> Asked:
    with path.open("rb") as file:
        features = []
        for number, record in enumerate(records(file), start=1):
            if record is None:
                raise BodyError(f"record {number:,} is too long")
            value = read_json(record, f"record {number:,}")
            is_feature = isinstance(value, dict) and value.get("type") == "Feature"
            features.append(value if is_feature else {"type": "Feature", "geometry": value})
    if len(features) == 1:
        return asked_of(features[0])
    return asked_of({"type": "FeatureCollection", "features": features})
