"""Query parameters that choose features: which there are for a collection, and what was asked."""

from __future__ import annotations

from api.collections.instants import check_instants
from api.collections.properties import SHAPES, Property
from api.collections.selection import STATE, Selection, Value
from api.errors import ParameterError
from api.http.negotiation import PARAMETER as FORM
from api.http.query import Query
from zones.words import STATES

EDITION = "edition"
DATETIME = "datetime"
PAGING = ("limit", "offset")
CHOOSING = ("bbox", DATETIME)
TRUTHS = ("true", "false", "1", "0")

# Lines between two States are found by either of them.
_EITHER_STATE = Property(
    STATE, "string", "State", "State that the feature belongs to or lies between.", STATES
)


def filters_of(collection: str) -> tuple[Property, ...]:
    """Properties of a collection that choose its features, as parameters of the same name.

    The parameter ``edition`` chooses the edition, which all features have in common.
    """
    if collection not in SHAPES:
        return ()
    shape = SHAPES[collection]
    extra = () if shape.named(STATE) else (_EITHER_STATE,)
    return (*extra, *(one for one in shape.properties if one.name != EDITION))


def parameters_of(collection: str) -> tuple[str, ...]:
    """Names of all parameters of the items of a collection."""
    return (*CHOOSING, *PAGING, EDITION, FORM, *(one.name for one in filters_of(collection)))


def selection_of(asked: Query, collection: str) -> Selection:
    """What of a collection a request asks for.

    No feature has a time of its own, so every time chooses all of them.

    Raises
    ------
    ParameterError
    """
    instants = asked.text(DATETIME)
    if instants is not None:
        check_instants(instants, DATETIME)
    values = {one.name: _value(asked, one) for one in filters_of(collection) if one.name in asked}
    return Selection(bbox=asked.bbox(), values=values)


def _truth(asked: Query, name: str) -> bool | None:
    """As JSON writes it, or as GDAL does, whose booleans are numbers."""
    text = asked.text(name)
    if text and text not in TRUTHS:
        raise ParameterError(name, f"{name}={text[:80]!r}: one of {', '.join(TRUTHS)} is needed")
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
