"""Measures what is approximate in the default editions, and writes it to ``known_issues.json`` beside this.

``python -m zones.editions.measure_issues`` takes a minute or two. It has to be repeated where answers change.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer

from coastlines import SOURCE_IDS, border_termini, features, kara_bogaz_gol, load_source, state_polygons
from zones.arrays import Floats
from zones.atlas.differences import farthest
from zones.atlas.features import Collection
from zones.atlas.water import area_km2, draw_atlas
from zones.baseline.baseline import make_baseline
from zones.baseline.shore import attribute_shore
from zones.editions.edition import Edition
from zones.editions.store import Store
from zones.geodesy.ellipsoid import to_earth_centred
from zones.geodesy.nearest import nearest_of_groups
from zones.lines.partition import partition_sea
from zones.rule.rule import Rule, make_rule
from zones.words import AGREED_RECONSTRUCTED, STATES

PATH = Path(__file__).with_name("known_issues.json")
GRID_M = 250.0
POSITIONS = 40_000
_SAME_M = 1e-3
_SEED = 20180812
_OUTLINE_DECIMALS = 3
_LEAST_KM2 = 1.0
_SLIVER_DEG2 = 1e-6  # some 0.01 km2; what has not moved leaves smaller ones

Issue = dict[str, Any]


def measured(edition: Edition, others: Mapping[str, Edition]) -> list[Issue]:
    """What is approximate in the default edition of a bundled coast; ``others`` are those of the others."""
    return [
        _shoreline(edition),
        *_artificial_land(edition),
        *(issue for pair in _pairs(edition) if (issue := _tie_wedge(edition.rule, pair)) is not None),
        *_reconstructed_lines(edition, others),
    ]


def _shoreline(edition: Edition) -> Issue:
    """Where the bundled coasts do not give the same zone and State, from random positions of the sea."""
    sea = edition.partition.sea
    there = _equal_areas(sea.centroid.x, sea.centroid.y)
    plane = shapely.transform(sea, lambda xy: np.column_stack(there.transform(xy[:, 0], xy[:, 1])))
    west, south, east, north = plane.bounds
    rng = np.random.default_rng(_SEED)
    points = rng.uniform((west, south), (east, north), (8 * POSITIONS, 2))
    points = points[shapely.contains_xy(plane, *points.T)][:POSITIONS]
    lon, lat = there.transform(points[:, 0], points[:, 1], direction="INVERSE")
    certain = edition.classify(lon=lon, lat=lat, fields=("certain",), compare=True).rows()
    share = sum(one["certain"] is False for one in certain) / len(points)
    effect_km2 = share * float(edition.metadata["sea_area_km2"])
    return _issue("shoreline", "", effect_km2=round(effect_km2, -2), outline=sea)


def _artificial_land(edition: Edition) -> list[Issue]:
    """For each name of artificial land what changes where it counts as coast."""
    source = load_source(edition.metadata["coast"]["id"])
    usual = edition.collections
    found = []
    for name in dict.fromkeys(land.name for land in edition.rule.baseline.artificial):
        known = [replace(one, generates_baseline=True) if one.name == name else one for one in features()]
        shore = attribute_shore(source, border_termini(), known, state_polygons())
        baseline = make_baseline(shore, (), kara_bogaz_gol())
        rule = make_rule(baseline, edition.metadata["breadth_nm"])
        changed = draw_atlas(rule, partition_sea(rule), _no_common())
        gained = _gained(usual["zones"], changed["zones"])
        moved_m = max(
            farthest(one.geometry, other.geometry)[0] for one, other in _both(usual, changed, "limits")
        )
        km2, outline = area_km2(gained), shapely.convex_hull(gained)
        issue = _issue(
            "artificial_land", name, effect_km2=round(km2, 1), effect_m=round(moved_m), outline=outline
        )
        found.append(issue)
    return found


def _gained(before: Collection, after: Collection) -> shapely.MultiPolygon:
    """Water that is in another zone, or another State's, than before."""
    zones = {one.id: one.geometry for one in before.features}
    parts = [
        part
        for one in after.features
        if one.id in zones and not shapely.equals_identical(one.geometry, zones[one.id])
        for part in shapely.get_parts(shapely.difference(one.geometry, zones[one.id]))
        if part.geom_type == "Polygon" and part.area > _SLIVER_DEG2
    ]
    return shapely.MultiPolygon(parts)


def _both(
    before: Mapping[str, Collection], after: Mapping[str, Collection], name: str
) -> list[tuple[Any, Any]]:
    """Features of a collection that both have."""
    others = {one.id: one for one in after[name].features}
    return [(one, others[one.id]) for one in before[name].features if one.id in others]


def _pairs(edition: Edition) -> list[str]:
    return [terminus.pair for terminus in edition.rule.baseline.termini]


def _tie_wedge(rule: Rule, pair: str) -> Issue | None:
    """The water within both belts whose nearest point of both States is the end of their land border.

    Counted on a grid of `GRID_M` in a plane of equal areas. None where there is next to nothing.
    """
    (terminus,) = (one for one in rule.baseline.termini if one.pair == pair)
    states = [STATES.index(state) for state in pair.split("-")]
    reach_m = float(rule.reach_m[states].min())
    there = _equal_areas(terminus.lon, terminus.lat)
    axis = np.arange(-reach_m, reach_m, GRID_M) + GRID_M / 2
    x, y = (values.ravel() for values in np.meshgrid(axis, axis))
    lon, lat = there.transform(x, y, direction="INVERSE")
    inside = shapely.contains_xy(rule.baseline.sea, lon, lat)
    x, y, places = x[inside], y[inside], to_earth_centred(np.column_stack([lon, lat])[inside])
    length_m, segment, share = nearest_of_groups(rule.arrays.tree, places, np.array(states))
    end = to_earth_centred(np.array([[terminus.lon, terminus.lat]]))
    tied = (length_m <= reach_m).all(axis=1)
    for column in (0, 1):
        start, stop = (ends[segment[:, column]] for ends in (rule.arrays.tree.start, rule.arrays.tree.end))
        foot = start + share[:, column, None] * (stop - start)
        tied &= np.linalg.norm(foot - end, axis=1) < _SAME_M
    km2 = float(tied.sum()) * (GRID_M / 1000) ** 2
    if km2 < _LEAST_KM2:
        return None
    hull = shapely.convex_hull(shapely.multipoints(np.column_stack([x, y])[tied])).buffer(GRID_M)
    outline = shapely.transform(
        hull, lambda xy: np.column_stack(there.transform(xy[:, 0], xy[:, 1], direction="INVERSE"))
    )
    return _issue("tie_wedge", pair, effect_km2=round(km2), outline=outline)


def _reconstructed_lines(edition: Edition, others: Mapping[str, Edition]) -> list[Issue]:
    """How far each agreed line whose points are not known lies from itself drawn from the other coasts."""
    found = []
    for collection in ("sector_boundaries", "boundaries"):
        for line in edition.collections[collection].features:
            if line.properties["status"] != AGREED_RECONSTRUCTED:
                continue
            elsewhere = [
                one.geometry
                for other in others.values()
                for one in other.collections[collection].features
                if one.id == line.id
            ]
            moved_m = max(farthest(line.geometry, one)[0] for one in elsewhere)
            outline = shapely.convex_hull(shapely.union_all([line.geometry, *elsewhere]))
            of = f"{collection}/{line.id}"
            found.append(_issue("reconstructed_line", of, effect_m=round(moved_m), outline=outline))
    return found


def _issue(
    kind: str, of: str, *, outline: shapely.Geometry, effect_km2: float | None = None,
    effect_m: float | None = None,
) -> Issue:  # fmt: skip
    hull = shapely.orient_polygons(shapely.convex_hull(outline))
    ring: Floats = np.round(shapely.get_coordinates(shapely.simplify(hull, 0.002)), _OUTLINE_DECIMALS)
    return {
        "kind": kind, "of": of, "effect_km2": effect_km2, "effect_m": effect_m, "outline": ring.tolist(),
    }  # fmt: skip


def _equal_areas(lon: float, lat: float) -> Transformer:
    """From longitude and latitude to a plane of equal areas about a place."""
    return Transformer.from_crs(
        "EPSG:4326", f"+proj=laea +lat_0={lat:.9f} +lon_0={lon:.9f} +ellps=WGS84", always_xy=True
    )


def _no_common() -> dict[str, Any]:
    return dict.fromkeys(("assumptions", "edition", "source", "attribution"))


def main() -> None:
    """Measure the default editions of all bundled coasts."""
    store = Store()
    editions = {source_id: store.edition(source_id) for source_id in SOURCE_IDS}
    written = {}
    for source_id, edition in editions.items():
        others = {name: one for name, one in editions.items() if name != source_id}
        written[source_id] = {"edition": edition.name, "issues": measured(edition, others)}
    issues = (
        f'"{source_id}": {{"edition": "{one["edition"]}", "issues": [\n'
        + ",\n".join(json.dumps(issue) for issue in one["issues"])
        + "\n]}"
        for source_id, one in written.items()
    )
    PATH.write_text("{\n" + ",\n".join(issues) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
