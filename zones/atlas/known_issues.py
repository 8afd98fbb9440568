"""Known issues as features: what is approximate where, how much that matters, and how that was measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from coastlines import Feature as KnownFeature
from coastlines import Lagoon
from coastlines.rings import DECIMALS
from zones.atlas.features import Collection, Feature
from zones.baseline.termini import Terminus
from zones.geodesy.geodesics import WGS84
from zones.words import ISSUE_TITLES, KARA_BOGAZ_GOL_ID, KARA_BOGAZ_GOL_NAME, STATE_NAMES, STATES

_CIRCLE_CORNERS = 36
_LEAST_RADIUS_M = 100.0  # of a circle around the end of a border, to be seen

_NO_LINES = (
    "No State's straight baselines or closing lines are agreed or published with coordinates that could be "
    "read: bays, harbours and river mouths{where} are as the shoreline source draws them."
)
_DESCRIPTIONS = {
    "shoreline": "The legal normal baseline, the line of the mean level at -28.0 m, is published nowhere as "
    "data. Each coast offered here was drawn at another level; where they differ, so do zones and States.",
    "tie_wedge": "The end of the land border is the nearest point of both States over an area; the bisector "
    "of the open water angle there divides it. The Convention does not say how.",
    "reconstructed_line": "A treaty exists, its points are not known here; the line is reconstructed from "
    "what is known, on the baselines of this coast:",
}
_HOW = {
    "shoreline": "share of 40,000 random positions of the sea at which not all bundled coasts give the same "
    "zone and State, times its area; good to some 1,000 km2",
    "straight_baselines": "not measured: there is nothing to measure from",
    "artificial_land": "area of all zones gained, and largest distance of an outer limit from itself, where "
    "this land counts as coast",
    "tie_wedge": "counted on a grid of 250 m within the belts of both States",
    "land_border_end": "distance by which the published point was moved, to the mainland's shore, or how "
    "well that point is known, whichever is larger",
    "reconstructed_line": "largest distance of the line from itself drawn from another bundled coast; where "
    "it ends elsewhere there, how far it reaches beyond",
    "closing_line": "stated accuracy of the lagoon's outline",
}

_Drawn = tuple[str, shapely.Geometry, dict[str, Any]]  # id, geometry, properties


@dataclass(frozen=True, slots=True)
class Known:
    """What the issues of an edition are made from."""

    measured: Mapping[str, Any]  # of the default edition of its coast; empty for a coast of a user's own
    termini: Sequence[Terminus]
    lagoon: Lagoon
    features: Sequence[KnownFeature]  # islands and structures
    sea: shapely.Polygon
    keeps_artificial: bool  # as coast
    with_lines: frozenset[str] = frozenset()  # States of which straight or closing lines were given


def draw_known_issues(
    known: Known, collections: Mapping[str, Collection], common: Mapping[str, Any]
) -> Collection:
    """The collection ``known_issues`` of an edition; every feature carries the properties ``common``."""
    measured_on = known.measured.get("edition")
    issues = [
        issue
        for issue in known.measured.get("issues", ())
        if issue["kind"] != "artificial_land" or not known.keeps_artificial
    ]
    drawn = [
        *(_measured(known, issue, collections, measured_on) for issue in issues),
        *_no_lines(known),
        *map(_land_border_end, known.termini),
        _closing_line(known, collections),
    ]
    order = list(ISSUE_TITLES)
    drawn.sort(key=lambda one: order.index(one[2]["kind"]))
    return Collection(
        "known_issues",
        "Known issues",
        "What is approximate where, with its effect in km² or metres and how that was measured; outlines are "
        "drawn around what is concerned. Who finds another one tells the operator of the service the "
        "position, the edition, the answer that was expected, and a source for it.",
        tuple(Feature(identity, geometry, {**own, **common}) for identity, geometry, own in drawn),
    )


def _measured(
    known: Known, issue: Mapping[str, Any], collections: Mapping[str, Collection], measured_on: str | None
) -> _Drawn:
    """An issue whose effect was measured beforehand."""
    kind, of = issue["kind"], issue["of"]
    what, states, description, evidence = of, None, _DESCRIPTIONS.get(kind, ""), "provenance of the coasts"
    if kind == "artificial_land":
        (feature,) = (one for one in known.features if one.name == of)
        # Notes may end in the effect on the 15 nm limit alone; here it is that on all zones, in its fields.
        states, description, evidence = (
            feature.state,
            feature.note.partition("; as baseline ")[0],
            feature.source,
        )
    elif kind == "tie_wedge":
        (terminus,) = (one for one in known.termini if one.pair == of)
        what = states = of
        evidence = terminus.source
    elif kind == "reconstructed_line":
        collection, _, identity = of.partition("/")
        line = next((one for one in collections[collection].features if one.id == identity), None)
        said = {} if line is None else line.properties
        what, states = f"{collection} {identity}", identity[:7]
        description = f"{description} {said.get('method') or said.get('basis') or ''}".strip()
        evidence = str(said.get("treaty_source") or said.get("basis_source") or "")
    outline = shapely.Polygon(issue["outline"])
    effects = {name: issue[name] for name in ("effect_km2", "effect_m")}
    return _issue(
        kind, what, outline, states=states, description=description, evidence=evidence,
        measured_on=measured_on, **effects,
    )  # fmt: skip


def _no_lines(known: Known) -> Iterator[_Drawn]:
    """That lines are missing, of the States of which this edition has none."""
    without = [state for state in STATES if state not in known.with_lines]
    if not without:
        return
    where, states = "", None
    if known.with_lines:
        where = (
            f" of {', '.join(STATE_NAMES[state] for state in without)}, of which this edition has no lines,"
        )
        states = "-".join(without)
    description = _NO_LINES.format(where=where)
    yield _issue(
        "straight_baselines", "", known.sea, states=states, description=description,
        evidence="Convention, Art. 1",
    )  # fmt: skip


def _land_border_end(terminus: Terminus) -> _Drawn:
    effect_m = max(terminus.moved_m, terminus.accuracy_m)
    azimuths = np.linspace(360.0, 0.0, _CIRCLE_CORNERS, endpoint=False)  # counter-clockwise
    around = np.ones(_CIRCLE_CORNERS)
    lon, lat, _ = WGS84.fwd(
        terminus.published_lon * around, terminus.published_lat * around, azimuths,
        max(effect_m, _LEAST_RADIUS_M) * around,
    )  # fmt: skip
    description = (
        f"The published end of the border is known to {terminus.accuracy_m:g} m and was moved by "
        f"{terminus.moved_m:.0f} m, to this shore."
    )
    if terminus.remark:
        description += f" It was {terminus.remark}."
    return _issue(
        "land_border_end", terminus.pair, shapely.Polygon(np.column_stack([lon, lat])), states=terminus.pair,
        effect_m=round(effect_m, 1), description=description, evidence=terminus.source,
    )  # fmt: skip


def _closing_line(known: Known, collections: Mapping[str, Collection]) -> _Drawn:
    provenance = known.lagoon.provenance
    (zone,) = (one for one in collections["zones"].features if one.id == KARA_BOGAZ_GOL_ID)
    return _issue(
        "closing_line", KARA_BOGAZ_GOL_NAME, zone.geometry, states="TKM",
        effect_m=provenance.accuracy_m, description=provenance.remark,
        evidence=f"{provenance.title} {provenance.version}",
    )  # fmt: skip


def _issue(
    kind: str, what: str, outline: shapely.Geometry, *, description: str, evidence: str,
    states: str | None = None, effect_km2: float | None = None, effect_m: float | None = None,
    measured_on: str | None = None,
) -> _Drawn:  # fmt: skip
    hull = shapely.orient_polygons(shapely.convex_hull(outline))
    ring = np.round(shapely.get_coordinates(hull), DECIMALS)
    words = "".join(letter if letter.isalnum() else " " for letter in what).split()
    properties = {
        "name": f"{ISSUE_TITLES[kind]}: {what}" if what else ISSUE_TITLES[kind],
        "kind": kind,
        "states": states,
        "effect_km2": None if effect_km2 is None else float(effect_km2),
        "effect_m": None if effect_m is None else float(effect_m),
        "description": description,
        "how_measured": _HOW[kind],
        "evidence": evidence,
        "measured_on": measured_on,
    }
    return "-".join([kind, *words]), shapely.MultiPolygon([shapely.Polygon(ring)]), properties
