"""The parameter ``filter``: how long and how deep it may be, and in which language it is written."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from api.atlas import Atlas
from api.collections.cql2.meaning import MOST_DEPTH, MeaninglessError, Reader, is_spatial
from api.collections.cql2.text import QUOTED, UnreadableError, to_json
from api.collections.properties import SHAPES
from api.errors import BodyError, ParameterError
from api.http.query import Query, unusable
from api.texts.json_text import read_json
from api.texts.reference_systems import ReferenceSystem

FILTER, LANGUAGE = "filter", "filter-lang"
TEXT, JSON = "cql2-text", "cql2-json"
LANGUAGES = (TEXT, JSON, "cql-text")  # the last is what GDAL calls the text
MOST_CHARACTERS = 2_000
# Conformance classes of CQL2 that are met.
CLASSES = (
    *("cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators"),
    *("case-insensitive-comparison", "accent-insensitive-comparison"),
    *("basic-spatial-functions", "basic-spatial-functions-plus", "spatial-functions"),
    *("property-property", "arithmetic"),
)

_QUOTED = {TEXT: re.compile(rf'{QUOTED}|"[^"]*"'), JSON: re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)}


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter as CQL2 JSON, and the reference system of the geometries that it writes out."""

    node: Any
    system: ReferenceSystem

    @property
    def is_heavy(self) -> bool:
        """Whether it takes long: geometries have many vertices."""
        return is_spatial(self.node)

    def rows(
        self, atlas: Atlas, collection: str, checkpoint: Callable[[], None]
    ) -> tuple[list[int], frozenset[str]]:
        """Places, in everything of a collection, of what it chooses; and the properties that it names.

        Raises `ParameterError`: it names what there is not, or compares what cannot be compared.
        """
        reader = Reader(
            properties={one.name: one for one in SHAPES[collection].choosing},
            features=atlas.collection(collection).everything,
            geometries=lambda: atlas.geometries(collection, self.system),
            system=self.system,
            checkpoint=checkpoint,
        )
        try:
            fits = reader.condition(self.node)
        except MeaninglessError as error:
            known = {"known": list(error.known)} if error.known else {}
            raise ParameterError(FILTER, f"{FILTER}: {error}", **known) from error
        rows = [row for row in range(len(reader.features)) if fits(row) is True]
        return rows, frozenset(reader.names)


def filter_asked(asked: Query, system: ReferenceSystem) -> Filter | None:
    """The filter of a request. Raises `ParameterError`."""
    language = asked.one_of(LANGUAGE, LANGUAGES)
    text = asked.text(FILTER)
    if text is None:
        return None
    if not text.strip():
        raise ParameterError(FILTER, f"parameter {FILTER!r} is empty; leave it out to choose all")
    form = JSON if language == JSON else TEXT
    _check_size(text, form)
    try:
        node = (
            read_json(text.encode("utf-8", "surrogatepass"), "the filter") if form == JSON else to_json(text)
        )
    except BodyError as error:
        raise unusable(FILTER, text, str(error)) from error
    except UnreadableError as error:
        raise unusable(FILTER, text, str(error)) from error
    return Filter(node, system)


def _check_size(text: str, form: str) -> None:
    """Before it is parsed: parsers go as deep as what they read."""
    if len(text) > MOST_CHARACTERS:
        raise unusable(
            FILTER,
            text,
            f"at most {MOST_CHARACTERS} characters are read, these are {len(text)}",
            limit=MOST_CHARACTERS,
        )
    plain = _QUOTED[form].sub("", text)
    if max(_deepest(plain, *pair) for pair in ("()", "[]", "{}")) > MOST_DEPTH:
        raise unusable(FILTER, text, f"brackets are read at most {MOST_DEPTH} deep", limit=MOST_DEPTH)


def _deepest(text: str, opening: str, closing: str) -> int:
    """How deep brackets of one kind stand in each other."""
    return max(accumulate((one == opening) - (one == closing) for one in text), default=0)
