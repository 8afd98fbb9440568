"""Where and when vessels enter and leave zones and sectors, and how long they stay, by body."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Blueprint, Response, current_app, request

from api.batches.forms import CSV, FORMS, GEOJSON, JSON, LINES, TEXT_SEQUENCE
from api.batches.rows import Source
from api.batches.tracks.columns import Options
from api.batches.tracks.engine import Tracks
from api.batches.tracks.writing import EVENT_WRITERS, SUM_WRITERS, about, names_of
from api.errors import NotAcceptableError, TooMuchError
from api.http.bodies import admitted, body_of_kind, deadline
from api.http.log import POINTS
from api.http.negotiation import best_type
from api.http.query import Query, unusable
from api.http.responses import atlases, query
from api.http.tables import COLUMNS, body_as_document, body_by_rows, chosen_columns
from zones.tracks import LONGEST_GAP_H
from zones.tracks.following import joined_length_m
from zones.tracks.positions import Positions

PARAMETERS = ("vessel", "time", "longest_gap_h", "edition", *COLUMNS)
BODIES = (JSON, GEOJSON, CSV, TEXT_SEQUENCE, LINES)
LEFT_OUT = "Rows-Left-Out"
_ENDINGS = {JSON: ".json", CSV: ".csv", GEOJSON: ".geojson"}
EVENT_FORMS, SUM_FORMS = (JSON, CSV, GEOJSON), (JSON, CSV)

blueprint = Blueprint("tracks", __name__)


@blueprint.post("/events")
@admitted(is_heavy=True)
def events() -> Response:
    """Entries and exits of zones and sectors by vessel and time."""
    return _told(EVENT_FORMS, are_sums=False)


@blueprint.post("/summarise")
@admitted(is_heavy=True)
def summarise() -> Response:
    """Time and distance by vessel, zone and sector."""
    return _told(SUM_FORMS, are_sums=True)


def _told(forms: tuple[str, ...], *, are_sums: bool) -> Response:
    """What the tracks of the body tell, in one of the forms."""
    asked = query(*PARAMETERS)
    longest_gap_h = _hours(asked)
    given = body_of_kind(BODIES)
    wanted = best_type(request.accept_mimetypes, forms, given if given in forms else JSON)
    if wanted is None:
        raise NotAcceptableError(
            f"the answer comes as {', '.join(forms)}; the Accept header takes none of these",
            known=list(forms),
        )
    with ExitStack() as held:
        tracks = Tracks(lambda: Path(held.enter_context(TemporaryDirectory(prefix="caspian-"))))
        options = Options(asked.text("vessel"), asked.text("time"), "vessel=", "time=")
        for _ in tracks.add(_source(asked, given), options, most_rows=int(current_app.config["MAX_POINTS"])):
            deadline().check()
        request.environ[POINTS] = tracks.counts.rows
        edition = atlases().get(asked.text("edition")).edition
        tell = tracks.sums if are_sums else tracks.events
        checks = deadline().check, _length_check(longest_gap_h), _row_count()
        tables = list(tell(edition, longest_gap_h, *checks))
    counts = tracks.counts
    said = about(edition.name, edition.assumptions, counts.remarks())
    target = BytesIO()
    write = (SUM_WRITERS if are_sums else EVENT_WRITERS)[_ENDINGS[wanted]]
    writer = write(target, names_of(tables[0].fields, tracks.columns), said)
    for table in tables:
        deadline().check()
        writer.add(table)
    writer.end()
    response = Response(target.getvalue(), content_type=FORMS[wanted].content_type)
    response.headers[LEFT_OUT] = str(counts.left + counts.repeated)
    return response


def _hours(asked: Query) -> float:
    given = asked.number("longest_gap_h")
    if given is None:
        return LONGEST_GAP_H
    if not given > 0.0:
        raise unusable("longest_gap_h", str(asked.text("longest_gap_h")), "hours above 0 are needed")
    return given


def _source(asked: Query, given: str) -> Source:
    """The table of positions in the body."""
    columns = chosen_columns(asked, given)
    if FORMS[given].read is not None:
        return body_by_rows(given, columns)
    return replace(body_as_document(columns), positions="points")


def _length_check(longest_gap_h: float) -> Callable[[Positions], None]:
    """Refuses tracks that are longer than routes may be, before they are followed."""
    limit_km = int(current_app.config["MAX_ROUTE_LENGTH_KM"])

    def check(positions: Positions) -> None:
        length_km = joined_length_m(positions, longest_gap_h) / 1e3
        if length_km > limit_km:
            raise TooMuchError(
                f"{length_km:,.0f} km of tracks, at most {limit_km:,} are answered in one request "
                "(CASPIAN_MAX_ROUTE_LENGTH_KM); send them in parts, by vessels",
                limit=limit_km,
                unit="km",
                setting="MAX_ROUTE_LENGTH_KM",
            )

    return check


def _row_count() -> Callable[[int], None]:
    """Refuses answers of more rows than routes may have legs."""
    limit, count = int(current_app.config["MAX_ROUTE_LEGS"]), 0

    def check(rows: int) -> None:
        nonlocal count
        count += rows
        if count > limit:
            raise TooMuchError(
                f"the answer has more than {limit:,} rows (CASPIAN_MAX_ROUTE_LEGS); send the tracks in "
                "parts, by vessels",
                limit=limit,
                unit="rows",
                setting="MAX_ROUTE_LEGS",
            )

    return check
