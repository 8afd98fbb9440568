"""Write geodesics.csv on standard output: `python tests/authorities/make_geodesics.py`.

GeographicLib's Python implementation of Karney's algorithms, nothing of this project's.
"""

from __future__ import annotations

import random
import sys

import geographiclib
from geographiclib.geodesic import Geodesic


def main() -> None:
    """Print 240 geodesics in the neighbourhood of the Caspian Sea, 1 m to 400 km long."""
    draw = random.Random(1892)
    write = sys.stdout.write
    write(f"# Geodesics on WGS84 by GeographicLib {geographiclib.__version__} (Python), made by\n")
    write("# make_geodesics.py: Inverse() between the two positions as printed. [deg, m]\n")
    write("lat1,lon1,azi1,lat2,lon2,s12\n")
    for number in range(240):
        lat, lon = draw.uniform(36.0, 47.9), draw.uniform(46.0, 55.0)
        length = 10 ** draw.uniform(0.0, 5.6)
        end = Geodesic.WGS84.Direct(lat, lon, number * 1.5 * 7 % 360, length)
        if not 36.0 <= end["lat2"] <= 48.0:
            continue
        found = Geodesic.WGS84.Inverse(lat, lon, end["lat2"], end["lon2"])
        row = (lat, lon, found["azi1"], end["lat2"], end["lon2"], found["s12"])
        write(",".join(map(repr, row)) + "\n")


if __name__ == "__main__":
    main()
