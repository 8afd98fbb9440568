"""Reports as answers of the service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, current_app

from api.http.caching import TO_BE_ASKED
from api.http.negotiation import PDF, negotiated
from api.pages import language as languages
from api.processes.jobs import Jobs
from api.reports.content import Report
from api.reports.typesetting import pdf_of


def report_response(report: Report) -> Response:
    """The file of a report as a response in its language.

    Raises `NoReportsError`, `BusyError`.
    """
    response = Response(pdf_of(report), content_type=PDF)
    name = f"caspian-{report.about['report']}-{report.about['edition']}.pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if report.about["assumptions"] is not None and report.about["inputs"] is None:
        # Carried as soon as somebody asks for the edition by its choices.
        response.headers["Cache-Control"] = TO_BE_ASKED
    return languages.marked(negotiated(response))


def inputs_of(edition: str) -> Mapping[str, Any] | None:
    """The choices that an edition is built from, where this service has kept them."""
    jobs: Jobs = current_app.extensions["jobs"]
    return jobs.files.choices(edition) if jobs.is_on else None
