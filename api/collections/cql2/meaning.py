"""What a filter in CQL2 JSON means: types checked once, then true, false or unknown (None) for each feature.

Logic has three values as in SQL: what is compared with nothing is unknown, and no feature of an unknown
condition is chosen.
"""

from __future__ import annotations

import math
import operator
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

import numpy as np
import shapely

from api.collections.properties import Property
from api.texts.instants import instant
from api.texts.json_text import json_bytes, to_bytes
from api.texts.reference_systems import Geometries, ReferenceSystem, box_shape
from zones.atlas.features import Feature

ID, GEOMETRY = "id", "geometry"
MOST_DEPTH = 50
MOST_SPATIAL = 10  # each is asked of every feature

BOOLEAN, NUMBER, STRING = "boolean", "number", "string"
DATE, TIMESTAMP = "date", "timestamp"  # of no property
_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ARITHMETIC: Mapping[str, Callable[[float, float], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "div": lambda one, other: round((one - math.fmod(one, other)) / other),  # % is what it leaves
    "%": math.fmod,
    "^": operator.pow,
}
_SPATIAL: Mapping[str, Callable[[Any, Any], Any]] = {
    "s_intersects": shapely.intersects,
    "s_disjoint": shapely.disjoint,
    "s_equals": shapely.equals,
    "s_touches": shapely.touches,
    "s_within": shapely.within,
    "s_overlaps": shapely.overlaps,
    "s_crosses": shapely.crosses,
    "s_contains": shapely.contains,
}
OPERATIONS = (
    *("and", "or", "not", *_COMPARISONS, "between", "in", "like", "isNull", "casei", "accenti"),
    *(*_ARITHMETIC, *_SPATIAL),
)


def is_spatial(node: Any) -> bool:
    """Whether a filter asks a spatial function, whatever else it says."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            name = one.get("op")
            if isinstance(name, str) and name in _SPATIAL:
                return True
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    return False


class MeaninglessError(ValueError):
    """A filter that has no meaning for a collection; `known` is what there is instead, where it is a name."""

    def __init__(self, message: str, known: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.known = tuple(known)


@dataclass(frozen=True, slots=True)
class Term:
    """A part of a filter: its type, and its value for the feature in a row, None where there is none."""

    type: str
    value: Callable[[int], Any]
    fixed: bool = False  # whether it is written out, the same for every feature


@dataclass(slots=True)
class Reader:
    """Gives filters their meaning for one collection. `names` gathers the properties that they name."""

    properties: Mapping[str, Property]
    features: Sequence[Feature]
    geometries: Callable[[], Geometries]  # of the features, in `system`
    system: ReferenceSystem
    checkpoint: Callable[[], None]  # before each feature that a spatial function is asked of
    names: set[str] = field(default_factory=set)
    spatial: int = 0

    def condition(self, node: Any) -> Callable[[int], bool | None]:
        """Whether the feature in a row is meant. Raises `MeaninglessError`."""
        _check_depth(node)
        return self._typed(node, BOOLEAN).value

    def _typed(self, node: Any, wanted: str) -> Term:
        term = self._term(node)
        if term.type != wanted:
            raise MeaninglessError(f"a {wanted} is needed where a {term.type} stands: {_shown(node)}")
        return term

    def _term(self, node: Any) -> Term:
        if isinstance(node, bool):
            return Term(BOOLEAN, lambda _row: node, fixed=True)
        if isinstance(node, (int, float)):
            number = _as_float(node)
            if not math.isfinite(number):
                raise MeaninglessError("numbers have to be finite")
            return Term(NUMBER, lambda _row: number, fixed=True)
        if isinstance(node, str):
            return Term(STRING, lambda _row: node, fixed=True)
        if isinstance(node, dict) and set(node) == {"property"}:
            return self._property(node["property"])
        if isinstance(node, dict) and set(node) in ({DATE}, {TIMESTAMP}):
            ((kind, written),) = node.items()
            return _instant(kind, written)
        if isinstance(node, dict) and set(node) == {"op", "args"} and isinstance(node["args"], list):
            return self._operation(node["op"], node["args"])
        raise MeaninglessError(
            f"this stands where a value, a property or an operation is needed: {_shown(node)}"
        )

    def _property(self, name: Any) -> Term:
        if name == ID:
            return Term(STRING, lambda row: self.features[row].id)
        if name == GEOMETRY:
            raise MeaninglessError("geometry can be asked by spatial functions alone")
        if not isinstance(name, str) or name not in self.properties:
            known = (ID, GEOMETRY, *self.properties)
            raise MeaninglessError(f"no property {_shown(name)}; known here: {', '.join(known)}", known)
        self.names.add(name)
        return Term(self.properties[name].type, lambda row: self.features[row].properties.get(name))

    def _operation(self, name: Any, arguments: list[Any]) -> Term:
        if not isinstance(name, str) or name not in OPERATIONS:
            raise MeaninglessError(
                f"no operation {_shown(name)}; there are {', '.join(OPERATIONS)}", OPERATIONS
            )
        if name in ("and", "or"):
            return self._junction(name, arguments)
        if name in _SPATIAL:
            return self._spatial(name, self._counted(name, arguments, 2))
        if name in _COMPARISONS:
            return self._comparison(name, self._counted(name, arguments, 2))
        if name in _ARITHMETIC:
            return self._arithmetic(name, self._counted(name, arguments, 2))
        others: Mapping[str, tuple[int, Callable[[list[Any]], Term]]] = {
            "not": (1, self._negation),
            "isNull": (1, self._is_null),
            "between": (3, self._between),
            "in": (2, self._member),
            "like": (2, self._like),
            "casei": (1, partial(self._changed, str.casefold)),
            "accenti": (1, partial(self._changed, _without_accents)),
        }
        count, read = others[name]
        return read(self._counted(name, arguments, count))

    def _counted(self, name: str, arguments: list[Any], count: int) -> list[Any]:
        if len(arguments) != count:
            raise MeaninglessError(f"{name} takes {count} arguments and has {len(arguments)}")
        return arguments

    def _junction(self, name: str, arguments: list[Any]) -> Term:
        if len(arguments) < 2:
            raise MeaninglessError(f"{name} takes 2 arguments or more and has {len(arguments)}")
        parts = [self._typed(one, BOOLEAN).value for one in arguments]
        deciding = name == "or"

        def value(row: int) -> bool | None:
            values = [part(row) for part in parts]
            if deciding in values:
                return deciding
            return None if None in values else not deciding

        return Term(BOOLEAN, value)

    def _negation(self, arguments: list[Any]) -> Term:
        part = self._typed(arguments[0], BOOLEAN)
        return _of_known(BOOLEAN, lambda one: not one, part)

    def _is_null(self, arguments: list[Any]) -> Term:
        part = self._term(arguments[0])
        return Term(BOOLEAN, lambda row: part.value(row) is None)

    def _alike(self, arguments: Sequence[Any]) -> list[Term]:
        """Terms of one type; a boolean and 0 or 1 are alike, as programs without booleans write."""
        terms = [self._term(one) for one in arguments]
        types = {one.type for one in terms}
        if types == {BOOLEAN, NUMBER} and all(
            one.fixed and one.value(0) in (0, 1) for one in terms if one.type == NUMBER
        ):
            return terms
        if len(types) > 1:
            shown = ", ".join(map(_shown, arguments))
            other = next(one.type for one in terms if one.type != terms[0].type)
            raise MeaninglessError(f"a {terms[0].type} cannot be compared with a {other}: {shown}")
        return terms

    def _comparison(self, name: str, arguments: list[Any]) -> Term:
        return _of_known(BOOLEAN, _COMPARISONS[name], *self._alike(arguments))

    def _between(self, arguments: list[Any]) -> Term:
        terms = self._alike(arguments)
        return _of_known(BOOLEAN, lambda one, least, most: least <= one <= most, *terms)

    def _member(self, arguments: list[Any]) -> Term:
        one, known = arguments
        if not isinstance(known, list) or not known:
            raise MeaninglessError("in takes a value and a list of values")
        value, *others = self._alike([one, *known])
        equal = [_of_known(BOOLEAN, operator.eq, value, other) for other in others]

        def is_member(row: int) -> bool | None:
            found = [other.value(row) for other in equal]
            return True if True in found else None if None in found else False

        return Term(BOOLEAN, is_member)

    def _like(self, arguments: list[Any]) -> Term:
        value, pattern = (self._typed(one, STRING) for one in arguments)
        return _of_known(
            BOOLEAN, lambda one, like: _expression(like).fullmatch(one) is not None, value, pattern
        )

    def _changed(self, change: Callable[[str], str], arguments: list[Any]) -> Term:
        value = self._typed(arguments[0], STRING)
        return Term(STRING, _of_known(STRING, change, value).value, fixed=value.fixed)

    def _arithmetic(self, name: str, arguments: list[Any]) -> Term:
        calculate = _ARITHMETIC[name]

        def value(one: float, other: float) -> float | None:
            try:
                result = calculate(one, other)
            except (ZeroDivisionError, OverflowError, ValueError):
                return None
            return result if isinstance(result, (int, float)) and math.isfinite(result) else None

        return _of_known(NUMBER, value, *(self._typed(one, NUMBER) for one in arguments))

    def _spatial(self, name: str, arguments: list[Any]) -> Term:
        self.spatial += 1
        if self.spatial > MOST_SPATIAL:
            raise MeaninglessError(f"a filter may ask at most {MOST_SPATIAL} spatial functions")
        shapes = [None if one == {"property": GEOMETRY} else self._shape(one) for one in arguments]

        drawn = cache(self.geometries)

        @cache
        def value(row: int) -> bool:
            self.checkpoint()
            return bool(_SPATIAL[name](*(drawn()[row] if one is None else one for one in shapes)))

        return Term(BOOLEAN, value)

    def _shape(self, node: Any) -> shapely.Geometry:
        """A geometry that is written out, in the reference system of the filter."""
        if isinstance(node, dict) and set(node) == {"bbox"}:
            return self._box(node["bbox"])
        if isinstance(node, dict) and "type" in node and ("coordinates" in node or "geometries" in node):
            try:
                shape = shapely.from_geojson(json_bytes(node))
            except shapely.GEOSException as error:
                raise MeaninglessError(f"{_shown(node)} is no geometry") from error
            places = shapely.get_coordinates(shape)
            if shape.is_empty:
                raise MeaninglessError(f"{_shown(node)} is empty")
            if not shapely.is_valid(shape):
                raise MeaninglessError(
                    f"{_shown(node)} is no valid geometry: {shapely.is_valid_reason(shape)}"
                )
            if not np.isfinite(places).all() or not self._are_within(places):
                raise MeaninglessError(f"{_shown(node)} has coordinates beyond those of {self.system.title}")
            return shape
        raise MeaninglessError(f"geometry, BBOX or a geometry is needed where {_shown(node)} stands")

    def _box(self, corners: Any) -> shapely.Geometry:
        is_box = isinstance(corners, list) and len(corners) in (4, 6)
        if not is_box or not all(
            type(one) in (int, float) and math.isfinite(_as_float(one)) for one in corners
        ):
            raise MeaninglessError(
                f"bbox takes four numbers, {', '.join(self.system.edges)}, or six with heights"
            )
        half = len(corners) // 2
        lower, upper = corners[:2], corners[half : half + 2]
        is_turned = any(lower[at] > upper[at] for at in (0, 1) if at != self.system.longitude_axis)
        if is_turned or not self._are_within(np.array([lower, upper], dtype=np.float64)):
            raise MeaninglessError(f"bbox is none: {corners}; {', '.join(self.system.edges)} is needed")
        return box_shape((lower[0], lower[1], upper[0], upper[1]), self.system)

    def _are_within(self, places: Any) -> bool:
        return self.system.limits is None or bool((np.abs(places) <= self.system.limits).all())


def _check_depth(node: Any) -> None:
    """Before anything goes down it, step by step: how deep chains of signs go is seen after reading alone.

    An operation in another is one deeper, and so is a list in a list. Raises `MeaninglessError`.
    """
    waiting = [(node, 0)]
    while waiting:
        one, depth = waiting.pop()
        if depth > MOST_DEPTH:
            raise MeaninglessError(f"conditions or lists stand in each other more than {MOST_DEPTH} deep")
        if isinstance(one, dict):
            for part in one.values():
                inner = part if isinstance(part, list) else [part]
                waiting += [(each, depth + 1) for each in inner]
        elif isinstance(one, list):
            waiting += [(each, depth + 1) for each in one]


def _as_float(number: float) -> float:
    """A number of JSON; infinite where a whole number is larger than any float."""
    try:
        return float(number)
    except OverflowError:
        return math.inf


def _instant(kind: str, written: Any) -> Term:
    """A date or a timestamp that is written out."""
    found = instant(written) if isinstance(written, str) else None
    is_fit = str(written).endswith("Z") if kind == TIMESTAMP else "T" not in str(written).upper()
    if found is None or not is_fit:
        example = "2018-08-12T09:00:00Z" if kind == TIMESTAMP else "2018-08-12"
        raise MeaninglessError(f"a {kind} is written as '{example}', not as {_shown(written)}")
    return Term(kind, lambda _row: found, fixed=True)


def _of_known(type_: str, make: Callable[..., Any], *terms: Term) -> Term:
    """A term that is made of others, and None where one of them is."""

    def value(row: int) -> Any:
        values = [one.value(row) for one in terms]
        return None if None in values else make(*values)

    return Term(type_, value)


@cache
def _without_accents(text: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))


def _expression(pattern: str) -> re.Pattern[str]:
    """A pattern of LIKE as a regular expression that never goes back: its time is bounded.

    ``%`` stands for any text, ``_`` for any letter, a backslash before either for itself.
    """
    pieces = [""]
    for letter, escaped in re.findall(r"(\\(.)|.)", pattern, re.DOTALL):
        if letter == "%":
            pieces.append("")
        else:
            pieces[-1] += "." if letter == "_" else re.escape(escaped or letter)
    first, *others = pieces
    if not others:
        return re.compile(first, re.DOTALL)
    middle = "".join(f"(?>.*?{one})" for one in others[:-1] if one)
    return re.compile(f"{first}{middle}.*{others[-1]}", re.DOTALL)


def _shown(node: Any) -> str:
    """The beginning of a part of a filter, for messages; a lone surrogate as its escape in JSON."""
    return (to_bytes(node) if isinstance(node, str) else json_bytes(node)).decode()[:80]
