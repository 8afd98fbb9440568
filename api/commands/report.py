"""``caspian report``: an answer as a page to file, and whether one still holds."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from api.batches.crossings import LEGS, LOXODROME
from api.batches.route_files import asked_of_file
from api.commands.classify import lon_lat
from api.commands.common import Command, Context, add_edition, language_tag
from api.commands.output import bytes_written_beside, check_output
from api.errors import CommandError, RequestError, TooMuchError
from api.languages.choice import ENGLISH, LANGUAGES
from api.settings import settings
from coastlines.positions import parse_position

if TYPE_CHECKING:
    from api.reports.checking import Checked, Difference
    from api.reports.content import Report

_ENDINGS = (".pdf",)
_INSTALL = "pip install 'caspian-zones[report]'"
_DIFFERS, _RECORD_HOLDS = 1, 3
_MOST_SHOWN = 20  # differences


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "where",
        nargs="*",
        metavar="LON LAT | FILE",
        help="longitude and latitude in decimal degrees; or a file with a route or an area, as `caspian "
        "crossings` reads it; or nothing, for a report of what differs in the edition of --edition",
    )
    parser.add_argument("--position", metavar="TEXT", help="the position as written on a chart")
    parser.add_argument(
        "--legs",
        choices=LEGS,
        help="lines that join the vertices of a route or an area (default: geodesics, and as an RTZ file "
        "says of its legs)",
    )
    parser.add_argument("-o", "--output", type=Path, metavar="OUT", help="file to write: .pdf")
    parser.add_argument(
        "--lang",
        type=language_tag,
        choices=LANGUAGES,
        default=ENGLISH,
        help="language of the report (default: en)",
    )
    parser.add_argument(
        "--check",
        metavar="FILE",
        help="answer again what a report asked, from the record that it carries, and say whether it still "
        "holds: code 0 if so, 1 if something differs, 3 if the record holds and the pages, made by other "
        "versions of the software, cannot be compared",
    )
    add_edition(parser)


def _run(arguments: argparse.Namespace, context: Context) -> int:
    if arguments.check is not None:
        if arguments.where or arguments.position or arguments.output or arguments.edition or arguments.legs:
            raise CommandError("report: --check takes a report, and nothing besides")
        return _check(arguments.check, context)
    if arguments.output is None:
        raise CommandError("report: -o OUT.pdf is needed, or --check FILE")
    read = arguments.where if len(arguments.where) == 1 else []
    target = check_output(arguments.output, _ENDINGS, read)
    from api.reports.apart import ApartError
    from api.reports.typesetting import check_installed, pdf_of  # slow to load

    check_installed()
    report = _report(arguments, context)
    try:
        content = pdf_of(report)
    except ApartError as error:
        raise CommandError(f"report: it cannot be set: {error}") from None
    with bytes_written_beside(target) as file:
        file.write(content)
    return 0


def _report(arguments: argparse.Namespace, context: Context) -> Report:
    """The report of what the arguments ask for."""
    where: list[str] = arguments.where
    if arguments.legs is not None and (arguments.position is not None or len(where) != 1):
        raise CommandError("report: --legs is of the vertices of a FILE")
    if arguments.position is not None:
        if where:
            raise CommandError("report: give either --position, or LON LAT, or FILE")
        return _of_position(arguments, context, *parse_position(arguments.position), arguments.position)
    if len(where) == 2:
        from api.reports.position import given_as  # slow to load

        return _of_position(arguments, context, *lon_lat(*where), given_as(*where))
    if len(where) == 1:
        return _of_crossings(arguments, context, where[0])
    if not where and arguments.edition is not None:
        return _of_what_if(arguments, context)
    raise CommandError(
        "report: a position (LON LAT, or --position TEXT), one FILE, or --edition E alone is needed, "
        f"{len(where) or 'nothing'} {'values were' if where else 'was'} given"
    )


def _of_position(
    arguments: argparse.Namespace, context: Context, lon: float, lat: float, given: str
) -> Report:
    from api.atlas import Atlas
    from api.reports.making import place_of_position, position_report

    edition = context.edition(arguments.edition)
    record = edition.classify_one(lon=lon, lat=lat, compare=True)
    address = _address(*place_of_position(lon, lat, edition.name, compare=True))
    inputs = _inputs(context, edition.name)
    return position_report(
        Atlas(edition),
        record,
        compare=True,
        given=given,
        language=arguments.lang,
        address=address,
        inputs=inputs,
    )


def _of_crossings(arguments: argparse.Namespace, context: Context, name: str) -> Report:
    from api.atlas import Atlas
    from api.batches.crossings import answer_of, cross_all, limits_of
    from api.reports.crossings import legs_of, one_geometry, one_times
    from api.reports.making import crossings_report
    from zones.crossings.input import CrossingError

    asked = asked_of_file(name, legs=arguments.legs)
    try:
        geometry, times = one_geometry(asked), one_times(asked)
        edition = context.edition(arguments.edition)
        (answer,) = cross_all(edition, asked, limits_of(settings()), loxodromes=arguments.legs == LOXODROME)
        if isinstance(answer, CrossingError):
            raise answer
        return crossings_report(
            Atlas(edition),
            answer,
            answer_of(edition, asked, (answer,)),
            geometry=geometry,
            times=times,
            legs=legs_of(asked, arguments.legs),
            given="" if name == "-" else Path(name).name,
            language=arguments.lang,
            inputs=_inputs(context, edition.name),
        )
    except (TooMuchError, CrossingError) as error:
        raise CommandError(f"{name}: {error}") from None


def _of_what_if(arguments: argparse.Namespace, context: Context) -> Report:
    from api.atlas import Atlas
    from api.processes.differences import results_of
    from api.reports.making import what_if_report

    edition = context.edition(arguments.edition)
    usual = context.store.edition(edition.metadata["coast"]["id"])
    results = {**results_of(edition, usual, {}), "inputs": _inputs(context, edition.name)}
    return what_if_report(Atlas(edition), Atlas(usual), results, language=arguments.lang)


def _address(path: str, parameters: Mapping[str, str]) -> str | None:
    """Where the service of the settings gives the same answer; None where there is none."""
    root = str(settings()["PUBLIC_URL"])
    return f"{root}{path}?{urlencode(parameters)}" if root else None


def _inputs(context: Context, name: str) -> dict[str, object] | None:
    """The choices that an edition is built from, where a service has kept them in the same cache."""
    from api.processes.files import JobFiles

    return JobFiles(context.store.folder).choices(name)


def _check(name: str, context: Context) -> int:
    from api.commands.progress import stages
    from api.reports.attached import LARGEST_FILE_BYTES
    from api.reports.checking import DIFFERS, HOLDS, RECORD_HOLDS, check
    from api.reports.typesetting import check_installed

    check_installed()
    path = Path(name)
    if not path.exists():
        raise CommandError(f"there is no file {name!r}")
    if not path.is_file():
        raise CommandError(f"{name} is not an ordinary file")
    with path.open("rb") as file:
        content = file.read(LARGEST_FILE_BYTES + 1)
    try:
        with stages() as progress:
            checked = check(content, context.store, progress)
    except RequestError as error:
        raise CommandError(f"{name}: {error}") from None
    print("\n".join(_lines(name, checked)))
    return {HOLDS: 0, DIFFERS: _DIFFERS, RECORD_HOLDS: _RECORD_HOLDS}[checked.verdict]


def _lines(name: str, checked: Checked) -> list[str]:
    """What came of checking a report, for a person."""
    from api.reports.attached import SOFTWARE
    from api.reports.checking import NOT_COMPARED, OTHER

    made, here = (str(one.get(SOFTWARE)) for one in (checked.made_with, checked.checked_with))
    subject = f", {' '.join(checked.subject.split())[:200]}" if checked.subject else ""
    lines = [f"{name}: {checked.kind}{subject}, edition {checked.edition[:200]}"]
    if made == here:
        lines.append(f"Made and checked by {SOFTWARE} {here}.")
    else:
        lines.append(f"Made by another version, {SOFTWARE} {made[:80]}; checked by {SOFTWARE} {here}.")
    if checked.differences:
        count = len(checked.differences)
        lines.append(f"Does not hold: {count:,} {'value differs' if count == 1 else 'values differ'}.")
        lines += [_difference(one) for one in checked.differences[:_MOST_SHOWN]]
        lines += [f"  and {count - _MOST_SHOWN:,} more"] if count > _MOST_SHOWN else []
    elif checked.pages == OTHER:
        lines.append("Does not hold: the record does, but the pages are not those that are made of it.")
    elif checked.pages == NOT_COMPARED:
        others = [
            f"{package} {checked.made_with.get(package)} (here {checked.checked_with.get(package)})"
            for package in {**checked.checked_with, **checked.made_with}
            if checked.made_with.get(package) != checked.checked_with.get(package)
        ]
        lines.append("The record holds. The pages were not compared, and may say anything:")
        lines.append(f"  they were made by {', '.join(others)[:400]}; check with that.")
    else:
        lines.append("Holds: the record is the same, and the pages are those that are made of it.")
    return lines


def _difference(one: Difference) -> str:
    reported = "nothing" if one.reported is None else one.reported
    now = "nothing" if one.now is None else one.now
    return f"  {one.name}: {reported} in the report, {now} now"


COMMAND = Command(
    "report",
    "an answer as a PDF to file; or check one",
    _arguments,
    _run,
    "The PDF carries its record as attached JSON, and is the same to the byte at every time. "
    f"Needs typst and others: {_INSTALL}.",
)
