"""Whose water a position is: one by query, many by body."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from io import BytesIO
from itertools import chain

from flask import Blueprint, Response, request

from api.batches.choices import EXPLANATION, FIELDS, chosen_fields, explained_in, with_assumptions
from api.batches.column_places import Chosen
from api.batches.engine import classify_all
from api.batches.forms import FORMS, GEOJSON, JSON, MEDIA_TYPES, Form
from api.batches.rows import BYTES_AT_A_TIME, ROWS_AT_A_TIME, Source
from api.errors import NotAcceptableError, ParameterError, TooMuchError
from api.http.bodies import admitted, body_of_kind, deadline, rewound, temporary_file, write
from api.http.log import POINTS
from api.http.negotiation import PARAMETER as FORM
from api.http.negotiation import best_type, negotiated, wants_page, wants_report
from api.http.query import Query
from api.http.responses import absolute, atlases, query
from api.http.tables import COLUMNS, body_as_document, body_by_rows, chosen_columns
from api.languages.choice import PARAMETER as LANGUAGE
from api.pages.language import page_language
from api.pages.rendering import page
from api.reports.answering import inputs_of, report_response
from api.reports.making import place_of_position, position_report
from api.reports.position import given_as
from api.texts.explanation import explanation
from api.texts.json_text import json_bytes
from coastlines.positions import parse_position
from zones.editions.edition import Edition

ONE_PARAMETERS = ("lon", "lat", "position", "edition", "compare", FIELDS, FORM)
MANY_PARAMETERS = ("edition", "compare", FIELDS, LANGUAGE, *COLUMNS)
_LONGEST_OF_KNOWN_LENGTH = 64 * 1024 * 1024
_BLOCK_BYTES = 64 * 1024

blueprint = Blueprint("classify", __name__)


@blueprint.get("/classify")
def classify_one() -> Response:
    """The record of one position."""
    asked = query(*ONE_PARAMETERS)
    lon, lat = _lon_lat(asked)
    compare = asked.truth("compare", default=True)
    fields = chosen_fields(asked.text(FIELDS), asked.text(LANGUAGE))
    if wants_report(asked):
        if FIELDS in asked:
            raise ParameterError(FIELDS, f"a report has all fields: leave {FIELDS} out, or ask for f=json")
        return _report(asked, lon, lat, compare)
    as_page = wants_page(asked, JSON)
    record = atlases().get(asked.text("edition")).edition.classify_one(lon=lon, lat=lat, compare=compare)
    request.environ[POINTS] = 1
    if as_page:
        return page("classify.html", value=record)
    language = explained_in(fields, asked.text(LANGUAGE))
    whole = record if language is None else {**record, EXPLANATION: explanation(record, language)}
    value = {name: whole[name] for name in with_assumptions(fields, record["assumptions"])}
    return negotiated(Response(json_bytes(value) + b"\n", content_type=JSON))


def _report(asked: Query, lon: float, lat: float, compare: bool) -> Response:
    """The record as a report to file: heavy, though nothing is sent."""

    @admitted(is_heavy=True)
    def made() -> Response:
        atlas = atlases().get(asked.text("edition"))
        record = atlas.edition.classify_one(lon=lon, lat=lat, compare=compare)
        request.environ[POINTS] = 1
        given = asked.text("position") or given_as(asked.text("lon") or "", asked.text("lat") or "")
        report = position_report(
            atlas,
            record,
            compare=compare,
            given=given,
            language=page_language(),
            address=absolute(*place_of_position(lon, lat, atlas.name, compare=compare)),
            inputs=inputs_of(atlas.name),
        )
        return report_response(report)

    return made()


@blueprint.post("/classify")
@admitted()
def classify_many() -> Response:
    """The records of many positions in their order."""
    asked = query(*MANY_PARAMETERS)
    compare = asked.truth("compare", default=False)
    fields = chosen_fields(asked.text(FIELDS), asked.text(LANGUAGE))
    given = FORMS[body_of_kind(MEDIA_TYPES)]
    columns = chosen_columns(asked, given.media_type)
    if given.read is None:
        return _whole(asked, fields, compare, columns)
    return _streamed(asked, fields, compare, columns, given)


def _whole(asked: Query, fields: tuple[str, ...], compare: bool, columns: Chosen) -> Response:
    """A JSON body, read whole; a long answer is made while it is sent."""
    document = body_as_document(columns, is_counted_first=True)
    wanted = _wanted(JSON if document.positions == "alone" else GEOJSON)
    edition = atlases().get(asked.text("edition")).edition
    pieces = _pieces(asked, edition, document, wanted, fields, compare)
    if len(document.batch) <= ROWS_AT_A_TIME and sum(document.weights) <= BYTES_AT_A_TIME:
        return Response(b"".join(pieces), content_type=wanted.content_type)
    return _response(pieces, wanted)


def _streamed(asked: Query, fields: tuple[str, ...], compare: bool, columns: Chosen, given: Form) -> Response:
    """A body line by line: all of it is taken in first, so that no client has to read while it sends."""
    wanted, source = _wanted(given.media_type), body_by_rows(given.media_type, columns)
    edition = atlases().get(asked.text("edition")).edition
    return _response(_pieces(asked, edition, source, wanted, fields, compare), wanted)


def _pieces(
    asked: Query, edition: Edition, source: Source, wanted: Form, fields: tuple[str, ...], compare: bool
) -> Iterator[bytes]:
    """The answer, a chunk of rows at a time.

    A failure after the first piece breaks the connection before the end of the answer, so that a
    part is never taken for the whole.
    """
    environ, end = request.environ, deadline()

    target = BytesIO()

    def taken() -> bytes:
        piece = target.getvalue()
        target.seek(0)
        target.truncate()
        return piece

    fields = with_assumptions(fields, edition.assumptions)
    writer = wanted.write(target, source, fields, edition.name)
    language = explained_in(fields, asked.text(LANGUAGE))
    for rows, _ in classify_all(edition, writer, compare=compare, language=language):
        environ[POINTS] = environ.get(POINTS, 0) + rows
        end.check()
        yield taken()
    yield taken()


def _response(pieces: Iterator[bytes], wanted: Form) -> Response:
    """An answer that is made as it is taken."""
    # What cannot be read from the start is said before anything is sent.
    whole = chain((next(pieces),), pieces)
    if request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0":
        return _of_known_length(whole, wanted)
    return Response(whole, content_type=wanted.content_type)


def _of_known_length(pieces: Iterator[bytes], wanted: Form) -> Response:
    """For HTTP/1.0, which can only tell a whole answer from a part by its length."""
    with ExitStack() as held:
        answer = temporary_file(held)
        for piece in pieces:
            write(answer, piece)
            if answer.tell() > _LONGEST_OF_KNOWN_LENGTH:
                raise TooMuchError(
                    "the answer is too long for HTTP/1.0, which needs its length before; ask by HTTP/1.1",
                    limit=_LONGEST_OF_KNOWN_LENGTH,
                    unit="bytes",
                )
        length = rewound(answer)
        blocks = iter(lambda: answer.read(_BLOCK_BYTES), b"")
        response = Response(blocks, content_type=wanted.content_type)
        response.content_length = length
        response.call_on_close(held.pop_all().close)
    return response


def _wanted(usual: str) -> Form:
    """The form of the answer, by the Accept header, and without one that of the request."""
    chosen = best_type(request.accept_mimetypes, MEDIA_TYPES, usual)
    if chosen is None:
        raise NotAcceptableError(
            f"the answer comes as {', '.join(MEDIA_TYPES)}; the Accept header takes none of these",
            known=list(MEDIA_TYPES),
        )
    return FORMS[chosen]


def _lon_lat(asked: Query) -> tuple[float, float]:
    """The position by either of its two ways in. [deg]"""
    position = asked.text("position")
    if position is not None:
        if "lon" in asked or "lat" in asked:
            raise ParameterError("position", "give either position, or lon and lat, not both")
        return parse_position(position)
    lon, lat = asked.coordinate("lon", "lon"), asked.coordinate("lat", "lat")
    if lon is None or lat is None:
        missing = "lon" if lon is None else "lat"
        raise ParameterError(
            missing, f"{missing} is missing: give lon and lat in decimal degrees, or position"
        )
    return lon, lat
