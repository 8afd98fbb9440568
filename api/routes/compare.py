"""What changed between two editions, as JSON and as a page."""

from __future__ import annotations

from typing import Any

import numpy as np
from flask import Blueprint, Response

from api.atlas import Atlas
from api.batches.changes import MOST_POSITIONS, POSITION, Positions, drawn_changes
from api.batches.rows import checked
from api.errors import TooMuchError
from api.http.bodies import admitted
from api.http.negotiation import PARAMETER
from api.http.query import Query
from api.http.responses import atlases, link, own_links, query
from api.pages.rendering import represent
from coastlines.positions import parse_position

blueprint = Blueprint("compare", __name__)


@blueprint.get("/compare")
@admitted(is_heavy=True)
def compare() -> Response:
    """Areas, lines, and the positions asked for that have another answer."""
    asked = query("a", "b", PARAMETER, repeated=(POSITION,))
    lines = [line for text in asked.texts(POSITION) for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_POSITIONS:
        raise TooMuchError(
            f"{len(lines)} positions are asked for, at most {MOST_POSITIONS} in an address; "
            "caspian compare takes files",
            limit=MOST_POSITIONS,
            unit="positions",
        )
    positions = [parse_position(line) for line in lines]
    first, second = _atlases(asked)
    own = {"a": first.name, "b": second.name}
    value = {
        **own,
        "assumptions_a": first.edition.assumptions,
        "assumptions_b": second.edition.assumptions,
        "differences": second.kept(("changes", first.name), lambda: _drawn(first, second)),
        "positions": _changes(first, second, positions),
        "links": [
            *own_links(asked, "/compare", "what changed", **own, position=lines or None),
            *(link("data", "/collections", one.name, edition=one.name) for one in (first, second)),
        ],
    }
    choices = [info.name for info in atlases().public() if info.built]
    return represent(asked, value, "compare.html", choices=choices, asked_positions="\n".join(lines))


def _atlases(asked: Query) -> tuple[Atlas, Atlas]:
    """Both editions; the first is that of the second's coast where none is named."""
    known = atlases()
    second = known.get(asked.text("b") or None)
    first = asked.text("a") or str(second.edition.metadata["coast"]["id"])
    return known.get(first), second


def _drawn(first: Atlas, second: Atlas) -> dict[str, Any]:
    return drawn_changes(first.edition, second.edition)


def _changes(first: Atlas, second: Atlas, positions: list[tuple[float, float]]) -> dict[str, Any]:
    lon, lat = np.array(positions, dtype=np.float64).reshape(-1, 2).T
    found = Positions(first.edition, second.edition)
    changes = list(found.changes(checked(lon, lat)))
    return {"asked": found.asked, "changed": found.changed, "changes": changes}
