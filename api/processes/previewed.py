"""Lines of the form before anything is built: where they come to lie, and in words what there is to say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely

from api.errors import InputError, TooMuchError
from api.languages.catalogues import messages
from api.languages.numbers import number
from api.processes.forms import LINES, positions_field, typed_positions
from api.texts.sentences import sentence
from zones.atlas.coast_direction import greatest_departure
from zones.baseline.baseline import Baseline
from zones.baseline.nearest_shore import ShorePoint, nearest_shore
from zones.baseline.straight_lines import SNAP_M
from zones.geodesy.ellipsoid import METRES_PER_NM
from zones.geodesy.geodesics import WGS84
from zones.words import STATE_NAMES, STATES


def previewed_lines(
    fields: Mapping[str, str], baseline: Baseline, language: str, *, most_vertices: int
) -> dict[str, Any]:
    """Each line of which something is typed, measured against a baseline without lines of a user.

    Building refuses more: what crosses land of others or other lines is found there. Raises `TooMuchError`:
    there are more positions than a what-if may have.
    """
    found, vertices = [], 0
    for line in range(LINES):
        field = positions_field(line)
        try:
            positions = typed_positions(fields, line, line)
        except InputError as error:
            found.append(_line(field, is_refused=True, said=[sentence(str(error), language)]))
            continue
        vertices += len(positions)
        if vertices > most_vertices:
            raise TooMuchError(
                f"the lines have more than {most_vertices:,} positions (CASPIAN_MAX_WHAT_IF_VERTICES)",
                limit=most_vertices,
                unit="positions",
            )
        if positions:
            state = fields.get(f"line-{line}-state", STATES[0])
            found.append(_previewed(field, np.array(positions), state, baseline, language))
    return {"lines": found}


def _previewed(
    field: str, positions: np.ndarray, state: str, baseline: Baseline, language: str
) -> dict[str, Any]:
    shore = nearest_shore(baseline, positions)
    drawn = positions.copy()
    for end in (0, -1):
        if shore[end].away_m <= SNAP_M:
            drawn[end] = shore[end].lon, shore[end].lat
    ends = (shore[0],) if len(positions) == 1 else (shore[0], shore[-1])
    refusals = [text for text in _refusals(ends, state, language) if text]
    said = refusals or _measures(drawn, ends, baseline, language)
    return _line(
        field,
        is_refused=bool(refusals),
        said=said,
        positions=drawn.tolist(),
        shore=[{"lon": one.lon, "lat": one.lat, "away_m": round(one.away_m, 1)} for one in shore],
    )


def _line(
    field: str,
    *,
    is_refused: bool,
    said: list[str],
    positions: Sequence[Any] = (),
    shore: Sequence[Any] = (),
) -> dict[str, Any]:
    return {
        "field": field,
        "is_refused": is_refused,
        "said": said,
        "positions": list(positions),
        "shore": list(shore),
    }


def _refusals(ends: Sequence[ShorePoint], state: str, language: str) -> list[str]:
    """Why building would refuse the ends of a line."""
    gettext = messages(language).gettext
    far = (
        gettext("Its start lies %(nm)s nm from the shore; it must be within 500 m."),
        gettext("Its end lies %(nm)s nm from the shore; it must be within 500 m."),
    )
    foreign = (
        gettext(
            "Its start is on the shore of %(state)s; a State's line runs between points of its own shore."
        ),
        gettext("Its end is on the shore of %(state)s; a State's line runs between points of its own shore."),
    )
    refusals = []
    for at, end in enumerate(ends):
        if end.away_m > SNAP_M:
            refusals.append(far[at] % {"nm": number(end.away_m / METRES_PER_NM, 1, language)})
        elif state not in end.states:
            named = ", ".join(gettext(STATE_NAMES[one]) for one in end.states)
            refusals.append(foreign[at] % {"state": named})
    return refusals


def _measures(drawn: np.ndarray, ends: Sequence[ShorePoint], baseline: Baseline, language: str) -> list[str]:
    """What there is to know of a line that can be used as far as is seen."""
    gettext = messages(language).gettext
    if len(ends) == 1:
        moved = gettext("Its start moves %(metres)s m to the shore.")
        return [
            moved % {"metres": number(ends[0].away_m, 0, language)},
            gettext("A second position is needed."),
        ]
    moved = gettext("Its ends move %(start)s m and %(end)s m to the shore.")
    start, end = (number(one.away_m, 0, language) for one in ends)
    said = [moved % {"start": start, "end": end}]
    length_nm = WGS84.line_length(*drawn.T) / METRES_PER_NM
    said.append(gettext("Length %(nm)s nm.") % {"nm": number(length_nm, 1, language)})
    departure = greatest_departure(drawn, shapely.get_coordinates(baseline.sea.exterior))
    if departure is not None:
        text = gettext("It departs from the coast's general direction by %(degrees)s° at most.")
        said.append(text % {"degrees": number(departure.degrees, 0, language)})
    return said
