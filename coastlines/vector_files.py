"""Reading of a user's vector file: GeoJSON, GeoPackage or shapefile, as positions on WGS84."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from pyproj.exceptions import CRSError
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from coastlines.errors import CoastlinesError
from coastlines.gdal import NotReadableError, load_pyogrio, name_for_gdal

__all__ = ["VectorFeature", "VectorFile", "read_vector_file"]

_GEOJSON_ENDINGS = (".geojson", ".json")
_OTHER_ENDINGS = (".gpkg", ".shp", ".zip")
_FORMATS = "GeoJSON (.geojson, .json), GeoPackage (.gpkg) or shapefile (.shp, .zip)"
_SIDECARS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_WGS84 = "OGC:CRS84"


@dataclass(frozen=True, slots=True)
class VectorFeature:
    """One feature of a file."""

    number: int  # its place in the file, from 1
    geometry: BaseGeometry  # longitude and latitude on WGS84 [deg]
    properties: dict[str, Any]  # as in the file


@dataclass(frozen=True, slots=True)
class VectorFile:
    """All features of a file that have a geometry, the file's sha256 and its reference system."""

    features: tuple[VectorFeature, ...]
    sha256: str
    crs: str
    without_geometry: tuple[int, ...]  # numbers of the features that have none


def read_vector_file(path: Path, error: type[CoastlinesError]) -> VectorFile:
    """Read a file and bring its positions to longitude and latitude on WGS84.

    Args:
        path: GeoJSON, GeoPackage or shapefile, which may be zipped.
        error: What to raise.

    Returns:
        At least one feature, all coordinates finite and on the earth. [deg]

    Raises `CoastlinesError`: of the type `error`: the file is not there, of no known format, damaged, empty,
    without a coordinate reference system, or holds coordinates that are no numbers or out of range.

    Notes:
        Vertices are transformed, not the edges between them: what joins two vertices is the
        geodesic, whatever projection the file is in.
    """
    ending = path.suffix.lower()
    if ending not in (*_GEOJSON_ENDINGS, *_OTHER_ENDINGS):
        raise error(f"{path.name or path}: unknown file ending {path.suffix!r}, give {_FORMATS}")
    if not path.is_file():
        raise error(f"{path}: there is no such file, give {_FORMATS}")
    try:
        digest = _sha256(path)
    except OSError as problem:
        raise error(f"{path}: cannot be read ({_one_line(problem)})") from problem
    read = _read_geojson if ending in _GEOJSON_ENDINGS else _read_with_gdal
    geometries, properties, crs = read(path, error)
    features = tuple(
        VectorFeature(number, geometry, record)
        for number, (geometry, record) in enumerate(zip(geometries, properties, strict=True), 1)
        if geometry is not None and not geometry.is_empty
    )
    if not features:
        raise error(f"{path.name}: holds no geometry")
    bare = set(range(1, len(geometries) + 1)).difference(feature.number for feature in features)
    system = _reference_system(path, crs, error)
    transformed = _transformed(path, features, system, error)
    return VectorFile(transformed, digest, system.to_string(), tuple(sorted(bare)))


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    files = [path]
    if path.suffix.lower() == ".shp":
        files = [file for ending in _SIDECARS if (file := path.with_suffix(ending)).is_file()]
        files = files or [path]
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _read_geojson(
    path: Path, error: type[CoastlinesError]
) -> tuple[list[BaseGeometry | None], list[dict[str, Any]], str | None]:
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, OSError, RecursionError) as problem:
        raise error(f"{path.name}: is not readable as GeoJSON ({_one_line(problem)})") from problem
    kind = document.get("type") if isinstance(document, dict) else None
    if kind == "FeatureCollection" and isinstance(document.get("features"), list):
        members = document["features"]
    elif kind == "Feature":
        members = [document]
    elif isinstance(kind, str) and ("coordinates" in document or "geometries" in document):
        members = [{"type": "Feature", "geometry": document}]
    else:
        raise error(f"{path.name}: is JSON but no GeoJSON, a FeatureCollection is expected")
    geometries: list[BaseGeometry | None] = []
    properties: list[dict[str, Any]] = []
    for number, member in enumerate(members, start=1):
        try:
            shape = member.get("geometry")
            if _has_line_of_one(shape):
                raise ValueError("a line has one position, at least two are needed")
            with np.errstate(invalid="ignore"):  # no number is refused later, with its place
                geometries.append(None if shape is None else shapely.geometry.shape(shape))
            properties.append(dict(member.get("properties") or {}))
        except (
            ShapelyError,
            ValueError,
            TypeError,
            KeyError,
            AttributeError,
            IndexError,
        ) as problem:
            raise error(
                f"{path.name}: feature {number} has no readable geometry ({_one_line(problem)})"
            ) from problem
    try:
        crs = document["crs"]["properties"]["name"] if document.get("crs") else _WGS84
    except (TypeError, KeyError) as problem:
        raise error(f'{path.name}: its "crs" has no properties.name, leave it out') from problem
    return geometries, properties, str(crs)


def _has_line_of_one(shape: Any) -> bool:
    if not isinstance(shape, dict) or shape.get("type") not in ("LineString", "MultiLineString"):
        return False
    lines = [shape.get("coordinates")] if shape["type"] == "LineString" else shape.get("coordinates")
    return isinstance(lines, list) and any(isinstance(line, list) and len(line) == 1 for line in lines)


def _read_with_gdal(
    path: Path, error: type[CoastlinesError]
) -> tuple[list[BaseGeometry | None], list[dict[str, Any]], str | None]:
    pyogrio = load_pyogrio()
    unreadable = (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError)
    try:
        name = name_for_gdal(path)
        layers = [str(layer) for layer, kind in pyogrio.list_layers(name) if kind is not None]
        if len(layers) > 1:
            raise error(f"{path.name}: holds {len(layers)} layers ({', '.join(layers)}), one is expected")
        if not layers:
            raise error(f"{path.name}: holds no layer with geometries")
        meta, _, binaries, columns = pyogrio.raw.read(name, layer=layers[0], force_2d=True)
        with np.errstate(invalid="ignore"):
            geometries = list(shapely.from_wkb(binaries))
    except (*unreadable, NotReadableError, OSError, ShapelyError, UnicodeDecodeError) as problem:
        raise error(f"{path.name}: is not readable as {_FORMATS} ({_one_line(problem)})") from problem
    fields = [str(field) for field in meta["fields"]]
    properties = [
        {field: column[row] for field, column in zip(fields, columns, strict=True)}
        for row in range(len(geometries))
    ]
    return geometries, properties, meta["crs"]


def _reference_system(path: Path, crs: str | None, error: type[CoastlinesError]) -> pyproj.CRS:
    remedy = "name one in it (a shapefile has a .prj file beside it for that)"
    if not crs:
        raise error(f"{path.name}: says no coordinate reference system, {remedy}")
    try:
        system = pyproj.CRS.from_user_input(crs)
    except CRSError as problem:
        raise error(f"{path.name}: unknown coordinate reference system {crs[:60]!r}, {remedy}") from problem
    # "Undefined" is what GeoPackage calls its two systems for "not known".
    if system.is_engineering or system.name.lower().startswith(("undefined", "unknown engineer")):
        raise error(f"{path.name}: its coordinate reference system is undefined, {remedy}")
    return system


def _transformed(
    path: Path,
    features: Sequence[VectorFeature],
    system: pyproj.CRS,
    error: type[CoastlinesError],
) -> tuple[VectorFeature, ...]:
    transformer = pyproj.Transformer.from_crs(system, _WGS84, always_xy=True)

    def to_wgs84(feature: VectorFeature) -> VectorFeature:
        def refuse(bad: NDArray[np.bool_], before: NDArray[np.float64], what: str) -> None:
            if bad.any():
                x, y = before[np.argmax(bad)]
                raise error(f"{path.name}: feature {feature.number}, coordinates {x:.10g}, {y:.10g} {what}")

        before = shapely.get_coordinates(feature.geometry)
        refuse(~np.isfinite(before).all(axis=1), before, "are not finite numbers")
        allowed = "are out of range"
        if system.is_geographic:
            allowed += ": degrees are expected, longitude from -180 to 180, latitude from -90 to 90"
            refuse((np.abs(before) > (180.0, 90.0)).any(axis=1), before, allowed)
        after = np.column_stack(transformer.transform(before[:, 0], before[:, 1]))
        refuse(
            ~np.isfinite(after).all(axis=1) | (np.abs(after) > (180.0, 90.0)).any(axis=1),
            before,
            f"{allowed.split(':')[0]} for {system.name}",
        )
        moved = shapely.set_coordinates(shapely.force_2d(feature.geometry), after)
        return VectorFeature(feature.number, moved, feature.properties)

    return tuple(map(to_wgs84, features))


def _one_line(problem: BaseException) -> str:
    return " ".join(str(problem).split())[:200]
