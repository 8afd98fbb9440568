"""Positions in JSON: ``{"points": ...}`` and GeoJSON, whole or feature by feature."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, BinaryIO, cast

from api.batches.cells import doubtful_decimals, whole_position
from api.batches.column_places import USUAL, Chosen, ColumnError, names_found
from api.batches.column_values import ELSE, hint
from api.batches.position_columns import Names, find_columns, find_names, watched_names
from api.batches.rows import (
    ALONE,
    CELL_BYTES,
    MOST_COLUMNS,
    ROWS_AT_A_TIME,
    Batch,
    Chunk,
    Features,
    Kept,
    UserColumn,
    columns_of_features,
    from_pairs,
    weighed_slices,
)
from api.errors import BodyError, TooMuchError
from api.texts.json_text import DEEPEST, decoded_bytes, depth_exceeds, json_bytes, read_json
from api.texts.numbers import coordinate

LONGEST_RECORD = 1024 * 1024
RECORD_SEPARATOR = b"\x1e"

_DECODED_AT_A_TIME = 32 * 1024 * 1024  # bytes of decoded records
_BLOCK = 256 * 1024
_BLANK = b" \t\r\n\x1e"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LONGITUDE_LATITUDE_CRS = ("CRS84", "EPSG::4326", "EPSG:4326")
_LONGEST_REPEATED_ID = 200  # characters
_MOST_COPIED = 256 * 1024 * 1024
_FEATURE_NEEDED = "a GeoJSON Feature with a Point is needed"
_NO_GEOMETRIES = frozenset({"Feature", "FeatureCollection"})
_GEOJSON_TYPES = frozenset(
    {
        *(*_NO_GEOMETRIES, "Point", "MultiPoint", "LineString", "MultiLineString"),
        *("Polygon", "MultiPolygon", "GeometryCollection"),
    }
)
_SHAPES = 'send {"points": [[lon, lat], ...]} or GeoJSON points'
_COLLECTION_MEMBERS = frozenset({"type", "features"})
_POINT_MEMBERS = frozenset({"type", "coordinates"})
_MULTIPOINT_MEMBERS = _POINT_MEMBERS | {"bbox"}  # its box is none of a single position
_FEATURE_MEMBERS = frozenset({"type", "id", "geometry", "properties"})


@dataclass(slots=True)
class Document:
    """All positions of one JSON text.

    ``weights`` tells of every row what came with it becomes beyond what came in [byte]; ``width`` how
    many columns a table of them has; ``members`` are other ones of a collection.
    """

    batch: Batch
    kept: Sequence[Kept]
    weights: Sequence[int]
    positions: str = "points"
    width: int = 0
    members: dict[str, Any] = field(default_factory=dict)

    def user_columns(self) -> tuple[UserColumn, ...]:
        """Ids, properties and other members that occur."""
        columns = columns_of_features((Chunk(self.batch, Features(self.kept)),))
        self.width = len(columns)
        return columns

    def chunks(self) -> Iterator[Chunk]:
        """All rows in their order."""
        cells = self.width * CELL_BYTES
        for part in weighed_slices([weight + cells for weight in self.weights] if cells else self.weights):
            yield Chunk(self.batch.part(part), Features(self.kept[part]))


def check_signs(body: bytes, most: int) -> None:
    """Refuse ``{"points": ...}`` with far more in it than `most` points have, for decoding takes long.

    Other texts are not looked at. Raises `TooMuchError`.
    """
    if body.count(b'"') == 2 and max(body.count(b"["), body.count(b"{"), body.count(b",") // 3) > 4 * most:
        raise TooMuchError(
            f"more arrays, objects or numbers than {most:,} points have; send them in parts",
            limit=most,
            unit="points",
        )


def read_document(value: object, *, most: int | None = None, chosen: Chosen = USUAL) -> Document:
    """The positions of a decoded JSON text: at most `most` of them; of records those in the members `chosen`.

    Features of a FeatureCollection that are no points get an error in their place.

    Raises `BodyError`: neither points nor GeoJSON of points; `TooMuchError`: more points than the limit.
    """
    if isinstance(value, list) and (not value or isinstance(value[0], dict)):
        return _collected(value, most, chosen).document()
    if not isinstance(value, dict):
        raise BodyError(f"positions in JSON are an object or an array of records; {_SHAPES}")
    if "type" in value:
        return _geojson(value, most, chosen)
    unknown = sorted(set(value) - {"points"})
    if unknown:
        raise BodyError(f"there is the unknown name {unknown[0][:80]!r}; {_SHAPES}")
    points = value.get("points")
    if not isinstance(points, list):
        raise BodyError(f'"points" must be an array of [lon, lat] pairs; {_SHAPES}')
    _at_most(len(points), most)
    return Document(from_pairs(points), [ALONE] * len(points), bytes(len(points)), "alone")


@dataclass(slots=True)
class FeatureRows:
    """Rows gathered feature by feature, at most `most`; a bad one keeps its place with its error."""

    most: int | None = None
    chosen: Chosen = USUAL  # members of records, where there are any
    pairs: list[object] = field(default_factory=list)
    geometries: list[object] = field(default_factory=list)  # as given, to be kept beside an error
    kept: list[Kept] = field(default_factory=list)
    weights: list[int] = field(default_factory=list)  # as those of a `Document`
    errors: dict[int, str] = field(default_factory=lambda: {})
    copied: int = 0  # what was repeated for the positions of MultiPoints [byte]

    def __len__(self) -> int:
        return len(self.pairs)

    def add(self, value: object) -> None:
        """A decoded Feature or geometry, or an object with longitude and latitude among its members.

        Raises `BodyError`: it is no Point or MultiPoint; nothing is added; `TooMuchError`.
        """
        if (names := _position_names(value, self.chosen)) is not None:
            self._record(cast(dict[str, Any], value), names)
            return
        if isinstance(value, dict) and not _is_geojson(value):
            raise BodyError(_needed(value, self.chosen))
        kept, geometry = _parts(value)
        if self.chosen != USUAL:
            raise BodyError("columns are chosen, and this is GeoJSON, whose positions are its points")
        coordinates = None if geometry is None else geometry.get("coordinates")
        if geometry is None:
            self.errors[len(self)] = "a Point is needed, there is none"
        if geometry is None or geometry["type"] == "Point":
            if geometry is not None and not _POINT_MEMBERS.issuperset(geometry):
                _check_kept({**geometry, "coordinates": None}, "members")
            self._row(coordinates, _with_own_members(kept, geometry), geometry)
            return
        if not isinstance(coordinates, list):
            raise BodyError("a MultiPoint needs an array of positions")
        own_members = {name: one for name, one in geometry.items() if name not in _MULTIPOINT_MEMBERS}
        _check_kept(own_members, "members")
        if len(coordinates) == 1:
            point = {"type": "Point", "coordinates": coordinates[0], **own_members}
            self._row(coordinates[0], _with_own_members(kept, point), geometry)
            return
        if not coordinates:
            self.add_bad("the MultiPoint is empty", value)
        _at_most(len(self) + len(coordinates), self.most)
        # Each position of a MultiPoint is answered alone, with a copy of all but its box and an own id.
        identity, properties, members = kept
        members = {name: one for name, one in members.items() if name != "bbox"}
        weight = len(json_bytes((properties, members, own_members)))
        if isinstance(identity, str) and len(identity) > _LONGEST_REPEATED_ID:
            raise BodyError(f"the id of a MultiPoint has at most {_LONGEST_REPEATED_ID} characters")
        self.copied += weight * len(coordinates)
        if self.copied > _MOST_COPIED:
            raise TooMuchError(
                f"what MultiPoints carry comes to more than {_MOST_COPIED:,} bytes with each of their "
                "positions; send Points",
                limit=_MOST_COPIED,
                unit="bytes",
            )
        for number, position in enumerate(coordinates, start=1):
            own = None if identity is None else f"{identity}-{number}"
            point = {"type": "Point", "coordinates": position, **own_members}
            self._row(position, _with_own_members((own, properties, members), point), point, weight)

    def add_bad(self, error: str, value: object = None) -> None:
        """A row with an error; what else a Feature has stays with it where it can be read."""
        self.errors[len(self)] = error
        given: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
        feature: Mapping[str, Any] = {"geometry" if _is_geojson(given) else "properties": given}
        feature = given if given.get("type") == "Feature" else feature
        identity, properties, members = feature.get("id"), feature.get("properties"), _others(feature)
        geometry = feature.get("geometry")
        kind = geometry.get("type") if isinstance(geometry, Mapping) else None
        if isinstance(kind, str) and kind not in _NO_GEOMETRIES:
            members = {**members, "geometry": geometry}
        members = {name: one for name, one in members.items() if _can_be_written(one)}
        properties = properties if isinstance(properties, dict) and _can_be_written(properties) else {}
        self._row(None, (identity if _is_id(identity) else None, properties, members), None)

    def document(self) -> Document:
        """All that was gathered."""
        batch = from_pairs(self.pairs)
        for number in batch.errors.keys() - self.errors.keys():
            geometry = self.geometries[number]
            if geometry is not None and _can_be_written(geometry):
                identity, properties, members = self.kept[number]
                self.kept[number] = identity, properties, {**members, "geometry": geometry}
        batch.errors.update(self.errors)
        return Document(batch, self.kept, self.weights)

    def _record(self, value: dict[str, Any], names: Names) -> None:
        """An object whose members of these names hold the position, or of one name the whole of it."""
        _check_kept(value, "members")
        position, error = _position_of(value, names)
        if error:
            self.errors[len(self)] = error
        # Numbers go out again as the answers of these names, where no hemisphere stands beside them.
        answered = names[:2] if names[2:4] == (None, None) else ()
        own = {
            name: one
            for name, one in value.items()
            if name not in ("lon", "lat") or name not in answered or type(one) not in (int, float)
        }
        self._row(position, (None, own, {}), None)

    def _row(self, pair: object, kept: Kept, geometry: object, weight: int = 0) -> None:
        self.pairs.append(pair)
        self.geometries.append(geometry)
        self.kept.append(kept)
        self.weights.append(weight)


def _geojson(value: dict[str, Any], most: int | None, chosen: Chosen) -> Document:
    refuse_other_crs(value)
    rows = FeatureRows(most, chosen)
    if value["type"] != "FeatureCollection":
        if not _is_geojson(value):  # a single object is no record
            raise BodyError(f"{_FEATURE_NEEDED}, its type is {str(value['type'])[:40]!r}")
        rows.add(value)
        _at_most(len(rows), most)
        return rows.document()
    features = value.get("features")
    if not isinstance(features, list):
        raise BodyError('a FeatureCollection needs an array "features"')
    document = _collected(features, most, chosen).document()
    document.members = {name: one for name, one in value.items() if name not in _COLLECTION_MEMBERS}
    _check_kept(document.members, "members")
    return document


def _collected(features: Sequence[object], most: int | None, chosen: Chosen) -> FeatureRows:
    """Features, or other objects with a position; a bad one keeps its place."""
    rows = FeatureRows(most, chosen)
    for feature in features:
        try:
            add_feature(rows, feature)
        except BodyError as error:
            rows.add_bad(str(error), feature)
        _at_most(len(rows), most)
    return rows


def add_feature(rows: FeatureRows, feature: object) -> None:
    """Add an element of a collection or an array. Raises `BodyError`, `TooMuchError`."""
    if _position_names(feature, rows.chosen) is None and (
        not isinstance(feature, dict) or feature.get("type") != "Feature"
    ):
        raise BodyError(_needed(feature, rows.chosen))
    refuse_other_crs(feature)
    rows.add(feature)


def _position_names(value: object, chosen: Chosen) -> Names | None:
    """The members of an object that hold its position, None of GeoJSON and where there are none."""
    if not isinstance(value, dict) or _is_geojson(value) or len(value) > MOST_COLUMNS:
        return None
    members = tuple(value)
    watched = _watched_among(members, chosen)
    names = _names_among(members, chosen, watched, tuple(hint(value[name]) for name in watched))
    if names is not None and names.lon == names.lat and not isinstance(value[names.lon], str):
        return None  # as of what is nearly GeoJSON: a list of numbers is not read as a text would be
    return names


def _needed(value: object, chosen: Chosen) -> str:
    """What lacks to something that is neither a Feature nor a record with a position."""
    if isinstance(value, dict) and not _is_geojson(value):
        try:
            find_columns(tuple(value), chosen)
        except ColumnError as error:
            if error.missing:
                said = f"this has no {error.missing[:80]!r}, found: {names_found(tuple(value))}"
                return f"{_FEATURE_NEEDED}, or a record with lon and lat; {said}"
    return _FEATURE_NEEDED


def _is_geojson(value: Mapping[str, Any]) -> bool:
    kind = value.get("type")
    return isinstance(kind, str) and kind in _GEOJSON_TYPES


_watched_among = lru_cache(256)(watched_names)


@lru_cache(1024)
def _names_among(
    names: tuple[str, ...], chosen: Chosen, watched: tuple[str, ...], hints: tuple[str, ...]
) -> Names | None:
    """As `find_names`, of a record with these hints of its values."""
    values = dict(zip(watched, hints, strict=True))
    return find_names(names, chosen, lambda at: (values.get(names[at], ELSE),))


def _position_of(value: Mapping[str, Any], names: Names) -> tuple[object, str]:
    """Longitude and latitude of a record, and what is wrong with them."""
    lon, lat, lon_side, lat_side, in_minutes = names
    for axis in in_minutes:
        if said := doubtful_decimals(_text(value[lon if axis == "lon" else lat]), axis):
            return None, said
    try:
        if lon == lat:
            return list(whole_position(str(value[lon]))), ""
        pair = [value[lon], value[lat]]
        if lon_side is lat_side is None and all(type(one) in (int, float) for one in pair):
            return pair, ""
        return [
            coordinate(_text(value[name]), axis, beside=None if side is None else _text(value[side]))
            for axis, name, side in (("lon", lon, lon_side), ("lat", lat, lat_side))
        ], ""
    except ValueError as error:
        return None, str(error)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _others(feature: Mapping[str, Any]) -> dict[str, Any]:
    """Members of a Feature that GeoJSON does not know (RFC 7946, 6.1)."""
    if _FEATURE_MEMBERS.issuperset(feature):
        return {}
    return {name: value for name, value in feature.items() if name not in _FEATURE_MEMBERS}


def _parts(value: object) -> tuple[Kept, dict[str, Any] | None]:
    """What is kept of a Feature, and its geometry; or a geometry alone."""
    if not isinstance(value, dict) or "type" not in value:
        raise BodyError(_FEATURE_NEEDED)
    identity: object = None
    properties: Any = {}
    members: dict[str, Any] = {}
    geometry: Any = value
    if value.get("type") == "Feature":
        identity, properties, geometry = value.get("id"), value.get("properties"), value.get("geometry")
        properties = {} if properties is None else properties
        members = _others(value)
    if not isinstance(properties, dict):
        raise BodyError("properties must be an object")
    if not _is_id(identity):
        raise BodyError("an id is a text or a finite number")
    _check_kept(properties, "properties")
    _check_kept(members, "members")
    if geometry is not None and (
        not isinstance(geometry, dict) or geometry.get("type") not in ("Point", "MultiPoint")
    ):
        kind = geometry.get("type") if isinstance(geometry, dict) else None
        shown = repr(kind)[:80] if kind is not None else "something else"
        raise BodyError(f"only Point and MultiPoint are classified, this is {shown}")
    return (identity, properties, members), geometry


def _with_own_members(kept: Kept, point: dict[str, Any] | None) -> Kept:
    """A Point that has more than its position is kept as given (RFC 7946, 6.1), if it can be written."""
    if point is None or _POINT_MEMBERS.issuperset(point) or not _can_be_written(point):
        return kept
    identity, properties, members = kept
    return identity, properties, {**members, "geometry": point}


def _check_kept(values: dict[str, Any], called: str) -> None:
    if depth_exceeds(values):
        raise BodyError(f"{called} are nested deeper than {DEEPEST} levels")
    if _has_infinite(values):
        raise BodyError(f"a number in the {called} is larger than a number can be here (as 1e400)")


def _can_be_written(value: Any) -> bool:
    """Whether a value is nested no deeper than is written, and all its numbers could be read."""
    return not depth_exceeds(value) and not _has_infinite(value)


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


def refuse_other_crs(value: object) -> None:
    """Only WGS84 longitude and latitude is read; an old `crs` member may say so, nothing else.

    That of a feature's geometry is looked at, too.
    """
    geometry = value.get("geometry") if isinstance(value, dict) else None
    for one in (value, geometry):
        crs = one.get("crs") if isinstance(one, dict) else None
        if crs is None:
            continue
        name = crs.get("properties", {}) if isinstance(crs, dict) else {}
        name = name.get("name") if isinstance(name, dict) else None
        if not isinstance(name, str) or not name.upper().endswith(_LONGITUDE_LATITUDE_CRS):
            shown = f" ({name[:80]!r})" if isinstance(name, str) else ""
            raise BodyError(
                f"GeoJSON is read in WGS84 longitude and latitude only; this one names another{shown}"
            )


def _at_most(count: int, most: int | None) -> None:
    if most is not None and count > most:
        raise TooMuchError(
            f"more than {most:,} points in one request; send them in parts", limit=most, unit="points"
        )


class SequenceSource:
    """Features of a file that can be read twice; a record that is none has an error in its place.

    Records are parted by record separators where the file begins with one, else by line breaks.
    """

    positions = "points"

    def __init__(self, file: BinaryIO, chosen: Chosen = USUAL) -> None:
        self._file = file
        self._chosen = chosen
        self._start = file.tell()
        self._width = 0

    def user_columns(self) -> tuple[UserColumn, ...]:
        """Ids, properties and other members that occur; reads the whole file."""
        columns = columns_of_features(self.chunks())
        self._width = len(columns)
        return columns

    def chunks(self) -> Iterator[Chunk]:
        """All rows in their order."""
        self._file.seek(self._start)
        rows, size = FeatureRows(chosen=self._chosen), 0
        for record in self._records():
            self._add(rows, record)
            size += 0 if record is None else decoded_bytes(record)
            if len(rows) >= ROWS_AT_A_TIME or size > _DECODED_AT_A_TIME:
                yield from self._weighed(rows)
                rows, size = FeatureRows(chosen=self._chosen, copied=rows.copied), 0
        yield from self._weighed(rows)

    def _records(self) -> Iterator[bytes | None]:
        return records(self._file)

    def _add(self, rows: FeatureRows, record: bytes | None) -> None:
        value = None
        try:
            if record is None:
                raise BodyError(f"the record is longer than {LONGEST_RECORD:,} bytes")
            value = read_json(record, "the record")
            self._add_value(rows, value)
        except BodyError as error:
            rows.add_bad(str(error), value)

    def _add_value(self, rows: FeatureRows, value: object) -> None:
        refuse_other_crs(value)
        rows.add(value)

    def _weighed(self, rows: FeatureRows) -> Iterator[Chunk]:
        document = rows.document()
        document.width = self._width
        return document.chunks()


def records(file: BinaryIO) -> Iterator[bytes | None]:
    """The records of a sequence, None in place of one that is too long; never holds more than one."""
    block = file.read(_BLOCK).removeprefix(_BYTE_ORDER_MARK)
    separator = RECORD_SEPARATOR if block.lstrip(b" \t\r\n").startswith(RECORD_SEPARATOR) else b"\n"
    held: list[bytes] = []
    size = 0
    while block:
        first, *others = block.split(separator)
        size += len(first)
        if size <= LONGEST_RECORD:
            held.append(first)
        if others:
            yield from _record(held, size)
            for whole in filter(None, map(_stripped, others[:-1])):  # there may be very many empty ones
                yield from _record([whole], len(whole))
            held, size = [others[-1]], len(others[-1])
        block = file.read(_BLOCK)
    yield from _record(held, size)


def _stripped(record: bytes) -> bytes:
    return record.strip(_BLANK)


def _record(parts: list[bytes], size: int) -> Iterator[bytes | None]:
    if size > LONGEST_RECORD:
        yield None
    elif record := b"".join(parts).strip(_BLANK):
        yield record
