"""How the features that are chosen are written: their reference system, how far simplified, what of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response

from api.atlas import Atlas
from api.collections.filters import PROPERTIES, SKIP_GEOMETRY, system_asked
from api.collections.offsets import step_asked
from api.collections.properties import SHAPES
from api.http.negotiation import negotiated
from api.http.query import Query, unusable
from api.texts.geojson import members_text
from api.texts.reference_systems import ReferenceSystem


@dataclass(frozen=True, slots=True)
class Shaping:
    """What of features is written, and how."""

    system: ReferenceSystem
    properties: tuple[str, ...] | None  # names of those that are written; None: all
    with_geometry: bool
    step_deg: float | None  # how far geometries may lie from the exact ones; None: they are exact

    @property
    def members(self) -> dict[str, Any]:
        """What an answer says of it."""
        return {"max_allowable_offset": self.step_deg, "coordinate_operation": self.system.operation}

    def texts(self, atlas: Atlas, collection: str, rows: Sequence[int]) -> Iterator[str]:
        """Members of GeoJSON Features without their braces, by places in everything of a collection."""
        geometries = ["null"] * len(rows)
        if self.with_geometry:
            geometries = atlas.geometry_texts(collection, rows, step_deg=self.step_deg, system=self.system)
        everything = atlas.collection(collection).everything
        for row, geometry in zip(rows, geometries, strict=True):
            properties = everything[row].properties
            if self.properties is not None:
                properties = {name: properties[name] for name in self.properties if name in properties}
            yield members_text(everything[row].id, geometry, properties)

    def labelled(self, response: Response) -> Response:
        """An answer with its reference system, as Part 2 of OGC API - Features asks for it."""
        response.headers["Content-Crs"] = f"<{self.system.uri}>"
        return negotiated(response)


def shape_asked(asked: Query, collection: str) -> Shaping:
    """What a request for features of a collection asks for. Raises `ParameterError`."""
    return Shaping(
        system=system_asked(asked),
        properties=_properties_asked(asked, collection),
        with_geometry=not asked.truth(SKIP_GEOMETRY, False),
        step_deg=step_asked(asked),
    )


def _properties_asked(asked: Query, collection: str) -> tuple[str, ...] | None:
    text = asked.text(PROPERTIES)
    if text is None:
        return None
    known = [one.name for one in SHAPES[collection].properties]
    names = text.split(",")
    unknown = [name for name in names if name not in known]
    if unknown or len(set(names)) != len(names):
        needed = f"names are needed, each once, with commas between them; known are {', '.join(known)}"
        raise unusable(PROPERTIES, text, needed, known=known)
    return tuple(names)
