"""Points in JSON: ``{"points": ...}`` and GeoJSON, whole or feature by feature."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from api.batches.batch import Batch, from_pairs
from api.batches.chunks import CELL_BYTES, Chunk, Nothing, OwnColumn, Survey, Things, cut
from api.errors import BodyError, TooMuchError
from api.texts.json_text import DEEPEST, depth_exceeds, json_bytes

_LONGITUDE_LATITUDE_CRS = ("CRS84", "EPSG::4326", "EPSG:4326")
_LONGEST_REPEATED_ID = 200  # characters
_FEATURE_NEEDED = "a GeoJSON Feature with a Point is needed"
_SHAPES = 'send {"points": [[lon, lat], ...]} or GeoJSON points'


@dataclass(slots=True)
class Document:
    """All positions of one JSON text; ``things`` is None where they came alone.

    ``weights`` tells of every row what its id and properties become beyond what came in [byte];
    ``width`` how many columns a table of them has.
    """

    batch: Batch
    things: Things | None
    weights: Sequence[int]
    width: int = 0
    positions: str = "alone"

    def own_columns(self) -> tuple[OwnColumn, ...]:
        """The properties that occur."""
        survey = Survey()
        survey.add(Chunk(self.batch, self.things or Nothing(len(self.batch))))
        self.width = len(survey.columns)
        return survey.columns

    def chunks(self) -> Iterator[Chunk]:
        """All rows in their order."""
        cells = self.width * CELL_BYTES
        for part in cut([weight + cells for weight in self.weights] if cells else self.weights):
            batch = self.batch.part(part)
            things = self.things
            own = Nothing(len(batch)) if things is None else Things(things.ids[part], things.properties[part])
            yield Chunk(batch, own)


def read_document(value: object, *, most: int | None = None) -> Document:
    """The positions of a decoded JSON text: at most `most` of them.

    Features of a FeatureCollection that are no points get an error in their place.

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
    return Document(from_pairs(points), None, bytes(len(points)))


@dataclass(slots=True)
class FeatureRows:
    """Rows gathered feature by feature, at most `most`; a bad one keeps its place with its error."""

    most: int | None = None
    pairs: list[object] = field(default_factory=list)
    ids: list[object] = field(default_factory=list)
    properties: list[dict[str, Any]] = field(default_factory=list)
    weights: list[int] = field(default_factory=list)  # as those of a `Document`
    errors: dict[int, str] = field(default_factory=lambda: {})

    def __len__(self) -> int:
        return len(self.pairs)

    def add(self, value: object) -> None:
        """A decoded Feature or geometry.

        Raises
        ------
        BodyError
            It is no Point or MultiPoint; nothing is added.
        TooMuchError
        """
        identity, properties, geometry = _parts(value)
        if geometry is None:
            self._row(None, identity, properties)
        elif geometry["type"] == "Point":
            self._row(geometry.get("coordinates"), identity, properties)
        else:
            coordinates = geometry.get("coordinates")
            if not isinstance(coordinates, list):
                raise BodyError("a MultiPoint needs an array of positions")
            if not coordinates:
                self.add_bad("the MultiPoint is empty", value)
            _at_most(len(self) + len(coordinates), self.most)
            # Each position of a MultiPoint is answered alone, with a copy of all; no id may occur twice.
            alone = len(coordinates) == 1
            weight = 0 if alone else len(json_bytes(properties))
            if isinstance(identity, str) and len(identity) > _LONGEST_REPEATED_ID and not alone:
                raise BodyError(f"the id of a MultiPoint has at most {_LONGEST_REPEATED_ID} characters")
            for number, position in enumerate(coordinates, start=1):
                own = identity if identity is None or alone else f"{identity}-{number}"
                self._row(position, own, properties, weight)

    def add_bad(self, error: str, value: object = None) -> None:
        """A row with an error; id and properties of a Feature stay with it where they can be read."""
        self.errors[len(self)] = error
        feature = value if isinstance(value, Mapping) and value.get("type") == "Feature" else {}
        identity, properties = feature.get("id"), feature.get("properties")
        readable = isinstance(properties, dict) and not depth_exceeds(properties)
        self._row(
            None,
            identity if _is_id(identity) else None,
            properties if isinstance(properties, dict) and readable else {},
        )

    def document(self, width: int = 0) -> Document:
        """All that was gathered, to be written in a table of so many columns, if any."""
        batch = from_pairs(self.pairs)
        batch.errors.update(self.errors)
        return Document(batch, Things(self.ids, self.properties), self.weights, width, "points")

    def _row(self, pair: object, identity: object, properties: dict[str, Any], weight: int = 0) -> None:
        self.pairs.append(pair)
        self.ids.append(identity)
        self.properties.append(properties)
        self.weights.append(weight)


def _geojson(value: dict[str, Any], most: int | None) -> Document:
    refuse_other_crs(value)
    rows = FeatureRows(most)
    if value["type"] != "FeatureCollection":
        rows.add(value)
        _at_most(len(rows), most)
        return rows.document()
    features = value.get("features")
    if not isinstance(features, list):
        raise BodyError('a FeatureCollection needs an array "features"')
    for feature in features:
        try:
            if not isinstance(feature, dict) or feature.get("type") != "Feature":
                raise BodyError(_FEATURE_NEEDED)
            rows.add(feature)
        except BodyError as error:
            rows.add_bad(str(error), feature)
        _at_most(len(rows), most)
    return rows.document()


def _parts(value: object) -> tuple[object, dict[str, Any], dict[str, Any] | None]:
    """Id, kept properties and geometry of a Feature, or of a geometry alone."""
    if not isinstance(value, dict) or "type" not in value:
        raise BodyError(_FEATURE_NEEDED)
    identity: object = None
    properties: Any = {}
    geometry: Any = value
    if value.get("type") == "Feature":
        identity, properties, geometry = value.get("id"), value.get("properties"), value.get("geometry")
        properties = {} if properties is None else properties
    if not isinstance(properties, dict):
        raise BodyError("properties must be an object")
    if depth_exceeds(properties):
        raise BodyError(f"properties are nested deeper than {DEEPEST} levels")
    if not _is_id(identity):
        raise BodyError("an id is a text or a finite number")
    if _has_infinite(properties):
        raise BodyError("a number in the properties is larger than a number can be here (as 1e400)")
    if geometry is not None and (
        not isinstance(geometry, dict) or geometry.get("type") not in ("Point", "MultiPoint")
    ):
        kind = geometry.get("type") if isinstance(geometry, dict) else None
        shown = repr(kind)[:80] if kind is not None else "something else"
        raise BodyError(f"only Point and MultiPoint are classified, this is {shown}")
    return identity, properties, geometry


def _is_id(value: object) -> bool:
    """Whether a feature may have this id (RFC 7946, 3.2), or has none."""
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or (isinstance(value, (str, int)) and not isinstance(value, bool))


def _has_infinite(value: Any) -> bool:
    """Whether a number in a value, which is not nested deep, was too large to be read."""
    if isinstance(value, float):
        return math.isinf(value)
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(map(_has_infinite, inner))


def refuse_other_crs(value: dict[str, Any]) -> None:
    """Only WGS84 longitude and latitude is read; an old `crs` member may say so, nothing else."""
    crs = value.get("crs")
    if crs is None:
        return
    name = crs.get("properties", {}) if isinstance(crs, dict) else {}
    name = name.get("name") if isinstance(name, dict) else None
    if not isinstance(name, str) or not name.upper().endswith(_LONGITUDE_LATITUDE_CRS):
        raise BodyError("GeoJSON is read in WGS84 longitude and latitude only; this one names another")


def _at_most(count: int, most: int | None) -> None:
    if most is not None and count > most:
        raise TooMuchError(
            f"more than {most:,} points in one request; send them in parts",
            limit=most,
            unit="points",
        )
