"""The Flask application."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request
from werkzeug.routing import RequestRedirect

from api.atlas import Atlases, build_apart
from api.commands.progress import stages
from api.ending import ended_by
from api.http import problems
from api.http.admission import MEGABYTE, Admission
from api.http.caching import cacheable
from api.http.edge import at_the_edge
from api.http.log import ROUTE
from api.http.responses import sent_on
from api.pages import language as languages
from api.pages import rendering as pages
from api.processes.jobs import Jobs
from api.reports.typesetting import can_be_made
from api.routes import BLUEPRINTS
from api.settings import settings, unknown_variables
from zones.errors import CoastlinesError, ZonesError

if TYPE_CHECKING:
    from zones.editions.store import Store

_BAD_INPUT = 2
log = logging.getLogger(__name__)


class Service(Flask):
    """Flask, whose views are all plain functions."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """A function as it is; to look each time whether it is a coroutine takes long."""
        return func


def create_app(config: Mapping[str, Any] | None = None, *, store: Store | None = None) -> Flask:
    """The HTTP service, its editions from `store`, by default the user's cache.

    `config` holds settings by name (see `api.settings`) over those of the environment, and Flask's own.
    Nothing is built or opened here: the first request that needs the default edition opens it, or
    `preloaded` does so beforehand.
    """
    for line in unknown_variables():
        log.warning(line)
    app = Service(__name__, template_folder="pages/templates", static_folder="pages/static")
    app.config.update(config or {})
    app.config.update(settings(config))
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_BODY_BYTES"]
    build = None
    if store is None:
        from zones.editions.store import Store

        store = Store()
        build = partial(build_apart, store)
    jobs = app.extensions["jobs"] = Jobs(store, app.config)
    app.extensions["atlases"] = Atlases(
        store,
        default=store.full_name(str(app.config["EDITION"])),
        most=int(app.config["MAX_OPEN_EDITIONS"]),
        build=build,
        known=jobs.files if jobs.is_on else None,
    )
    app.extensions["admission"] = Admission(
        threads=int(app.config["THREADS"]), room_bytes=int(app.config["MAX_REQUEST_MEMORY_MB"]) * MEGABYTE
    )
    app.extensions["reports"] = can_be_made()
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    pages.register(app)
    languages.register(app)
    problems.register(app)
    app.before_request(_name_route)
    app.after_request(cacheable)
    app.wsgi_app = at_the_edge(app.wsgi_app, app.config)  # type: ignore[assignment, method-assign]
    return app


def preloaded() -> Flask:
    """The service with all that the first request would wait for, as gunicorn loads it before it forks.

    That is the default edition, and those that a single position is compared with. What cannot be
    opened ends the process with one line on standard error and code 2.
    """
    try:
        app = create_app()
        with ended_by(signal.SIGINT, signal.SIGTERM), stages() as progress:
            edition = app.extensions["atlases"].get(progress=progress).edition
            edition.load()
            progress("coasts to compare with", 0.0)
            for compare in (False, True):  # one answer of each kind
                edition.classify(lon=[50.5], lat=[42.5], compare=compare)
                edition.classify_one(lon=50.5, lat=42.5, compare=compare)
    except (CoastlinesError, ZonesError, OSError) as error:
        print(f"caspian: {' '.join(str(error).split())}", file=sys.stderr)
        sys.exit(_BAD_INPUT)
    return app


def _name_route() -> Response | None:
    """Let the log and the metrics know the route by its template; send on who has written it otherwise."""
    if request.url_rule is not None:
        request.environ[ROUTE] = request.url_rule.rule
    if isinstance(request.routing_exception, RequestRedirect):
        return sent_on(request.routing_exception.new_url)
    return None
