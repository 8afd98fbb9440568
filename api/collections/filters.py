"""Query parameters that choose features: which there are for a collection, and what was asked."""

from __future__ import annotations

from api.collections.cql2.reading import FILTER, filter_asked
from api.collections.cql2.reading import LANGUAGE as FILTER_LANGUAGE
from api.collections.offsets import PARAMETER as OFFSET
from api.collections.properties import EDITION, SHAPES, Property
from api.collections.selection import ID, STATE, Selection, Value
from api.errors import ParameterError
from api.http.negotiation import PARAMETER as FORM
from api.http.query import Query, unusable
from api.languages.choice import PARAMETER as LANGUAGE
from api.texts.instants import instant
from api.texts.reference_systems import BY_URI, CRS84, ReferenceSystem
from zones.words import STATES

DATETIME = "datetime"
PAGING = ("limit", "offset")
SYSTEM, BOX_SYSTEM, FILTER_SYSTEM = "crs", "bbox-crs", "filter-crs"
CHOOSING = ("bbox", BOX_SYSTEM, DATETIME)
PROPERTIES, SKIP_GEOMETRY = "properties", "skipGeometry"
SHAPING = (SYSTEM, PROPERTIES, SKIP_GEOMETRY)
FILTERING = (FILTER, FILTER_LANGUAGE, FILTER_SYSTEM)
TRUTHS = ("true", "false", "1", "0")

# Of an interval, whose ends have ``/`` between them.
_OPEN_ENDS = ("", "..")

_ID = Property(ID, "string", "Id", "Identifier of the feature within its collection.")
# Lines between two States are found by either of them.
_EITHER_STATE = Property(
    STATE, "string", "State", "State that the feature belongs to or lies between.", STATES
)


def filters_of(collection: str) -> tuple[Property, ...]:
    """What chooses features of a collection by parameters of the same name: its queryables, and ``state``."""
    if collection not in SHAPES:
        return ()
    shape = SHAPES[collection]
    extra = () if shape.named(STATE) else (_EITHER_STATE,)
    return (_ID, *extra, *shape.choosing)


def parameters_of(collection: str) -> tuple[str, ...]:
    """Names of all parameters of the items of a collection."""
    own = (one.name for one in filters_of(collection))
    return (*CHOOSING, *FILTERING, *PAGING, *SHAPING, OFFSET, EDITION, FORM, LANGUAGE, *own)


def system_asked(asked: Query, name: str = SYSTEM) -> ReferenceSystem:
    """The coordinate reference system that a parameter names by its URI. Raises `ParameterError`."""
    uri = asked.one_of(name, tuple(BY_URI))
    return CRS84 if uri is None else BY_URI[uri]


def selection_of(asked: Query, collection: str) -> Selection:
    """What of a collection a request asks for.

    No feature has a time of its own, so every time chooses all of them.

    Raises `ParameterError`.
    """
    instants = asked.text(DATETIME)
    if instants is not None:
        _check_instants(instants)
    values = {one.name: _value(asked, one) for one in filters_of(collection) if one.name in asked}
    system = system_asked(asked, BOX_SYSTEM)
    condition = filter_asked(asked, system_asked(asked, FILTER_SYSTEM))
    return Selection(bbox=asked.bbox(system), bbox_system=system, values=values, filter=condition)


def _truth(asked: Query, name: str) -> bool | None:
    """As JSON writes it, or as GDAL does, whose booleans are numbers."""
    text = asked.text(name)
    if text and text not in TRUTHS:
        raise unusable(name, text, f"one of {', '.join(TRUTHS)} is needed")
    return text in ("true", "1") if text else None


def _value(asked: Query, one: Property) -> Value:
    value: Value | None
    if one.type == "number":
        value = asked.number(one.name)
    elif one.type == "boolean":
        value = _truth(asked, one.name)
    elif one.words:
        value = asked.one_of(one.name, one.words)
    else:
        value = asked.text(one.name)
    if value is None or value == "":
        raise ParameterError(one.name, f"parameter {one.name!r} is empty; leave it out to choose all")
    return value


def _check_instants(text: str) -> None:
    """An instant, or an interval with at least one end."""
    ends = text.split("/")
    if len(ends) > 2 or all(end in _OPEN_ENDS for end in ends):
        raise unusable(
            DATETIME, text, "an instant is needed, or an interval as start/end, start/.. or ../end"
        )
    # A date is the whole day: its first instant where an interval begins, its last where one ends.
    instants = [instant(end, is_last=place > 0) for place, end in enumerate(ends) if end not in _OPEN_ENDS]
    if None in instants:
        raise unusable(
            DATETIME, text, "instants are written as 2018-08-12 or 2018-08-12T00:00:00Z (RFC 3339)"
        )
    if len(instants) == 2 and instants[0] > instants[1]:  # type: ignore[operator]
        raise unusable(DATETIME, text, "the interval ends before it begins")
