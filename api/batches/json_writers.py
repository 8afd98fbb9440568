"""Answers in JSON: results, a FeatureCollection, or a sequence of features."""

from __future__ import annotations

from api.batches.answers import Answered, json_members, position_bytes
from api.batches.engine import Writer
from api.batches.json_sources import RECORD_SEPARATOR
from api.batches.rows import ColumnNames
from api.texts.json_text import json_bytes


class ResultsWriter(Writer):
    """``{"edition": ..., "results": [...]}``: one object for every row."""

    between = b""

    def begin(self) -> None:
        """Open the object."""
        self.target.write(b'{"edition":%b,"results":[' % json_bytes(self.edition))

    def put(self, encoded: Answered) -> None:
        """An object for every row."""
        self.target.write(self.between + b"{" + b"},{".join(json_members(encoded)) + b"}")
        self.between = b","

    def end(self) -> None:
        """Close the object."""
        self.target.write(b"]}\n")


class SequenceWriter(Writer):
    """One GeoJSON Feature a line."""

    before, between, after = b"", b"\n", b"\n"
    begun = False

    def put(self, encoded: Answered) -> None:
        """A feature for every row; a bad one has the geometry that was given."""
        features = [self.before + text for text in _features(encoded, self.names)]
        self.target.write((self.between if self.begun else b"") + self.between.join(features))
        self.begun = True

    def end(self) -> None:
        """End the last line."""
        if self.begun:
            self.target.write(self.after)


class TextSequenceWriter(SequenceWriter):
    """One GeoJSON Feature a line, a record separator before it (RFC 8142)."""

    before = RECORD_SEPARATOR


class CollectionWriter(SequenceWriter):
    """A FeatureCollection, one feature a line."""

    between = b",\n"

    def begin(self) -> None:
        """Members of the collection: those that came, and the edition."""
        given = dict(getattr(self.source, "members", {}))  # of a collection
        if "edition" in given:
            given["edition_given"] = given.pop("edition")
        members = {**given, "edition": self.edition}
        self.target.write(b'{"type":"FeatureCollection",%b,"features":[\n' % json_bytes(members)[1:-1])

    def end(self) -> None:
        """Close the collection."""
        super().end()
        self.target.write(b"]}\n")


def _features(answered: Answered, names: ColumnNames) -> list[bytes]:
    batch = answered.chunk.batch
    rows = zip(
        answered.chunk.own.features(names),
        *position_bytes(batch.lon, batch.lat, batch.z),
        json_members(answered),
        strict=True,
    )
    texts = []
    for (identity, properties, others), lon, lat, z, members in rows:
        named = b"" if identity is None else b'"id":%b,' % json_bytes(identity)
        if others:
            named += json_bytes(others)[1:-1] + b","
        own = json_bytes(properties)[1:-1] + b"," if properties else b""
        if "geometry" not in others:  # as it was given, where it could not be read
            placed = lon != b"null" and lat != b"null"
            point = b'{"type":"Point","coordinates":[%b,%b%b]}' % (lon, lat, z) if placed else b"null"
            named += b'"geometry":%b,' % point
        texts.append(b'{"type":"Feature",%b"properties":{%b%b}}' % (named, own, members))
    return texts
