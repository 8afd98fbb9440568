"""The whole document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.openapi import paths
from api.openapi.components import components
from api.openapi.writing import Json
from api.settings import ON
from api.texts.geojson import NOTICE
from api.version import version

_DESCRIPTION = (
    "Whose water a position is under the Convention on the Legal Status of the Caspian Sea (Aktau, "
    "12 August 2018), computed from real coastlines, and the zones themselves as features and files.\n\n"
    f"{NOTICE}\n\n"
    "Longitude stands before latitude everywhere. A parameter that a resource does not know, or a value "
    "that it cannot use, is answered with a problem (RFC 9457). Every GET answers HEAD, too. The data are "
    "under the licence of the coast source they were computed from; every edition and every file names it."
)

_TAGS = (
    (paths.START, "Where a client starts, and which editions there are."),
    (paths.CLASSIFICATION, "Whose water a position, a route or an area is in."),
    (paths.FEATURES, "The zones and lines a page at a time: OGC API - Features."),
    (paths.PROCESSES, "Editions of own choices, built as jobs: OGC API - Processes."),
    (paths.DOWNLOADS, "Whole collections as files."),
    (paths.OPERATION, "How the service fares."),
)


def document(config: Mapping[str, Any], root: str) -> Json:
    """The service as it is set up by `config`, at the address `root`."""
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "Legal zones of the Caspian Sea",
            "version": version(),
            "description": _DESCRIPTION,
            "license": {"name": "MIT", "url": "https://opensource.org/license/mit"},
        },
        "servers": [{"url": root}],
        "tags": [
            {"name": name, "description": description}
            for name, description in _TAGS
            if name != paths.PROCESSES or config["WHAT_IF"] == ON
        ],
        "paths": paths.paths(config),
        "components": components(config),
    }
