"""The inputs of the process ``edition``, read strictly: a JSON pointer (RFC 6901) says what is wrong."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from api.errors import InputError
from coastlines import SOURCE_IDS, StraightLine, check_straight_lines, check_treaty_points
from coastlines.words import is_one_line
from zones.errors import CoastlinesError, ZonesError
from zones.parameters import Parameters
from zones.words import STATES

OUTPUT = "edition"
LONGEST_TITLE = 100
MOST_LINES = 100
_BY_THE_SEA = (46.0, 36.0, 55.5, 48.0)  # [deg]
_MEMBERS = ("inputs", "outputs", "response", "mode")
_NO_LINES: dict[str, Any] = {"type": "FeatureCollection", "features": []}
_RESPONSES = ("raw", "document")
_INPUTS = ("coast", "breadth", "straight_lines", "effects", "treaty_points", "keep_artificial", "title")


@dataclass(frozen=True, slots=True)
class Choices:
    """What an edition is to be built from, checked as far as that is possible without a coast."""

    coast: str = "osm"
    breadth_nm: Mapping[str, float] = field(default_factory=dict)
    straight_lines: tuple[StraightLine, ...] = ()
    effects: Mapping[str, float] = field(default_factory=dict)
    treaty_points: Mapping[str, list[list[float]]] = field(default_factory=dict)
    keep_artificial: bool = False
    title: str | None = None  # of the user's own; the edition does not depend on it

    @property
    def parameters(self) -> Parameters:
        """As the core takes them."""
        return Parameters(
            coast=self.coast,
            breadth_nm=self.breadth_nm,
            straight_lines=self.straight_lines,
            effects=self.effects,
            treaty_points=self.treaty_points,
            keep_artificial=self.keep_artificial,
        )

    def plain(self) -> dict[str, Any]:
        """As inputs in JSON, those that are not the default: `read_inputs` gives the same edition again."""
        lines = [_line_feature(line) for line in self.straight_lines]
        written = {
            "coast": self.coast,
            "breadth": dict(self.breadth_nm),
            "straight_lines": {"type": "FeatureCollection", "features": lines} if lines else None,
            "effects": dict(self.effects),
            "treaty_points": dict(self.treaty_points),
            "keep_artificial": self.keep_artificial,
        }
        return {name: value for name, value in written.items() if value}


@dataclass(frozen=True, slots=True)
class Execution:
    """A request to execute the process."""

    choices: Choices
    response: str  # ``raw`` or ``document``


def read_execution(body: object, *, most_vertices: int) -> Execution:
    """What the body of a request asks for. Raises `InputError`."""
    members = _object(body, "", _MEMBERS)
    response = members.get("response", "raw")
    if response not in _RESPONSES:
        raise InputError("/response", f"response {_shown(response)}: raw or document is needed")
    if members.get("mode", "async") not in ("async", "auto"):
        raise InputError("/mode", f"mode {_shown(members['mode'])}: the process is executed as a job alone")
    for name, output in _object(members.get("outputs", {}), "/outputs", (OUTPUT,)).items():
        wanted = _object(output, f"/outputs/{name}", ("transmissionMode", "format"))
        if wanted.get("transmissionMode", "value") != "value":
            raise InputError(f"/outputs/{name}/transmissionMode", "results are given by value")
    choices = read_inputs(members.get("inputs", {}), most_vertices=most_vertices)
    return Execution(choices, str(response))


def read_inputs(value: object, *, most_vertices: int, at: str = "/inputs") -> Choices:
    """The choices that inputs make, `at` being where they stand. Raises `InputError`."""
    given = {name: _unwrapped(one, f"{at}/{name}") for name, one in _object(value, at, _INPUTS).items()}
    lines = _straight_lines(given.get("straight_lines", _NO_LINES), f"{at}/straight_lines")
    points = _treaty_points(given.get("treaty_points", {}), f"{at}/treaty_points")
    vertices = sum(len(line.coordinates) for line in lines) + sum(map(len, points.values()))
    if vertices > most_vertices:
        raise InputError(
            f"{at}/straight_lines" if lines else f"{at}/treaty_points",
            f"lines and points have {vertices:,} vertices together, at most {most_vertices:,} are taken "
            "(CASPIAN_MAX_WHAT_IF_VERTICES)",
            limit=most_vertices,
        )
    return Choices(
        coast=_coast(given.get("coast", SOURCE_IDS[0]), f"{at}/coast"),
        breadth_nm=_breadths(given.get("breadth", {}), f"{at}/breadth"),
        straight_lines=lines,
        effects=_effects(given.get("effects", {}), f"{at}/effects"),
        treaty_points=points,
        keep_artificial=_truth(given.get("keep_artificial", False), f"{at}/keep_artificial"),
        title=_title(given.get("title", ""), f"{at}/title"),
    )


def _unwrapped(value: Any, at: str) -> Any:
    """The value of an input, which may stand in an object as its ``value``; nothing is fetched."""
    if isinstance(value, dict) and "href" in value:
        raise InputError(f"{at}/href", "inputs are not fetched from elsewhere: give the value itself")
    if isinstance(value, dict) and "value" in value:
        return _object(value, at, ("value", "mediaType", "format", "encoding", "schema"))["value"]
    return value


def _object(value: object, at: str, known: Sequence[str] | None = None) -> dict[str, Any]:
    if not isinstance(value, dict):
        what = "the body" if not at else at.rpartition("/")[2]
        raise InputError(at, f"{what} is {_shown(value)}: an object is needed")
    for name in value:
        if known is not None and name not in known:
            raise InputError(
                f"{at}/{_escaped(name)}",
                f"unknown member {name[:80]!r}; known here: {', '.join(known)}",
                known=list(known),
            )
    return value


def _coast(value: object, at: str) -> str:
    if value not in SOURCE_IDS:
        raise InputError(
            at, f"coast {_shown(value)}: {', '.join(SOURCE_IDS)} are known", known=list(SOURCE_IDS)
        )
    return str(value)


def _breadths(value: object, at: str) -> dict[str, float]:
    found = {}
    for state, given in _object(value, at, STATES).items():
        found[state] = _number(given, f"{at}/{state}", f"the breadth of {state} in nautical miles")
        _check(f"{at}/{state}", breadth_nm={state: found[state]})
    return found


def _effects(value: object, at: str) -> dict[str, float]:
    found = {}
    for name, given in _object(value, at).items():
        place = f"{at}/{_escaped(name)}"
        found[name] = _number(given, place, f"the effect of {name[:80]}, from 0 to 1,")
        _check(place, effects={name: found[name]})
    _check(at, effects=found)
    return found


def _check(at: str, **choice: Any) -> None:
    """Have the core look at one choice alone, so that what is wrong is known by its place."""
    try:
        Parameters(**choice)
    except ZonesError as error:
        raise InputError(at, str(error)) from None


def _number(value: object, at: str, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InputError(at, f"{what} is {_shown(value)}: a number is needed")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise InputError(at, f"{what} is not finite")
    return number


def _truth(value: object, at: str) -> bool:
    if not isinstance(value, bool):
        raise InputError(at, f"keep_artificial is {_shown(value)}: true or false is needed")
    return value


def _title(value: object, at: str) -> str | None:
    if not isinstance(value, str) or len(value) > LONGEST_TITLE or not is_one_line(value):
        raise InputError(at, f"a title is one line of at most {LONGEST_TITLE} characters")
    return value.strip() or None


def _straight_lines(value: object, at: str) -> tuple[StraightLine, ...]:
    members = _object(value, at)
    features = members.get("features")
    if members.get("type") != "FeatureCollection" or not isinstance(features, list):
        raise InputError(at, "straight lines are a GeoJSON FeatureCollection of LineStrings")
    if len(features) > MOST_LINES:
        raise InputError(f"{at}/features", f"{len(features):,} lines, at most {MOST_LINES} are taken")
    numbered = enumerate(features)
    return tuple(_straight_line(one, f"{at}/features/{place}", place + 1) for place, one in numbered)


def faults_of_lines(features: Sequence[object], at: str) -> list[InputError]:
    """What cannot be used of each of the lines of a collection, `at` being where it stands."""
    faults = []
    for place, one in enumerate(features):
        try:
            _straight_line(one, f"{at}/features/{place}", place + 1)
        except InputError as error:
            faults.append(error)
    return faults


def _straight_line(value: object, at: str, number: int) -> StraightLine:
    members = _object(value, at)
    geometry = members.get("geometry")
    if members.get("type") != "Feature":
        raise InputError(f"{at}/type", "a Feature is needed")
    if not isinstance(geometry, dict) or geometry.get("type") != "LineString":
        raise InputError(f"{at}/geometry", "a LineString is needed")
    properties = _object(members.get("properties"), f"{at}/properties")
    name = properties.get("name")
    if name is not None and (not isinstance(name, str) or len(name) > LONGEST_TITLE or not is_one_line(name)):
        raise InputError(f"{at}/properties/name", f"a name is one line of at most {LONGEST_TITLE} characters")
    line = StraightLine(
        state=properties.get("state", ""),
        kind=properties.get("kind", ""),
        line_type=properties.get("line_type", "geodesic"),
        coordinates=_rows(geometry.get("coordinates"), f"{at}/geometry/coordinates"),
        name=name,
    )
    try:
        (checked,) = check_straight_lines((line,))
    except (CoastlinesError, TypeError) as error:
        said = str(error).replace("straight line 1", f"straight line {number}", 1)
        raise InputError(at, said) from None
    return checked


def _rows(value: object, at: str) -> Any:
    """Rows of longitude and latitude; a third coordinate is left out."""
    rows = []
    for number, row in enumerate(value if isinstance(value, list) else [value]):
        if not isinstance(row, list) or len(row) not in (2, 3):
            raise InputError(
                f"{at}/{number}", f"{_shown(row)} is no position: [longitude, latitude] is needed"
            )
        place = f"{at}/{number}"
        rows.append([_number(one, f"{place}/{axis}", "a coordinate") for axis, one in enumerate(row)][:2])
        if looks_swapped(*rows[-1]):
            said = f"longitude {rows[-1][0]:.10g}, latitude {rows[-1][1]:.10g} looks swapped"
            raise InputError(place, f"{said}: longitude comes first")
        if abs(rows[-1][0]) > 180 or abs(rows[-1][1]) > 90:
            raise InputError(
                place, f"longitude {rows[-1][0]:.10g}, latitude {rows[-1][1]:.10g} is not on the earth"
            )
    return rows


def looks_swapped(lon: float, lat: float) -> bool:
    """Whether a position lies by the Caspian Sea only with its numbers the other way round. [deg]"""
    return not _is_by_the_sea(lon, lat) and _is_by_the_sea(lat, lon)


def _is_by_the_sea(lon: float, lat: float) -> bool:
    west, south, east, north = _BY_THE_SEA
    return west <= lon <= east and south <= lat <= north


def _treaty_points(value: object, at: str) -> dict[str, list[list[float]]]:
    found = {}
    for pair, given in _object(value, at).items():
        place = f"{at}/{_escaped(pair)}"
        _check(place, treaty_points={pair: ()})
        try:
            found[pair] = check_treaty_points(_rows(given, place)).tolist()
        except CoastlinesError as error:
            raise InputError(place, str(error)) from None
    return found


def _line_feature(line: StraightLine) -> dict[str, Any]:
    properties = {name: getattr(line, name) for name in ("state", "kind", "line_type", "name")}
    return {
        "type": "Feature",
        "properties": {name: value for name, value in properties.items() if value is not None},
        "geometry": {"type": "LineString", "coordinates": line.coordinates.tolist()},
    }


def _shown(value: object) -> str:
    """A value of JSON as it was written, shortened."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _escaped(name: str) -> str:
    return name[:80].replace("~", "~0").replace("/", "~1")
