"""Answers and coordinates of the default edition, kept so that none changes unnoticed.

``python -m tests.zones.golden`` writes them anew. It refuses where the edition's name is the one already
kept but its content is another: one name never has two contents, so the format number in
`zones.editions.identity` has to rise first.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from zones.editions.derived import DERIVED
from zones.editions.edition import Edition
from zones.editions.identity import FORMAT
from zones.editions.store import Store

PATH = Path(__file__).with_name("golden.json")

# Every zone of every State, near limits, boundaries, termini, islands, artificial land and the lagoon.
POSITIONS = (
    (49.97, 40.1), (49.9, 40.34), (50.2, 40.3), (49.45, 41.45), (50.858, 40.236), (50.6, 40.32),
    (49.1, 40.5), (49.5, 38.9), (48.95, 38.45), (49.6, 39.98), (50.4, 39.6), (48.75, 41.85),
    (51.5, 36.8), (51.5, 37.03), (51.5, 37.6), (53.9, 37.0), (53.9, 37.34), (49.45, 37.5), (50.6, 38.5),
    (51.5, 46.8), (51.0, 46.5), (50.5, 46.6), (52.269, 46.438), (52.6, 45.9), (50.07, 44.92),
    (50.298, 44.989), (51.2, 44.5), (52.4, 41.8), (52.2, 41.77), (51.1, 43.6), (52.9, 45.3),
    (47.6, 44.9), (48.1, 43.6), (47.75, 43.96), (49.2, 46.3), (48.6, 45.6), (47.517, 44.483), (48.4, 42.2),
    (53.6, 37.8), (52.3, 40.5), (53.04, 39.06), (52.3, 40.05), (53.5, 41.3), (52.9, 41.08), (52.8, 39.9),
    (50.5, 42.5), (51.0, 40.0), (50.0, 41.9), (49.6, 40.45), (46.0, 43.0), (54.9, 41.3), (37.0, 43.0),
    (42.5, 50.0),
)  # fmt: skip


def answers(edition: Edition) -> list[dict[str, Any]]:
    """Records at the positions, with comparison."""
    lon, lat = np.array(POSITIONS).T
    return edition.classify(lon=lon, lat=lat, compare=True).rows()


def drawn(edition: Edition) -> dict[str, dict[str, str]]:
    """Of every feature that is kept the number of vertices, and a hash of its coordinates in 7 decimals."""
    return {
        name: {feature.id: _digest(feature.geometry) for feature in collection.everything}
        for name, collection in edition.collections.items()
        if name not in DERIVED
    }


def _digest(geometry: shapely.Geometry) -> str:
    coordinates = np.round(shapely.get_coordinates(geometry) * 1e7).astype("<i8")
    return f"{len(coordinates)} {hashlib.sha256(coordinates.tobytes()).hexdigest()[:16]}"


def content_of(edition: Edition) -> dict[str, Any]:
    """Everything that is kept."""
    return {
        "format": FORMAT,
        "edition": edition.name,
        "answers": answers(edition),
        "features": drawn(edition),
    }


def main() -> int:
    """Write the file anew, where the format or an input is another than before."""
    content = content_of(Store().edition("osm"))
    if PATH.exists():
        kept = json.loads(PATH.read_bytes())
        if kept["edition"] == content["edition"] and kept != content:
            print(
                "answers changed under one name: let FORMAT in zones/editions/identity.py rise first",
                file=sys.stderr,
            )
            return 1
    rows = ",\n".join(json.dumps(row) for row in content.pop("answers"))
    text = json.dumps(content, indent=0)
    PATH.write_text(f'{text[:-2]},\n"answers": [\n{rows}\n]\n}}\n')
    return 0


if __name__ == "__main__":
    sys.exit(main())
