"""CQL2 text made into CQL2 JSON. The parser reads from left to right once, so that its time is bounded."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import shapely
from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedInput, UnexpectedToken

Json = Any

QUOTED = r"'(?:[^'\\]|''|\\[\\']|\\(?![\\']))*'"  # a text, as the grammar has it
_MEANT = {rf"\{letter}": control for letter, control in zip("abtnvfr", "\a\b\t\n\v\f\r", strict=True)}
_MEANT[r"\\"] = r"\\"  # stay, for LIKE
_ESCAPED = re.compile(r"\\\\|''|\\'|\\[abtnvfr]")


class UnreadableError(ValueError):
    """A text that is no CQL2; says where."""


def to_json(text: str) -> Json:
    """CQL2 text as CQL2 JSON. Raises `UnreadableError`."""
    try:
        return _parser().parse(text)
    except UnexpectedInput as error:
        at = error.pos_in_stream or 0
        is_cut_off = isinstance(error, UnexpectedToken) and error.token.type == "$END"
        where = "its end" if is_cut_off else f"{text[at : at + 20]!r}, character {at + 1}"
        raise UnreadableError(f"no CQL2 text: it cannot be read on at {where}") from error


@cache
def _parser() -> Lark:
    grammar = Path(__file__).with_suffix(".lark").read_text("utf-8")
    return Lark(grammar, start="expression", parser="lalr", transformer=_ToJson(), maybe_placeholders=True)


def _operation(name: str, *arguments: Json) -> Json:
    return {"op": name, "args": list(arguments)}


@v_args(inline=True)
class _ToJson(Transformer[Token, Json]):
    """What each rule of the grammar means."""

    def any_of(self, *parts: Json) -> Json:
        return parts[0] if len(parts) == 1 else _operation("or", *parts)

    def all_of(self, *parts: Json) -> Json:
        return parts[0] if len(parts) == 1 else _operation("and", *parts)

    def negated(self, _not: Token, part: Json) -> Json:
        return _operation("not", part)

    def compared(self, left: Json, sign: Token, right: Json) -> Json:
        return _operation(str(sign), left, right)

    def like(self, value: Json, negation: Token | None, pattern: Json) -> Json:
        return _unless(negation, _operation("like", value, pattern))

    def between(self, value: Json, negation: Token | None, least: Json, most: Json) -> Json:
        return _unless(negation, _operation("between", value, least, most))

    def member(self, value: Json, negation: Token | None, *known: Json) -> Json:
        return _unless(negation, _operation("in", value, list(known)))

    def null(self, value: Json, negation: Token | None) -> Json:
        return _unless(negation, _operation("isNull", value))

    def chain(self, first: Json, *others: Json) -> Json:
        for sign, value in zip(others[::2], others[1::2], strict=True):
            first = _operation(str(sign).lower(), first, value)
        return first

    def power(self, base: Json, exponent: Json) -> Json:
        return base if exponent is None else _operation("^", base, exponent)

    def opposite(self, _sign: Token, value: Json) -> Json:
        return -value if isinstance(value, float) else _operation("*", -1.0, value)

    def same(self, _sign: Token, value: Json) -> Json:
        return value

    def number(self, digits: Token) -> Json:
        return float(digits)

    def string(self, quoted: Token) -> Json:
        return _ESCAPED.sub(lambda found: _MEANT.get(found[0], "'"), str(quoted)[1:-1])

    def true(self) -> Json:
        return True

    def false(self) -> Json:
        return False

    def named(self, name: Token) -> Json:
        return {"property": str(name)}

    def quoted(self, name: Token) -> Json:
        return {"property": str(name)[1:-1]}

    def function(self, name: Token, *arguments: Json) -> Json:
        if name.lower() == "bbox":
            return {"bbox": list(arguments)}
        if name.lower() in ("date", "timestamp"):
            return {name.lower(): arguments[0] if len(arguments) == 1 else list(arguments)}
        return _operation(name.lower(), *arguments)

    def coordinate(self, *parts: Token) -> str:
        return "".join(parts)

    def place(self, *coordinates: str) -> str:
        return " ".join(one for one in coordinates if one is not None)

    def places(self, *parts: str) -> str:
        return f"({', '.join(parts)})"

    def well_known(self, kind: Token, *parts: Any) -> Json:
        inner = parts[0] if isinstance(parts[0], str) else f"({', '.join(map(_text_of, parts))})"
        try:
            return orjson.loads(shapely.to_geojson(shapely.from_wkt(f"{kind} {inner}")))
        except shapely.GEOSException as error:
            raise UnreadableError(f"this {kind} is none: {str(error).strip()}") from error


def _text_of(geometry: Json) -> str:
    return str(shapely.from_geojson(orjson.dumps(geometry)).wkt)


def _unless(negation: Token | None, operation: Json) -> Json:
    return operation if negation is None else _operation("not", operation)
