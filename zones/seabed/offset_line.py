"""A line of equidistance brought through two given points that are not quite equidistant.

Along the line between the two points the difference of the distances to the two baselines goes
evenly from what it is at the one point to what it is at the other; every point of the line has the
difference of the place that it is abeam of. Where both points are equidistant this is the
equidistance line itself.
"""

from __future__ import annotations

import numpy as np

from zones.arrays import Floats, read_only
from zones.errors import ZonesError
from zones.geodesy.ellipsoid import to_earth_centred
from zones.geodesy.nearest import nearest_of_groups
from zones.lines.equidistance import EquidistanceLine, line_of
from zones.lines.walk import AT_END, BETWEEN_POINTS, plain_course, walk
from zones.rule.rule import Rule
from zones.words import STATES


def trace_offset_line(
    rule: Rule, left_state: str, right_state: str, begin: Floats, end: Floats
) -> tuple[EquidistanceLine, Floats]:
    """The line between two points, both its ends bit for bit; and the difference at each vertex. [deg, m]

    Raises `ZonesError`: the line does not lead from the one point to the other.
    """
    ends = to_earth_centred([begin, end])
    states = np.array([STATES.index(left_state), STATES.index(right_state)])
    lengths, _, _ = nearest_of_groups(rule.arrays.tree, ends, states)
    first_m, last_m = (lengths[:, 0] - lengths[:, 1]).tolist()
    way = ends[1] - ends[0]
    along = read_only(way / (way @ way))
    course = plain_course(rule.arrays, states.tolist(), ends[0])._replace(
        kind=BETWEEN_POINTS, thirds=read_only(np.empty(0, dtype=np.int64)), end=read_only(ends[1]),
        along=along, first_m=first_m, change_m=last_m - first_m,
    )  # fmt: skip
    walked = walk(course)
    if walked.ending != AT_END:
        raise ZonesError(f"the line {left_state}-{right_state} does not lead through its two points")
    line = line_of(course, walked, "tripoint")
    line.lon_lat[0], line.lon_lat[-1] = begin, end
    return line, first_m + (last_m - first_m) * ((line.points - ends[0]) @ along)
