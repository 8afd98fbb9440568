"""Answers in JSON: results, a FeatureCollection, or a sequence of features."""

from __future__ import annotations

from typing import ClassVar

from api.batches.answers import Answered, json_members, position_bytes
from api.batches.chunks import OwnNames
from api.batches.engine import Outline
from api.batches.target import Target
from api.texts.json_text import json_bytes

RECORD_SEPARATOR = b"\x1e"


class ResultsWriter:
    """``{"edition": ..., "results": [...]}``: one object for every row."""

    needs_lon_lat: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, target: Target, outline: Outline) -> None:
        self._target = target
        target.write(b'{"edition":%b,"results":[' % json_bytes(outline.edition))
        self._between = b""

    def add(self, answered: Answered) -> None:
        """An object for every row."""
        self._target.write(self._between + b"{" + b"},{".join(json_members(answered)) + b"}")
        self._between = b","

    def end(self) -> None:
        """Close the object."""
        self._target.write(b"]}\n")


class SequenceWriter:
    """One GeoJSON Feature a line."""

    before, between, after = b"", b"\n", b"\n"
    needs_lon_lat: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, target: Target, outline: Outline) -> None:
        self._target = target
        self._names = outline.names
        self._begun = False

    def add(self, answered: Answered) -> None:
        """A feature for every row; of a bad one without a position the geometry is null."""
        features = [self.before + text for text in _features(answered, self._names)]
        self._target.write((self.between if self._begun else b"") + self.between.join(features))
        self._begun = True

    def end(self) -> None:
        """End the last line."""
        if self._begun:
            self._target.write(self.after)


class TextSequenceWriter(SequenceWriter):
    """One GeoJSON Feature a line, a record separator before it (RFC 8142)."""

    before = RECORD_SEPARATOR


class CollectionWriter(SequenceWriter):
    """A FeatureCollection, one feature a line."""

    between = b",\n"

    def __init__(self, target: Target, outline: Outline) -> None:
        super().__init__(target, outline)
        target.write(b'{"type":"FeatureCollection","edition":%b,"features":[\n' % json_bytes(outline.edition))

    def end(self) -> None:
        """Close the collection."""
        super().end()
        self._target.write(b"]}\n")


def _features(answered: Answered, names: OwnNames) -> list[bytes]:
    batch = answered.chunk.batch
    rows = zip(
        answered.chunk.own.features(names),
        *position_bytes(batch.lon, batch.lat, batch.z),
        json_members(answered),
        strict=True,
    )
    texts = []
    for (identity, properties), lon, lat, z, members in rows:
        named = b"" if identity is None else b'"id":%b,' % json_bytes(identity)
        own = json_bytes(properties)[1:-1] + b"," if properties else b""
        placed = lon != b"null" and lat != b"null"
        geometry = b'{"type":"Point","coordinates":[%b,%b%b]}' % (lon, lat, z) if placed else b"null"
        texts.append(
            b'{"type":"Feature",%b"geometry":%b,"properties":{%b%b}}' % (named, geometry, own, members)
        )
    return texts
