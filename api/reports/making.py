"""Reports of answers: what stands in them, the record they carry, and all that is needed to answer again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from api.atlas import Atlas
from api.batches.crossings import GEODESIC
from api.languages.catalogues import messages
from api.reports import crossings, position, what_if
from api.reports.attached import FORM
from api.reports.content import CROSSINGS, POSITION, WHAT_IF, Content, Report
from api.reports.pictures import LONGEST_ADDRESS, code_of
from api.reports.typesetting import check_installed, made_with
from api.reports.wording import isolated
from zones.crossings.area import AreaCrossings
from zones.crossings.route import RouteCrossings

Place = tuple[str, dict[str, str]]  # the path of an address and its query, in their order


def place_of_position(lon: float, lat: float, edition: str, *, compare: bool) -> Place:
    """Where a service gives the answer of a position."""
    without = {} if compare else {"compare": "false"}
    return "/classify", {"lon": repr(lon), "lat": repr(lat), **without, "edition": edition}


def place_of_edition(edition: str) -> Place:
    """Where a service shows an edition."""
    return "/", {"edition": edition}


def place_of_what_if(edition: str) -> Place:
    """Where a service says what differs in an edition."""
    return f"/what-if/{edition}", {}


def position_report(
    atlas: Atlas,
    record: Mapping[str, Any],
    *,
    compare: bool,
    given: str,
    language: str,
    address: str | None = None,
    inputs: Mapping[str, Any] | None = None,
) -> Report:
    """The report of a record of `Edition.classify_one`; `given` is the position as it was written.

    `compare` says whether the coasts were to be compared, `address` where the same answer is to be had;
    `inputs` are the choices of an edition that is not a default one, where they are known.

    Raises `NoReportsError`.
    """
    check_installed()
    asked = {"lon": record["lon"], "lat": record["lat"], "compare": compare}
    content = position.content_of(atlas, record, given, language)
    about = _about(POSITION, atlas, language, address, inputs) | {"asked": asked, "given": given}
    if address is None:
        content = _by_command(content, asked, atlas.name)
    return Report(_addressed(content, address), dict(record), about)


def _by_command(content: Content, asked: Mapping[str, Any], edition: str) -> Content:
    """With how the answer is had again where there is no service."""
    title = messages(content.language).gettext("The same answer by the command line:")
    command = f"caspian classify {asked['lon']!r} {asked['lat']!r} --edition {edition}"
    command += "" if asked["compare"] else " --no-compare"
    return replace(content, address_title=title, address=isolated(command))


def crossings_report(
    atlas: Atlas,
    answer: RouteCrossings | AreaCrossings,
    record: Mapping[str, Any],
    *,
    geometry: Mapping[str, Any],
    times: list[list[object]] | None = None,
    legs: str | Sequence[str] = GEODESIC,
    given: str,
    language: str,
    address: str | None = None,
    inputs: Mapping[str, Any] | None = None,
) -> Report:
    """The report of a route or area; `record` is its answer as ``/crossings`` gives it.

    `address` is that of the edition: none holds a route. `geometry` is as it was given, `legs` says what
    joins its vertices, all of them or each two, `times` are theirs, by the parts of the route.

    Raises `NoReportsError`; `TooMuchError`: it falls into more legs than a report has room for.
    """
    check_installed()
    said = messages(language)
    content = crossings.content_of(atlas, answer, record, geometry, legs, given, language)
    again = said.gettext(
        "This file carries what was asked and the answer: %(command)s answers it again and says whether it "
        "still holds."
    ) % {"command": isolated("caspian report --check")}
    title = said.gettext("The edition, as long as it is kept:")
    about = _about(CROSSINGS, atlas, language, address, inputs)
    about |= {"asked": crossings.asked_again(geometry, times), "legs": legs, "given": given}
    return Report(_addressed(replace(content, again=again), address, title), dict(record), about)


def what_if_report(
    atlas: Atlas,
    usual: Atlas,
    results: Mapping[str, Any],
    *,
    language: str,
    address: str | None = None,
) -> Report:
    """The report of an edition of own choices beside the usual one; `results` are those of its building.

    Raises `NoReportsError`; `TooMuchError`: there are more differences than a report has room for.
    """
    check_installed()
    about = _about(WHAT_IF, atlas, language, address, results["inputs"]) | {"asked": None, "given": ""}
    record = {**results, "inputs": about["inputs"]}  # the record, too, has none of a default edition
    content = what_if.content_of(atlas, usual, record, language)
    return Report(_addressed(content, address), record, about)


def _about(
    kind: str, atlas: Atlas, language: str, address: str | None, inputs: Mapping[str, Any] | None
) -> dict[str, Any]:
    """What a report says of itself, from which it can be made again."""
    metadata = atlas.edition.metadata
    if atlas.edition.assumptions is None:
        inputs = None  # whether or not somebody has asked for a default edition by its choices
    return {
        "report": kind,
        "form": FORM,
        "language": language,
        "edition": atlas.name,
        "sha256": metadata["sha256"],
        "coast": metadata["coast"]["id"],
        "assumptions": atlas.edition.assumptions,
        "inputs": None if inputs is None else dict(inputs),
        "address": address,
        "made_with": made_with(),
    }


def _addressed(content: Content, address: str | None, title: str | None = None) -> Content:
    """With the address where the answer, or what the title says, is to be had, and its code where it is not
    too long for one.
    """
    if address is None:
        return content
    title = title or messages(content.language).gettext("The same answer, as long as the edition is kept:")
    code = code_of(address) if len(address) <= LONGEST_ADDRESS else ""
    shown = address if len(address) <= LONGEST_ADDRESS else f"{address[:LONGEST_ADDRESS]} …"
    return replace(content, address_title=title, address=isolated(shown), code=code)
