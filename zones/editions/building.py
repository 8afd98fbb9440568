"""From a coast to an edition's content: the steps in their order, without reading or writing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import shapely

from coastlines import (
    CoastSource,
    Provenance,
    StraightLine,
    border_termini,
    features,
    kara_bogaz_gol,
    load_source,
    state_polygons,
    treaty_lines,
)
from zones.arrays import Floats
from zones.atlas.features import Collection, Feature
from zones.atlas.seabed import draw_seabed
from zones.atlas.water import area_km2, draw_atlas, named_lines
from zones.baseline.baseline import Baseline, Enclosed, make_baseline
from zones.baseline.shore import Artificial, Terminus, attribute_shore
from zones.baseline.straight_lines import SnappedLine
from zones.classification.nearest_limit import LimitIndex, make_limit_index
from zones.editions.assumptions import assumptions_text
from zones.geodesy.segment_tree import SegmentTree, Sides
from zones.lines.equidistance import EquidistanceLine, Tripoint
from zones.lines.partition import DrawnLine, Partition, partition_sea
from zones.parameters import Parameters
from zones.rule.cells import Cells, make_cells
from zones.rule.rule import make_rule
from zones.seabed.modified_line import EFFECTS_RULE, moved_lines_m, trace_modified
from zones.seabed.sector_lines import (
    Junction,
    Seabed,
    SectorLine,
    draw_sector_lines,
    longest_by_pair,
    tripoints_by_states,
)
from zones.seabed.sectors import SectorIndex, cut_sectors, make_sector_index
from zones.words import CONVENTION_STATUS, KNOWLEDGE_DATE

if TYPE_CHECKING:
    from zones.editions.edition import Edition

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True, eq=False)
class Built:
    """What is kept of an edition."""

    metadata: dict[str, Any]
    breadth_nm: dict[str, float]
    keep_artificial: bool
    straight_lines: tuple[StraightLine, ...]
    baseline: Baseline
    partition: Partition
    limits: LimitIndex
    cells: Cells
    seabed: Seabed
    sectors: SectorIndex
    collections: dict[str, Collection]


TYPES: Mapping[str, type] = {
    cls.__name__: cls
    for cls in (
        Artificial, Baseline, Built, Cells, Collection, DrawnLine, Enclosed, EquidistanceLine,
        Feature, Junction, LimitIndex, Partition, Seabed, SectorIndex, SectorLine, SegmentTree, Sides,
        SnappedLine, StraightLine, Terminus, Tripoint,
    )
}  # fmt: skip

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


def build(
    parameters: Parameters,
    source: CoastSource,
    straight_lines: Sequence[StraightLine],
    treaty_points: Mapping[str, Floats],
    *,
    name: str,
    sha256: str,
    made_with: str,
    usual: Edition | None,
    progress: Progress,
) -> Built:
    """Make everything of an edition.

    Raises
    ------
    BaselineError
        The coast or a straight line cannot be used.
    """
    progress("giving the shore to its States", 0.02)
    baseline = baseline_of(source, straight_lines, keep_artificial=parameters.keep_artificial)
    rule = make_rule(baseline, parameters.breadths_nm)
    progress("walking limits and equidistance lines", 0.15)
    partition = partition_sea(rule)
    progress("dividing the seabed", 0.7)
    equidistance = longest_by_pair(partition.equidistance)
    tripoints = tripoints_by_states(partition.tripoints)
    if parameters.applied_effects:
        equidistance, tripoints = trace_modified(
            rule, equidistance, tripoints, features(), parameters.applied_effects
        )
    seabed = draw_sector_lines(rule, equidistance, tripoints, treaty_lines(), treaty_points)
    sector_index = make_sector_index(rule, seabed)
    sectors = cut_sectors(rule, seabed, sector_index)
    progress("certifying cells", 0.8)
    cells = make_cells(rule)
    progress("drawing the atlas", 0.9)
    assumptions = assumptions_text(parameters, source, straight_lines)
    common = {
        "assumptions": assumptions,
        "edition": name,
        "source": _titled(source.provenance),
        "attribution": source.provenance.attribution,
    }
    # The lagoon lies behind a line of its own provenance, whatever coast the rest is from.
    lagoon_provenance = kara_bogaz_gol().provenance
    lagoon = {
        "source": f"{common['source']}; {_titled(lagoon_provenance)}",
        "attribution": _credits(source),
    }
    collections = draw_atlas(rule, partition, common, lagoon) | draw_seabed(seabed, sectors, common)
    metadata = _metadata(
        parameters, source, baseline, partition, seabed, collections,
        {"edition": name, "assumptions": assumptions, "sha256": sha256, "made_with": made_with},
    )  # fmt: skip
    if usual is not None and parameters.keep_artificial:
        metadata["effect_of_artificial_land_km2"] = _differences(
            collections["zones"], usual.collections["zones"]
        )
    if usual is not None and parameters.applied_effects:
        metadata["effect_on_sectors_km2"] = _differences(collections["sectors"], usual.collections["sectors"])
        metadata["effect_on_lines_m"] = moved_lines_m(seabed, usual.seabed)
    progress("done", 1.0)
    limits = make_limit_index([(line_id, line.lon_lat) for line_id, line in named_lines(partition)])
    return Built(
        metadata,
        parameters.breadths_nm,
        parameters.keep_artificial,
        tuple(straight_lines),
        baseline,
        partition,
        limits,
        cells,
        seabed,
        sector_index,
        collections,
    )


def baseline_of(
    source: CoastSource,
    straight_lines: Sequence[StraightLine] = (),
    *,
    keep_artificial: bool = False,
) -> Baseline:
    """The baseline of a coast, with the border ends, features and States known here."""
    shore = attribute_shore(
        source, border_termini(), features(), state_polygons(), keep_artificial=keep_artificial
    )
    return make_baseline(shore, straight_lines, kara_bogaz_gol())


def bundled_baseline(
    source_id: str, straight_lines: Sequence[StraightLine] = (), *, keep_artificial: bool = False
) -> Baseline:
    """The baseline of a bundled coast; without other choices the same object at every call."""
    if straight_lines or keep_artificial:
        return baseline_of(load_source(source_id), straight_lines, keep_artificial=keep_artificial)
    return _default_baseline(source_id)


@cache
def _default_baseline(source_id: str) -> Baseline:
    return baseline_of(load_source(source_id))


def _credits(source: CoastSource) -> str:
    """Whom to name for an edition: the makers of the coast and those of Kara-Bogaz-Gol."""
    own, other = source.provenance.attribution, kara_bogaz_gol().provenance.attribution
    return own if other in own else f"{own}; {other} (Kara-Bogaz-Gol)"


def _titled(provenance: Provenance) -> str:
    return f"{provenance.title} {provenance.version}"


def _differences(collection: Collection, usual: Collection) -> dict[str, float]:
    """How much larger each feature's area is than in the usual edition. [km2]"""
    areas, before = (
        {feature.id: float(feature.properties["area_km2"]) for feature in each.features}
        for each in (collection, usual)
    )
    return {
        name: round(areas.get(name, 0.0) - before.get(name, 0.0), 6) for name in sorted({*areas, *before})
    }


def _metadata(
    parameters: Parameters,
    source: CoastSource,
    baseline: Baseline,
    partition: Partition,
    seabed: Seabed,
    collections: Mapping[str, Collection],
    identity: Mapping[str, str | None],
) -> dict[str, Any]:
    lines = [line for line in baseline.straight_lines if not line.closes_kara_bogaz_gol]
    return {
        **identity,
        "coast": asdict(source.provenance),
        "coast_sha256": source.sha256,
        "attribution": _credits(source),
        "licence": source.provenance.licence,
        "kara_bogaz_gol": asdict(kara_bogaz_gol().provenance),
        "breadth_nm": parameters.breadths_nm,
        "keep_artificial": parameters.keep_artificial,
        "straight_lines": [
            {
                "name": line.name,
                "state": line.state,
                "kind": line.kind,
                "line_type": line.line_type,
                "snapped_start_m": round(line.snapped_start_m, 3),
                "snapped_end_m": round(line.snapped_end_m, 3),
                "closes_kara_bogaz_gol": line.closes_kara_bogaz_gol,
            }
            for line in baseline.straight_lines
        ],
        "internal_waters_note": (
            "Waters landward of the straight and closing lines given."
            if lines
            else "Empty but for Kara-Bogaz-Gol: no State's straight baselines or closing lines are agreed "
            "or published with coordinates that could be read."
        ),
        "artificial_land": [
            {
                "name": land.name,
                "state": land.state,
                "kind": land.kind,
                "area_km2": round(area_km2(shapely.Polygon(land.lon_lat)), 6),
                "reason": land.reason,
            }
            for land in baseline.artificial
        ],
        "termini": [asdict(terminus) for terminus in baseline.termini],
        "terminus_rule": (
            "Where the terminus is the nearest point of both States, the bisector of the water angle "
            "between the two shore segments that meet there divides the water."
        ),
        "tripoints": [asdict(tripoint) for tripoint in partition.tripoints],
        "seabed_junctions": [asdict(junction) for junction in seabed.junctions],
        "sector_shares_percent": {
            feature.properties["state"]: feature.properties["share_percent"]
            for feature in collections["sectors"].features
        },
        "effects": dict(parameters.applied_effects),
        "effects_rule": EFFECTS_RULE,
        "treaty_points_given": sorted(parameters.treaty_points),
        "sea_area_km2": round(area_km2(partition.sea), 6),
        "areas_km2": {
            feature.id: feature.properties["area_km2"] for feature in collections["zones"].features
        },
        "bounds": dict(BOUNDS),
        "convention_status": CONVENTION_STATUS,
        "knowledge_date": KNOWLEDGE_DATE,
        "legal_note": "Not for navigation; no legal title follows from it. The shoreline is a proxy of the "
        "legal -28.0 m line.",
    }
