"""The body of a batch request: plain points or GeoJSON, in and out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from api.batch import Batch, from_pairs
from api.errors import BodyError, TooMuchError
from api.json_text import DEEPEST, depth_exceeds

_LONGITUDE_LATITUDE_CRS = ("CRS84", "EPSG::4326", "EPSG:4326")
_SHAPES = 'send {"points": [[lon, lat], ...]} or GeoJSON points'


@dataclass(frozen=True, slots=True)
class PointFeature:
    """What comes back with a GeoJSON point besides its record."""

    id: object
    properties: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PointsRequest:
    """Positions to classify; ``features`` is None where the answer is plain results."""

    batch: Batch
    features: tuple[PointFeature, ...] | None


def points_request(value: object, *, most: int) -> PointsRequest:
    """What a decoded body asks for: at most `most` points.

    Raises
    ------
    BodyError
        Neither points nor GeoJSON of points.
    TooMuchError
        More points than the limit.
    """
    if not isinstance(value, dict):
        raise BodyError(f"the body must be a JSON object; {_SHAPES}")
    if "type" in value:
        return _geojson(value, most)
    unknown = sorted(set(value) - {"points"})
    if unknown:
        raise BodyError(f"the body has the unknown name {unknown[0][:80]!r}; {_SHAPES}")
    points = value.get("points")
    if not isinstance(points, list):
        raise BodyError(f'"points" must be an array of [lon, lat] pairs; {_SHAPES}')
    _at_most(len(points), most)
    return PointsRequest(from_pairs(points), None)


def feature_collection(
    features: Sequence[PointFeature], rows: Sequence[dict[str, Any]], edition: str
) -> dict[str, Any]:
    """Records as a GeoJSON FeatureCollection of points.

    Properties that came with a point stay beside its record; where a name occurs in both, the
    record has it. A row without a position has a null geometry.
    """
    return {
        "type": "FeatureCollection",
        "edition": edition,
        "features": [_feature(feature, row) for feature, row in zip(features, rows, strict=True)],
    }


def _feature(feature: PointFeature, row: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = {"type": "Feature"}
    if feature.id is not None:
        answer["id"] = feature.id
    placed = row["lon"] is not None and row["lat"] is not None
    answer["geometry"] = {"type": "Point", "coordinates": [row["lon"], row["lat"]]} if placed else None
    answer["properties"] = {**feature.properties, **row}
    return answer


def _geojson(value: dict[str, Any], most: int) -> PointsRequest:
    refuse_other_crs(value)
    kind = value["type"]
    if kind == "FeatureCollection":
        features = value.get("features")
        if not isinstance(features, list):
            raise BodyError('a FeatureCollection needs an array "features"')
    elif kind == "Feature":
        features = [value]
    else:
        features = [{"type": "Feature", "geometry": value, "properties": None}]
    pairs: list[object] = []
    carried: list[PointFeature] = []
    for number, feature in enumerate(features):
        where = f"feature {number}: " if kind == "FeatureCollection" else ""
        _add_feature(feature, where, pairs, carried)
        _at_most(len(pairs), most)
    return PointsRequest(from_pairs(pairs), tuple(carried))


def _add_feature(feature: object, where: str, pairs: list[object], carried: list[PointFeature]) -> None:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise BodyError(f"{where}not a GeoJSON Feature")
    properties = feature.get("properties") or {}
    if not isinstance(properties, dict):
        raise BodyError(f"{where}properties must be an object")
    identity = feature.get("id")
    if depth_exceeds(properties) or depth_exceeds(identity):
        raise BodyError(f"{where}properties are nested deeper than {DEEPEST} levels")
    geometry = feature.get("geometry")
    if geometry is None:
        pairs.append(None)
        carried.append(PointFeature(identity, properties))
        return
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Point", "MultiPoint"):
        kind = geometry.get("type") if isinstance(geometry, dict) else None
        shown = repr(kind)[:80] if kind is not None else "something else"
        raise BodyError(f"{where}only Point and MultiPoint are classified, this is {shown}")
    coordinates = geometry.get("coordinates")
    if geometry["type"] == "Point":
        pairs.append(coordinates)
        carried.append(PointFeature(identity, properties))
        return
    if not isinstance(coordinates, list):
        raise BodyError(f"{where}a MultiPoint needs an array of positions")
    # Each position of a MultiPoint is answered alone; no id may occur twice, so it is left out.
    pairs.extend(coordinates)
    carried.extend(PointFeature(None, properties) for _ in coordinates)


def refuse_other_crs(value: dict[str, Any]) -> None:
    """Only WGS84 longitude and latitude is read; an old `crs` member may say so, nothing else."""
    crs = value.get("crs")
    if crs is None:
        return
    name = crs.get("properties", {}) if isinstance(crs, dict) else {}
    name = name.get("name") if isinstance(name, dict) else None
    if not isinstance(name, str) or not name.upper().endswith(_LONGITUDE_LATITUDE_CRS):
        raise BodyError("GeoJSON is read in WGS84 longitude and latitude only; this one names another")


def _at_most(count: int, most: int) -> None:
    if count > most:
        raise TooMuchError(
            f"more than {most:,} points in one request; send them in parts",
            limit=most,
            unit="points",
        )
