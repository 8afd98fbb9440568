"""What an edition says of itself: provenance, choices, bounds, what is not settled or not the default."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import shapely

from coastlines import SOURCE_IDS, CoastSource, Provenance, StraightLine, kara_bogaz_gol
from zones.atlas.features import Collection
from zones.atlas.water import area_km2
from zones.baseline.baseline import Baseline
from zones.lines.partition import Partition
from zones.parameters import Parameters
from zones.seabed.modified_line import EFFECTS_RULE
from zones.seabed.sector_lines import Seabed
from zones.words import CONVENTION_STATUS, KNOWLEDGE_DATE, STATE_NAMES, TERRITORIAL_WATERS_MAXIMUM_NM

BOUNDS = {
    "limit_vertices_m": 0.001,
    "limit_edges_m": 0.1,
    "equidistance_vertices_m": 0.001,
    "equidistance_edges_m": 0.1,
    "distance_to_100_km_m": 0.001,
    "export_decimals": 7,
    "export_rounding_m": 0.011,
    "shore_edges_m": 0.01,
}

_NOTES = {
    "terminus_rule": (
        "Where the terminus is the nearest point of both States, the bisector of the water angle "
        "between the two shore segments that meet there divides the water."
    ),
    "effects_rule": EFFECTS_RULE,
    "bounds": BOUNDS,
    "convention_status": CONVENTION_STATUS,
    "knowledge_date": KNOWLEDGE_DATE,
    "legal_note": "Not for navigation; no legal title follows from it. The shoreline is a proxy of the "
    "legal -28.0 m line.",
}
_LINES_NOTE = "Waters landward of the straight and closing lines given."
_NO_LINES_NOTE = (
    "Empty but for Kara-Bogaz-Gol: no State's straight baselines or closing lines are agreed "
    "or published with coordinates that could be read."
)

_LINE_NAMES = {
    "straight": ("straight baseline", "straight baselines"),
    "closing_line": ("closing line", "closing lines"),
    "harbour_works": ("line of harbour works", "lines of harbour works"),
}
_EFFECT_NAMES = {0.0: "no effect", 0.5: "half effect", 1.0: "full effect"}


def edition_metadata(
    parameters: Parameters,
    source: CoastSource,
    baseline: Baseline,
    partition: Partition,
    seabed: Seabed,
    collections: Mapping[str, Collection],
) -> dict[str, Any]:
    """Everything that is said of an edition but its identity."""
    zones, sectors = collections["zones"].features, collections["sectors"].features
    own_lines = bool(baseline.states_with_lines)
    return {
        "coast": asdict(source.provenance),
        "coast_sha256": source.sha256,
        "attribution": attribution(source),
        "licence": source.provenance.licence,
        "kara_bogaz_gol": asdict(kara_bogaz_gol().provenance),
        "breadth_nm": parameters.breadths_nm,
        "keep_artificial": parameters.keep_artificial,
        "straight_lines": _straight_lines(baseline),
        "internal_waters_note": _LINES_NOTE if own_lines else _NO_LINES_NOTE,
        "artificial_land": _artificial_land(baseline),
        "termini": [asdict(terminus) for terminus in baseline.termini],
        "tripoints": [asdict(tripoint) for tripoint in partition.tripoints],
        "seabed_junctions": [asdict(junction) for junction in seabed.junctions],
        "sector_shares_percent": {
            feature.properties["state"]: feature.properties["share_percent"] for feature in sectors
        },
        "effects": parameters.applied_effects,
        "treaty_points_given": sorted(parameters.treaty_points),
        "sea_area_km2": round(area_km2(partition.sea), 6),
        "areas_km2": {feature.id: feature.properties["area_km2"] for feature in zones},
        **_NOTES,
    }


def _straight_lines(baseline: Baseline) -> list[dict[str, Any]]:
    return [
        {
            **{name: getattr(line, name) for name in ("name", "state", "kind", "line_type")},
            "snapped_start_m": round(line.snapped_start_m, 3),
            "snapped_end_m": round(line.snapped_end_m, 3),
            "closes_kara_bogaz_gol": line.closes_kara_bogaz_gol,
        }
        for line in baseline.straight_lines
    ]


def _artificial_land(baseline: Baseline) -> list[dict[str, Any]]:
    return [
        {
            **{name: getattr(land, name) for name in ("name", "state", "kind")},
            "area_km2": round(area_km2(shapely.Polygon(land.lon_lat)), 6),
            "reason": land.reason,
        }
        for land in baseline.artificial
    ]


def attribution(source: CoastSource) -> str:
    """Whom to name for an edition: the makers of the coast and those of Kara-Bogaz-Gol."""
    own, other = source.provenance.attribution, kara_bogaz_gol().provenance.attribution
    return own if other in own else f"{own}; {other} (Kara-Bogaz-Gol)"


def titled(provenance: Provenance) -> str:
    """A data set by its title and version."""
    return f"{provenance.title} {provenance.version}"


def assumptions_text(
    parameters: Parameters, source: CoastSource, straight_lines: Sequence[StraightLine]
) -> str | None:
    """As ``Kazakhstan 12 nm; half effect of Chilov``; None for a default edition of a bundled coast."""
    texts = [] if source.id in SOURCE_IDS else [source.provenance.title]
    texts += [
        f"{STATE_NAMES[state]} {breadth:.15g} nm"
        for state, breadth in parameters.breadths_nm.items()
        if breadth != TERRITORIAL_WATERS_MAXIMUM_NM
    ]
    counted = Counter((line.state, line.kind) for line in straight_lines)
    for (state, kind), count in sorted(counted.items()):
        one, several = _LINE_NAMES[kind]
        texts.append(f"{one if count == 1 else f'{count} {several}'} of {STATE_NAMES[state]}")
    if parameters.keep_artificial:
        texts.append("artificial land counts as coast")
    texts += [f"own treaty points of {pair}" for pair in sorted(parameters.treaty_points)]
    texts += [
        f"{_EFFECT_NAMES.get(share, f'effect {share:.15g}')} of {name}"
        for name, share in parameters.applied_effects.items()
    ]
    return "; ".join(texts) or None
