"""From a coast to an edition's content: the steps in their order, without reading or writing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from coastlines import (
    CoastSource,
    StraightLine,
    border_termini,
    features,
    kara_bogaz_gol,
    load_source,
    state_polygons,
    treaty_lines,
)
from zones.arrays import Floats
from zones.atlas.features import Collection
from zones.atlas.seabed import draw_seabed
from zones.atlas.water import draw_atlas, named_lines
from zones.baseline.baseline import Baseline, make_baseline
from zones.baseline.shore import attribute_shore
from zones.classification.nearest_limit import LimitIndex, make_limit_index
from zones.editions.metadata import assumptions_text, attribution, edition_metadata, titled
from zones.errors import BaselineError
from zones.lines.partition import Partition, partition_sea
from zones.parameters import Parameters
from zones.rule.rule import Rule, make_rule, wedges_of
from zones.seabed.modified_line import moved_lines_m, trace_modified
from zones.seabed.sector_lines import Seabed, draw_sector_lines, longest_by_pair, tripoints_by_states
from zones.seabed.sectors import SectorIndex, cut_sectors, make_sector_index

if TYPE_CHECKING:
    from zones.editions.edition import Edition
    from zones.editions.store import Progress


@dataclass(frozen=True, eq=False)
class Built:
    """What is kept of an edition."""

    metadata: dict[str, Any]
    straight_lines: tuple[StraightLine, ...]
    baseline: Baseline
    wedges: Floats
    partition: Partition
    limits: LimitIndex
    seabed: Seabed
    sectors: SectorIndex
    collections: dict[str, Collection]


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
    """Make everything of an edition. Raises `BaselineError`: the coast or a straight line cannot be used."""
    progress("giving the shore to its States", 0.02)
    baseline = baseline_of(source, straight_lines, keep_artificial=parameters.keep_artificial)
    if parameters.keep_artificial and not baseline.artificial:
        raise BaselineError("this coast draws no artificial land that could be kept; leave that choice out")
    wedges = wedges_of(baseline)
    rule = make_rule(baseline, parameters.breadths_nm, wedges)
    progress("walking limits and equidistance lines", 0.15)
    partition = partition_sea(rule)
    progress("dividing the seabed", 0.7)
    seabed = _divide_seabed(rule, partition, parameters, treaty_points)
    sector_index = make_sector_index(rule, seabed)
    sectors = cut_sectors(rule, seabed, sector_index)
    progress("drawing the atlas", 0.8)
    assumptions = assumptions_text(parameters, source, straight_lines)
    provenance = source.provenance
    source_of = {"source": titled(provenance), "attribution": provenance.attribution}
    common = {"assumptions": assumptions, "edition": name, **source_of}
    # The lagoon lies behind a line of its own provenance, whatever coast the rest is from.
    lagoon = {
        "source": f"{common['source']}; {titled(kara_bogaz_gol().provenance)}",
        "attribution": attribution(source),
    }
    collections = draw_atlas(rule, partition, common, lagoon) | draw_seabed(seabed, sectors, common)
    identity = {"edition": name, "assumptions": assumptions, "sha256": sha256, "made_with": made_with}
    metadata = identity | edition_metadata(parameters, source, baseline, partition, seabed, collections)
    if usual is not None:
        metadata |= _effects(parameters, seabed, collections, usual)
    progress("certifying cells", 0.95)
    limits = make_limit_index([(line_id, line.lon_lat) for line_id, line in named_lines(partition)])
    return Built(
        metadata, tuple(straight_lines), baseline, wedges, partition, limits, seabed, sector_index,
        collections,
    )  # fmt: skip


def _divide_seabed(
    rule: Rule, partition: Partition, parameters: Parameters, treaty_points: Mapping[str, Floats]
) -> Seabed:
    """The lines between sectors: by treaty, else of equidistance with the effects of islands chosen."""
    equidistance = longest_by_pair(partition.equidistance)
    tripoints = tripoints_by_states(partition.tripoints)
    if parameters.applied_effects:
        equidistance, tripoints = trace_modified(
            rule, equidistance, tripoints, features(), parameters.applied_effects
        )
    return draw_sector_lines(rule, equidistance, tripoints, treaty_lines(), treaty_points)


def _effects(
    parameters: Parameters, seabed: Seabed, collections: Mapping[str, Collection], usual: Edition
) -> dict[str, Any]:
    """What choices change against the usual edition: areas, and sector lines."""
    effects: dict[str, Any] = {}
    if parameters.keep_artificial:
        effects["effect_of_artificial_land_km2"] = _differences(
            collections["zones"], usual.collections["zones"]
        )
    if parameters.applied_effects:
        effects["effect_on_sectors_km2"] = _differences(collections["sectors"], usual.collections["sectors"])
        effects["effect_on_lines_m"] = moved_lines_m(seabed, usual.seabed)
    return effects


def baseline_of(
    source: CoastSource, straight_lines: Sequence[StraightLine] = (), *, keep_artificial: bool = False
) -> Baseline:
    """The baseline of a coast, with the border ends, features and States known here."""
    shore = attribute_shore(
        source, border_termini(), features(), state_polygons(), keep_artificial=keep_artificial
    )
    return make_baseline(shore, straight_lines, kara_bogaz_gol())


@cache
def bundled_baseline(source_id: str) -> Baseline:
    """The baseline of a bundled coast without other choices; the same object at every call."""
    return baseline_of(load_source(source_id))


def _differences(collection: Collection, usual: Collection) -> dict[str, float]:
    """How much larger each feature's area is than in the usual edition. [km2]"""
    areas, before = (
        {feature.id: float(feature.properties["area_km2"]) for feature in each.features}
        for each in (collection, usual)
    )
    return {
        name: round(areas.get(name, 0.0) - before.get(name, 0.0), 6) for name in sorted({*areas, *before})
    }
