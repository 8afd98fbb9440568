"""``max-allowable-offset``: how far simplified geometries may lie from the exact ones. [deg]"""

from __future__ import annotations

from api.collections.names import Download, step_text
from api.errors import ParameterError
from api.http.query import Query, unusable
from api.texts.numbers import decimal_number
from zones.atlas.simplification import LADDER_DEG, step_below

PARAMETER = "max-allowable-offset"
STEPS = tuple(map(step_text, LADDER_DEG))


def step_of(text: str, name: str = PARAMETER) -> float | None:
    """The step that an offset stands for; None for exact geometry. [deg] Raises `ParameterError`."""
    offset_deg = decimal_number(text, name)
    if offset_deg <= 0:
        raise unusable(name, text, f"degrees above 0 are needed; steps are {', '.join(STEPS)}")
    return step_below(offset_deg)


def step_asked(asked: Query) -> float | None:
    """The step that a request asks for; None for exact geometry. [deg] Raises `ParameterError`."""
    text = asked.text(PARAMETER)
    return None if text is None else step_of(text)


def in_steps(download: Download, text: str, name: str = PARAMETER) -> Download:
    """A download whose geometries are simplified for an offset. Raises `ParameterError`."""
    step_deg = step_of(text, name)
    if download.format.write_simplified is None:
        raise ParameterError(
            name, f"{name}={text[:80]!r}: {download.format.title} is exact; only .geojson is simplified"
        )
    return Download(download.collection, download.format, step_deg)
