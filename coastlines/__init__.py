"""Coast sources, ends of land borders, islands and structures of the Caspian Sea.

Everything that is taken as given stands here: bundled data with their provenance, and readers
of a user's own coast and straight lines. Every bundled shore is a proxy of the legal line at
-28.0 m, and says so. Recipes in `coastlines.recipes` make each data file again from a published
package.

>>> from coastlines import load_source
>>> load_source("osm")
<CoastSource osm 2024.08: mainland of 9654 vertices, 655 islands>
"""

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
