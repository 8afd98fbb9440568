"""Whether a report still holds: what it carries is answered again, and its pages are made again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from api.atlas import Atlas
from api.batches.crossings import GEODESIC, LOXODROME, answer_of, asked_of, cross_all, limits_of, with_legs
from api.errors import BodyError, InputError, ParameterError, ReportFileError, TooMuchError
from api.pages.notations import short_position
from api.processes.differences import results_of
from api.processes.inputs import read_inputs
from api.reports.attached import Attached, attached_to
from api.reports.content import CROSSINGS, POSITION, Report
from api.reports.crossings import one_geometry, one_times
from api.reports.making import (
    Place,
    crossings_report,
    place_of_edition,
    place_of_position,
    place_of_what_if,
    position_report,
    what_if_report,
)
from api.reports.position import given_as, position_given
from api.reports.typesetting import made_with, pdf_of
from api.settings import settings
from api.texts.json_text import json_bytes, write_json
from api.texts.numbers import decimal_number
from coastlines.positions import PositionError
from coastlines.words import is_one_line
from zones.crossings.input import CrossingError
from zones.errors import CoordinateError, UnknownEditionError, ZonesError

if TYPE_CHECKING:
    from zones.editions.store import Edition, Progress, Store
    from zones.parameters import Parameters

SAME, OTHER, NOT_COMPARED = "same", "other", "not compared"  # of the pages
HOLDS, DIFFERS, RECORD_HOLDS = "holds", "differs", "the record holds"
_OF_THE_EDITION = ("edition", "sha256", "coast", "assumptions")  # what a report says of it
_LONGEST_VALUE = 200
_ROOT = re.compile("https?://[^/?#]+[^?#]*")  # of an address: the service without its path and query
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that is another now; None where there is none. Texts are JSON."""

    name: str
    reported: str | None
    now: str | None


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of checking a report."""

    kind: str
    subject: str  # what it is a report of
    edition: str  # that it names
    differences: tuple[Difference, ...]
    pages: str  # SAME, OTHER or NOT_COMPARED
    made_with: Mapping[str, object]  # versions of packages by their names
    checked_with: Mapping[str, object]

    @property
    def verdict(self) -> str:
        """Whether all of it is as it is answered and made now, or the record alone as far as can be seen."""
        if self.differences or self.pages == OTHER:
            return DIFFERS
        return HOLDS if self.pages == SAME else RECORD_HOLDS


def check(content: bytes, store: Store, progress: Progress | None = None) -> Checked:
    """Answer again what a report carries.

    Raises `ReportFileError`: no report of ours, a damaged one, or one whose edition is not to be had.
    """
    attached = attached_to(content)
    parameters = _parameters_of(attached)
    edition = _edition_of(attached, parameters, store, progress)
    try:
        report = _again(attached, edition, store, progress)
    except (BodyError, CoordinateError, CrossingError, TooMuchError) as error:
        raise ReportFileError(f"what it asks cannot be answered: {error}") from None
    reported, now = (
        {name: about[name] for name in _OF_THE_EDITION} for about in (attached.about, report.about)
    )
    differences = (
        *_differences(attached.record, _plain(report.record)),
        *_differences(reported, now, "report"),
        *_of_other_choices(parameters, edition),
        *_of_what_was_given(attached),
        *_of_the_address(attached),
    )
    pages = NOT_COMPARED
    made, here = attached.about["made_with"], made_with()
    if not differences and made == here:
        pages = SAME if pdf_of(report) == content else OTHER
    return Checked(
        kind=attached.kind,
        subject=_subject(attached),
        edition=attached.about["edition"],
        differences=differences,
        pages=pages,
        made_with=made,
        checked_with=here,
    )


def _parameters_of(attached: Attached) -> Parameters | None:
    """What its edition is built from, where the report says so."""
    inputs = attached.about["inputs"]
    if inputs is None:
        return None
    most = int(settings()["MAX_WHAT_IF_VERTICES"])
    try:
        return read_inputs(inputs, most_vertices=most, at="inputs").parameters
    except InputError as error:
        raise ReportFileError(f"the choices that its edition is built from cannot be used: {error}") from None


def _edition_of(
    attached: Attached, parameters: Parameters | None, store: Store, progress: Progress | None
) -> Edition:
    """The edition that a report names; else one of the same choices, as this software builds it."""
    name, about = attached.about["edition"], attached.about
    try:
        return store.edition(name, progress=progress)
    except UnknownEditionError as error:
        unknown = error
    try:
        if parameters is not None:
            return store.build(parameters, progress=progress)
        if about["assumptions"] is None:  # a default edition, of another version of the software
            return store.edition(about["coast"], progress=progress)
    except ZonesError as error:
        raise ReportFileError(f"its edition {name[:80]} cannot be built here: {error}") from None
    raise ReportFileError(
        f"its edition {name[:80]} is not kept here, and it does not say what it is built from: "
        "build it with `caspian build` and check again"
    ) from unknown


def _of_other_choices(parameters: Parameters | None, edition: Edition) -> Iterator[Difference]:
    """A difference where the choices that a report carries make another edition than that of its answer."""
    if parameters is not None:
        from zones.editions.identity import read_inputs as identified  # slow to load

        name = identified(parameters).name
        if name != edition.name:
            yield Difference("report.inputs", f"those of {name}", f"those of {edition.name}")


def _of_what_was_given(attached: Attached) -> Iterator[Difference]:
    """A difference where the position as it was written is not the one that was answered."""
    if attached.kind != POSITION:
        return
    given, asked = attached.about["given"], attached.about["asked"]
    answered = asked["lon"], asked["lat"]
    try:
        is_it = position_given(given) == answered
    except (ParameterError, PositionError):
        is_it = False
    if not is_it:
        yield Difference("report.given", _shown(given), _shown(given_as(*map(repr, answered))))


def _of_the_address(attached: Attached) -> Iterator[Difference]:
    """A difference where the address is not that of what was asked.

    What a service calls itself, which stands before its path, is as it was.
    """
    address = attached.about["address"]
    if address is None:
        return
    path, parameters = _place_of(attached)
    end = f"{path}?{urlencode(parameters)}" if parameters else path
    if not (address.endswith(end) and _ROOT.fullmatch(address.removesuffix(end))):
        yield Difference("report.address", _shown(address), _shown(f"...{end}"))


def _place_of(attached: Attached) -> Place:
    edition = attached.about["edition"]
    if attached.kind == POSITION:
        asked = attached.about["asked"]
        lon, lat = (_coordinate(asked, name) for name in ("lon", "lat"))
        return place_of_position(lon, lat, edition, compare=asked.get("compare") is True)
    return place_of_edition(edition) if attached.kind == CROSSINGS else place_of_what_if(edition)


def _again(attached: Attached, edition: Edition, store: Store, progress: Progress | None) -> Report:
    """The report as it is made now."""
    about, atlas = attached.about, Atlas(edition)
    common = {"language": about["language"], "address": about["address"]}
    asked = about["asked"] or {}
    if attached.kind == POSITION:
        compare = asked.get("compare") is True
        lon, lat = _coordinate(asked, "lon"), _coordinate(asked, "lat")
        record = edition.classify_one(lon=lon, lat=lat, compare=compare)
        return position_report(
            atlas, record, compare=compare, given=about["given"], inputs=about["inputs"], **common
        )
    if attached.kind == CROSSINGS:
        limits = limits_of(settings())
        read = asked_of(asked, limits)
        geometry = one_geometry(read)
        times, legs = one_times(read), about.get("legs", GEODESIC)
        if not isinstance(legs, str):
            read = with_legs(read, legs, limits)
        (answer,) = cross_all(edition, read, limits, loxodromes=legs == LOXODROME)
        if isinstance(answer, CrossingError):
            raise answer
        value = answer_of(edition, read, (answer,))
        return crossings_report(
            atlas,
            answer,
            value,
            geometry=geometry,
            times=times,
            legs=legs,
            given=about["given"],
            inputs=about["inputs"],
            **common,
        )
    usual = store.edition(edition.metadata["coast"]["id"], progress=progress)
    results = {**results_of(edition, usual, {}), "inputs": about["inputs"]}
    return what_if_report(atlas, Atlas(usual), results, **common)


def _coordinate(asked: Mapping[str, Any], name: str) -> float:
    value = asked.get(name)
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return decimal_number(repr(value), name)
    except ParameterError:  # larger than any float
        pass
    raise ReportFileError(f"what it asks was changed: {name} is no number")


def _subject(attached: Attached) -> str:
    asked = attached.about["asked"] or {}
    if attached.kind == POSITION:
        return short_position(float(asked["lon"]), float(asked["lat"]))
    return _in_one_line(str(attached.about["given"] or attached.about["assumptions"] or ""))


def _in_one_line(text: str) -> str:
    """Without letters that a terminal takes for commands."""
    return "".join(one if is_one_line(one) else " " for one in text)


def _plain(value: object) -> Any:
    """As it is after being written and read."""
    return json.loads(json_bytes(value))


def _differences(reported: Any, now: Any, name: str = "") -> Iterator[Difference]:
    """Every value of JSON that is not the same in both."""
    if isinstance(reported, dict) and isinstance(now, dict):
        for key in dict.fromkeys((*now, *reported)):
            inside = f"{name}.{key}" if name else str(key)
            yield from _differences(reported.get(key, _ABSENT), now.get(key, _ABSENT), inside)
    elif isinstance(reported, list) and isinstance(now, list):
        for place in range(max(len(reported), len(now))):
            one, other = (rows[place] if place < len(rows) else _ABSENT for rows in (reported, now))
            yield from _differences(one, other, f"{name}[{place}]")
    elif reported != now or isinstance(reported, bool) != isinstance(now, bool):
        yield Difference(_in_one_line(name[:_LONGEST_VALUE]), _shown(reported), _shown(now))


def _shown(value: object) -> str | None:
    if value is _ABSENT:
        return None
    text = write_json(value)
    return _in_one_line(text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 3]}...")
