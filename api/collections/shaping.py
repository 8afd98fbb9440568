"""How the features that are chosen are written: in which reference system, and how far simplified."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response

from api.atlas import Atlas
from api.collections.filters import system_asked
from api.collections.offsets import step_asked
from api.http.negotiation import negotiated
from api.http.query import Query
from api.texts.geojson import members_text
from api.texts.reference_systems import ReferenceSystem


@dataclass(frozen=True, slots=True)
class Shaping:
    """What of features is written, and how."""

    system: ReferenceSystem
    step_deg: float | None  # how far geometries may lie from the exact ones; None: they are exact

    @property
    def members(self) -> dict[str, Any]:
        """What an answer says of it."""
        return {"max_allowable_offset": self.step_deg, "coordinate_operation": self.system.operation}

    def texts(self, atlas: Atlas, collection: str, rows: Sequence[int]) -> Iterator[str]:
        """Members of GeoJSON Features without their braces, by places in everything of a collection."""
        geometries = atlas.geometry_texts(collection, rows, step_deg=self.step_deg, system=self.system)
        everything = atlas.collection(collection).everything
        for row, geometry in zip(rows, geometries, strict=True):
            yield members_text(everything[row].id, geometry, everything[row].properties)

    def labelled(self, response: Response) -> Response:
        """An answer with its reference system, as Part 2 of OGC API - Features asks for it."""
        response.headers["Content-Crs"] = f"<{self.system.uri}>"
        return negotiated(response)


def shape_asked(asked: Query) -> Shaping:
    """What a request asks for. Raises `ParameterError`."""
    return Shaping(system_asked(asked), step_asked(asked))
