"""What a route crosses, or an area holds, of zones and sectors."""

from __future__ import annotations

from flask import Blueprint, Response, current_app

from api.batches.crossings import LEGS, LOXODROME, answer_of, asked_of, cross_all, limits_of
from api.http.bodies import admitted, body_of_kind, deadline, json_body
from api.http.negotiation import PARAMETER, REPORT, wants_report
from api.http.responses import JSON, absolute, atlases, query
from api.pages.language import page_language
from api.reports.answering import inputs_of, report_response
from api.reports.crossings import legs_of, one_geometry, one_times
from api.reports.making import crossings_report, place_of_edition
from api.texts.geojson import MEDIA_TYPE as GEOJSON
from api.texts.json_text import json_bytes, read_json
from zones.crossings.input import CrossingError

blueprint = Blueprint("crossings", __name__)

LEGS_PARAMETER = "legs"
CROSSINGS_FORMS = ("json", REPORT)


@blueprint.post("/crossings")
@admitted(is_heavy=True)
def crossings() -> Response:
    """Legs and totals of a line, areas of a polygon; an answer each for several features."""
    asked = query("edition", LEGS_PARAMETER, PARAMETER)
    legs = asked.one_of(LEGS_PARAMETER, LEGS)
    as_report = wants_report(asked, CROSSINGS_FORMS)
    body_of_kind((JSON, GEOJSON))
    limits = limits_of(current_app.config)
    wanted = asked_of(read_json(json_body()), limits)
    geometry = one_geometry(wanted) if as_report else None
    times = one_times(wanted) if as_report else None
    atlas = atlases().get(asked.text("edition"))
    answers = cross_all(atlas.edition, wanted, limits, deadline().check, loxodromes=legs == LOXODROME)
    if geometry is None:
        return Response(json_bytes(answer_of(atlas.edition, wanted, answers)) + b"\n", content_type=JSON)
    (answer,) = answers
    if isinstance(answer, CrossingError):
        raise answer
    report = crossings_report(
        atlas,
        answer,
        answer_of(atlas.edition, wanted, (answer,)),
        geometry=geometry,
        times=times,
        legs=legs_of(wanted, legs),
        given="",
        language=page_language(),
        address=absolute(*place_of_edition(atlas.name)),
        inputs=inputs_of(atlas.name),
    )
    return report_response(report)
