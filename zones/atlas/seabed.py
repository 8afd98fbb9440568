"""The seabed as features: sectors, and the lines between them with what is known of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer

from coastlines.rings import DECIMALS
from zones.atlas.features import Collection, Feature
from zones.atlas.water import area_km2, length_km
from zones.geodesy.geodesics import WGS84
from zones.seabed.sector_lines import Seabed, SectorLine
from zones.seabed.sectors import line_ids
from zones.words import AGREED, AGREED_RECONSTRUCTED, CONVENTION_STATUS, PROVISIONAL, STATE_NAMES

_SETTLED_LAST = (PROVISIONAL, AGREED_RECONSTRUCTED, AGREED)
_LEGAL_BASIS = "Convention, Art. 8(1)"


def draw_seabed(
    seabed: Seabed, sectors: Mapping[str, shapely.MultiPolygon], common: Mapping[str, Any]
) -> dict[str, Collection]:
    """The collections ``sectors`` and ``sector_boundaries`` of an edition."""
    ids = line_ids(seabed.lines)
    areas = {state: area_km2(polygon) for state, polygon in sectors.items()}
    whole = sum(areas.values())
    features = []
    for state, polygon in sectors.items():
        lines = zip(ids, seabed.lines, strict=True)
        edges = [(name, line.status) for name, line in lines if state in line.pair]
        statuses = {status for _, status in edges}
        properties = {
            "name": f"Sector of {STATE_NAMES[state]}",
            "state": state,
            "status": next(status for status in _SETTLED_LAST if status in statuses),
            "edges": "; ".join(f"{name} {status}" for name, status in edges),
            "legal_basis": _LEGAL_BASIS,
            "area_km2": round(areas[state], 6),
            "share_percent": round(100.0 * areas[state] / whole, 4),
            **common,
            "convention_status": CONVENTION_STATUS,
        }
        features.append(Feature(f"sector-{state}", polygon, properties))
    return {
        "sectors": Collection(
            "sectors",
            "Sectors of the seabed",
            "Five sectors of the seabed without overlap or gap, Kara-Bogaz-Gol apart. A sector is as settled "
            "as the least settled of its edges.",
            tuple(features),
        ),
        "sector_boundaries": Collection(
            "sector_boundaries",
            "Lines between the sectors",
            "Agreed lines from the treaties' own points, lines reconstructed between what is known of an "
            "agreement, and provisional lines of equidistance. A line that is merely claimed is shown on "
            "request.",
            tuple(_line_feature(name, line, common) for name, line in zip(ids, seabed.lines, strict=True)),
            tuple(_line_feature(line.pair, line, common) for line in seabed.claimed),
        ),
    }


def _datum_effect_m(line: SectorLine) -> float | None:
    """How far the treaty's points would lie from here if they were on Pulkovo 1942. [m]

    That datum (EPSG:4284) is the one of the charts of their time; None where nothing is left open.
    """
    if line.treaty is None or not len(line.given):
        return None
    lon, lat = line.given.T
    other_lon, other_lat = Transformer.from_crs("EPSG:4284", "EPSG:4326", always_xy=True).transform(lon, lat)
    _, _, away = WGS84.inv(lon, lat, other_lon, other_lat)
    return round(float(np.max(away)), 0)


def _line_feature(name: str, line: SectorLine, common: Mapping[str, Any]) -> Feature:
    geometry = shapely.LineString(np.round(line.lon_lat, DECIMALS))
    kilometres = length_km(geometry)
    properties = {
        "name": (
            f"Sectors of {STATE_NAMES[line.pair[:3]]} and {STATE_NAMES[line.pair[4:]]}"
            if line.right_state
            else "Astara - Hasanqoli line"
        ),
        "states": line.pair if line.right_state else "IRN",
        "state_left": line.left_state,
        "state_right": line.right_state or None,
        "status": line.status,
        "method": line.method,
        "treaty": line.treaty,
        "treaty_source": line.source,
        "datum": line.datum,
        "line_type": line.line_type,
        "line_type_effect_m": round(line.line_type_effect_m, 3),
        "datum_effect_m": _datum_effect_m(line),
        "legal_basis": _LEGAL_BASIS,
        "length_km": round(kilometres, 6),
        "length_nm": round(kilometres / 1.852, 6),
        **common,
    }
    return Feature(name, geometry, properties)
