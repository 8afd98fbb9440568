"""The form of what-ifs: fields as text, made into the inputs of the process."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from api.errors import BodyError, InputError, ParameterError
from api.processes.description import islands
from api.processes.inputs import MOST_LINES, Choices, faults_of_lines, looks_swapped, read_inputs
from api.texts.json_text import read_json
from api.texts.numbers import decimal_number
from coastlines.positions import PositionError, parse_position, plain_letters
from zones.seabed.effects import applied_effects
from zones.words import STATES, TERRITORIAL_WATERS_MAXIMUM_NM

LINES = 3  # that can be given by their positions; more as GeoJSON
_MOST_ROWS_SAID = 20  # of a line, that cannot be read
_MOST_LINES_SAID = 10  # of a GeoJSON text, that cannot be used
_ALL_LINES = "/inputs/straight_lines"
_PLACE_OF_LINE = re.compile("straight line ([0-9]+)")  # in messages of the core: its place among all
_LINE_FIELDS = ("state", "kind", "line_type", "name", "positions")
FIELDS = (
    "title",
    "coast",
    *(f"breadth-{state}" for state in STATES),
    *(f"line-{number}-{name}" for number in range(LINES) for name in _LINE_FIELDS),
    *("geojson", "file", "keep_artificial"),
)


def known_fields() -> tuple[str, ...]:
    """Names of all fields."""
    return (*FIELDS, *(f"effect-{name}" for name in islands()))


def inputs_of_form(fields: Mapping[str, str]) -> dict[str, Any]:
    """Inputs as in JSON; what is left as it was is left out. Raises `InputError`: a text cannot be read."""
    lines = _typed_lines(fields)
    for name in ("geojson", "file"):
        if text := fields.get(name, "").strip():
            lines += _geojson_lines(text)
    inputs: dict[str, Any] = {
        "breadth": _breadths(fields),
        # The full effect of an island is a choice where the group that it lies in has a lesser one.
        "effects": applied_effects(_numbers(fields, "effect", islands())),
        "straight_lines": {"type": "FeatureCollection", "features": lines} if lines else {},
        "title": fields.get("title", "").strip(),
        "keep_artificial": "keep_artificial" in fields,
        "coast": fields.get("coast", ""),
    }
    return {name: value for name, value in inputs.items() if value}


@dataclass(frozen=True, slots=True)
class Fault:
    """What cannot be used of a form: the field that it was given in, empty where none is known, and why."""

    field: str
    said: str


def fault_of(pointer: str, message: str, fields: Mapping[str, str]) -> Fault:
    """An input that cannot be used, in the words and by the field of the form."""
    return Fault(field_at_fault(pointer, message, fields), said_of_lines(message, fields))


def read_form(fields: Mapping[str, str], *, most_vertices: int) -> tuple[Choices | None, list[Fault]]:
    """The choices that a form makes, or all that cannot be used of it, in the order of its fields.

    Its parts are read apart first, so that a fault of one does not hide those of others.
    """
    faults: list[Fault] = []
    usable: dict[str, str] = {}
    for part in _parts(fields):
        # Lines are counted through: those before have to be there, if they can be used.
        lines = {name: text for name, text in usable.items() if name.startswith("line-")}
        found = (
            _faults_of_rows(part)
            or _faults_of_lines(part)
            or _faults_of_part({**lines, **part}, most_vertices)
        )
        faults += found
        usable |= {} if found else part
    if faults:
        return None, faults
    try:
        return read_inputs(inputs_of_form(fields), most_vertices=most_vertices), []
    except InputError as error:
        return None, [fault_of(str(error.extra["pointer"]), str(error), fields)]


def _parts(fields: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """What of a form can be read by itself: every field, but for those of a line, which belong together."""
    of_lines = [tuple(_line_field(number, name) for name in _LINE_FIELDS) for number in range(LINES)]
    for names in (
        *((f"breadth-{state}",) for state in STATES),
        *((f"effect-{name}",) for name in islands()),
        *of_lines,
        *(("geojson",), ("file",), ("coast",), ("title",)),
    ):
        if part := {name: fields[name] for name in names if name in fields}:
            yield part


def _faults_of_part(part: Mapping[str, str], most_vertices: int) -> list[Fault]:
    try:
        read_inputs(inputs_of_form(part), most_vertices=most_vertices)
    except InputError as error:
        return [fault_of(str(error.extra["pointer"]), str(error), part)]
    return []


def _faults_of_rows(part: Mapping[str, str]) -> list[Fault]:
    """Of a line, what cannot be read of each of its rows; of some of them where there are very many."""
    faults: list[Fault] = []
    for number in range(LINES):
        field = positions_field(number)
        for row, text in enumerate(part.get(field, "").splitlines()):
            try:
                typed_positions({field: "\n" * row + text}, number, 0)
            except InputError as error:
                faults.append(Fault(field, str(error)))
            if len(faults) == _MOST_ROWS_SAID:
                return faults
    return faults


def _faults_of_lines(part: Mapping[str, str]) -> list[Fault]:
    """Of a GeoJSON text, what cannot be used of each of its lines; of some where there are very many."""
    for field in ("geojson", "file"):
        try:
            lines = _geojson_lines(part.get(field, ""))
        except InputError:
            continue  # there is none, or it cannot be read at all
        if len(lines) > MOST_LINES:
            continue
        said = [_said_of_line(error) for error in faults_of_lines(lines, _ALL_LINES)]
        more = len(said) - _MOST_LINES_SAID
        said[_MOST_LINES_SAID:] = [f"and {more} more"] if more > 0 else []
        if said:
            return [Fault(field, one) for one in said]
    return []


def _said_of_line(error: InputError) -> str:
    """What is wrong with a line of a collection, with its number."""
    number = int(str(error.extra["pointer"]).removeprefix(f"{_ALL_LINES}/features/").split("/")[0]) + 1
    place = f"straight line {number}"
    return str(error) if str(error).startswith(place) else f"{place}: {error}"


def field_of(pointer: str, fields: Mapping[str, str]) -> str:
    """The name of the field that an input at fault was given in."""
    parts = [one.replace("~1", "/").replace("~0", "~") for one in pointer.split("/")[2:]]
    if len(parts) > 1 and parts[0] in ("breadth", "effects"):
        return f"{parts[0].removesuffix('s')}-{parts[1]}"
    if parts and parts[0] == "straight_lines":
        at = int(parts[2]) if len(parts) > 2 and parts[2].isdigit() else None
        field = _field_of_line(at, fields)
        is_name = parts[3:] == ["properties", "name"] and field.endswith(_LINE_FIELDS[-1])
        return field.replace(_LINE_FIELDS[-1], parts[-1]) if is_name else field
    return parts[0] if parts else ""


def _field_of_line(at: int | None, fields: Mapping[str, str]) -> str:
    """Where the line of a place in the collection was given: its own field, or one with GeoJSON."""
    typed = [positions_field(number) for number in _typed(fields)]
    if at is not None and at < len(typed):
        return typed[at]
    given = [name for name in ("geojson", "file") if fields.get(name, "").strip()]
    return (given or typed or [positions_field(0)])[0]


def said_of_lines(message: str, fields: Mapping[str, str]) -> str:
    """What is said of a line by its place among all, by the number that it has in the form."""

    def named(found: re.Match[str]) -> str:
        typed, at = _typed(fields), int(found[1]) - 1
        if found[1] in _names(fields).values():
            return found[0]
        if at < len(typed):
            return f"line {typed[at] + 1}"
        return f"line {at - len(typed) + 1} of the GeoJSON" if typed else found[0]

    return _PLACE_OF_LINE.sub(named, message)


def field_at_fault(pointer: str, message: str, fields: Mapping[str, str]) -> str:
    """The field that an input at fault was given in, by what is said of it where that says more."""
    if pointer == _ALL_LINES:
        for number, name in _names(fields).items():
            if f"straight line {name} of" in message:
                return positions_field(number)
        if found := _PLACE_OF_LINE.search(message):
            return field_of(f"{pointer}/features/{int(found[1]) - 1}", fields)
    return field_of(pointer, fields)


def with_file_as_text(fields: Mapping[str, str]) -> dict[str, str]:
    """The fields with the lines of a file among those of the text: a file cannot be filled in again."""
    texts = [fields.get(name, "").strip() for name in ("geojson", "file")]
    kept = {name: text for name, text in fields.items() if name != "file"}
    if not texts[1]:
        return kept
    features = [line for text in texts if text for line in _geojson_lines(text)]
    return {**kept, "geojson": json.dumps({"type": "FeatureCollection", "features": features})}


def _typed(fields: Mapping[str, str]) -> list[int]:
    """Numbers of the lines of which positions are typed, from 0."""
    return [number for number in range(LINES) if fields.get(positions_field(number), "").strip()]


def _names(fields: Mapping[str, str]) -> dict[int, str]:
    """What typed lines are called, by their number."""
    names = {number: fields.get(f"line-{number}-name", "").strip() for number in _typed(fields)}
    return {number: name for number, name in names.items() if name}


def _breadths(fields: Mapping[str, str]) -> dict[str, float]:
    given = _numbers(fields, "breadth", STATES)
    return {state: nm for state, nm in given.items() if nm != TERRITORIAL_WATERS_MAXIMUM_NM}


def _numbers(fields: Mapping[str, str], stem: str, names: Any) -> dict[str, float]:
    found = {}
    for name in names:
        field = f"{stem}-{name}"
        text = fields.get(field, "").strip()
        if not text:
            continue
        pointer = f"/inputs/{stem}{'s' if stem == 'effect' else ''}/{name}"
        read = plain_letters(text)[0].replace(",", ".")
        try:
            found[name] = decimal_number(read, name)
        except ParameterError as error:  # in the letters that were typed
            said = str(error).replace(repr(read[:80]), repr(text[:80]))
            raise InputError(pointer, said) from None
    return found


def _typed_lines(fields: Mapping[str, str]) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    for number in range(LINES):
        places = typed_positions(fields, number, len(lines))
        if not places:
            continue
        properties = {name: fields.get(f"line-{number}-{name}", "").strip() for name in _LINE_FIELDS[:-1]}
        lines.append(
            {
                "type": "Feature",
                "properties": {name: text for name, text in properties.items() if text},
                "geometry": {"type": "LineString", "coordinates": places},
            }
        )
    return lines


def typed_positions(fields: Mapping[str, str], number: int, at: int) -> list[list[float]]:
    """The positions of a line, one a row, as longitude and latitude. [deg]

    `at` is the line's place among those that are given. Raises `InputError`.
    """
    texts = [one.strip() for one in fields.get(positions_field(number), "").splitlines()]
    rows = enumerate(texts, start=1)
    return [_position(text, f"line {number + 1}, row {row}", at) for row, text in rows if text]


def positions_field(number: int) -> str:
    """The name of the field with the positions of a line."""
    return _line_field(number, _LINE_FIELDS[-1])


def _line_field(number: int, name: str) -> str:
    return f"line-{number}-{name}"


def _position(text: str, place: str, at: int) -> list[float]:
    try:
        lon, lat = parse_position(text)
    except PositionError as error:
        raise InputError(f"/inputs/straight_lines/features/{at}", f"{place}: {error}") from None
    if looks_swapped(lon, lat):
        said = (
            f"{place}: latitude {lat:.10g}, longitude {lon:.10g} is far from the sea; latitude comes first: "
        )
        raise InputError(f"/inputs/straight_lines/features/{at}", f"{said}{lon:.10g} {lat:.10g}")
    return [lon, lat]


def _geojson_lines(text: str) -> list[dict[str, Any]]:
    """Lines of a GeoJSON text: a collection of them, or one."""
    pointer = _ALL_LINES
    try:
        value = read_json(text.encode("utf-8"), "the GeoJSON text")
    except UnicodeEncodeError:
        raise InputError(pointer, "the file is no text in UTF-8") from None
    except BodyError as error:
        raise InputError(pointer, str(error)) from None
    if isinstance(value, dict) and value.get("type") == "Feature":
        return [value]
    if isinstance(value, dict) and isinstance(value.get("features"), list):
        return list(value["features"])
    raise InputError(pointer, "the GeoJSON text is no Feature or FeatureCollection")
