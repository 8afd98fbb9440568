"""Coast sources, ends of land borders, islands and structures of the Caspian Sea.

Everything that is taken as given stands here: bundled data with their provenance, and readers
of a user's own coast and straight lines. Every bundled shore is a proxy of the legal line at
-28.0 m, and says so. Recipes in `coastlines.recipes` make each data file again from a published
package. What is named here is loaded at its first use.

>>> from coastlines import load_source
>>> load_source("osm")
<CoastSource osm 2024.08: mainland of 9654 vertices, 655 islands>
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coastlines.errors import CoastError, CoastlinesError, DataError, StraightLineError, TreatyError
    from coastlines.reference import (
        BorderTerminus,
        Feature,
        Lagoon,
        border_termini,
        features,
        kara_bogaz_gol,
        state_polygons,
    )
    from coastlines.sources import (
        DEFAULT_SOURCE_ID,
        SOURCE_IDS,
        CoastSource,
        Provenance,
        identify_source,
        load_source,
        water_polygon,
    )
    from coastlines.straight_lines import StraightLine, check_straight_lines, read_straight_lines
    from coastlines.treaties import (
        TreatyLine,
        WaterBoundary,
        check_treaty_points,
        read_treaty_points,
        treaty_lines,
        water_boundary,
    )
    from coastlines.user import read_coast_file

__all__ = [
    "DEFAULT_SOURCE_ID",
    "SOURCE_IDS",
    "BorderTerminus",
    "CoastError",
    "CoastSource",
    "CoastlinesError",
    "DataError",
    "Feature",
    "Lagoon",
    "Provenance",
    "StraightLine",
    "StraightLineError",
    "TreatyError",
    "TreatyLine",
    "WaterBoundary",
    "border_termini",
    "check_straight_lines",
    "check_treaty_points",
    "features",
    "identify_source",
    "kara_bogaz_gol",
    "load_source",
    "read_coast_file",
    "read_straight_lines",
    "read_treaty_points",
    "state_polygons",
    "treaty_lines",
    "water_boundary",
    "water_polygon",
]

_HOMES = {
    **dict.fromkeys(("DEFAULT_SOURCE_ID", "SOURCE_IDS", "CoastSource", "Provenance"), "sources"),
    **dict.fromkeys(("identify_source", "load_source", "water_polygon"), "sources"),
    **dict.fromkeys(("BorderTerminus", "Feature", "Lagoon", "border_termini", "features"), "reference"),
    **dict.fromkeys(("kara_bogaz_gol", "state_polygons"), "reference"),
    **dict.fromkeys(("StraightLine", "check_straight_lines", "read_straight_lines"), "straight_lines"),
    **dict.fromkeys(("TreatyLine", "WaterBoundary", "read_treaty_points"), "treaties"),
    **dict.fromkeys(("check_treaty_points", "treaty_lines", "water_boundary"), "treaties"),
    "read_coast_file": "user",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"coastlines.{_HOMES.get(name, 'errors')}"), name)
