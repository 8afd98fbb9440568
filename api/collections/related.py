"""Features that belong to another one: a zone's limits and boundaries, a limit's zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from api.atlas import Atlas
from api.collections.selection import states_of
from zones.atlas.features import Feature
from zones.words import COMMON_MARITIME_SPACE, FISHERY_ZONE, INTERNAL_WATERS, TERRITORIAL_WATERS

# What a reader of a feature of one collection looks for in others.
_RELATED: Mapping[str, tuple[str, ...]] = {
    "zones": ("limits", "baselines", "boundaries", "sectors"),
    "limits": ("zones", "baselines", "boundaries"),
    "limit_segments": ("limits", "baselines"),
    "baselines": ("zones", "limits"),
    "boundaries": ("zones", "sector_boundaries"),
    "sectors": ("sector_boundaries", "zones"),
    "sector_boundaries": ("sectors", "boundaries"),
    "installations": ("zones",),
}
# The limits that enclose a zone, by the zone whose outer limit they are.
_EDGES: Mapping[str, tuple[str, ...]] = {
    INTERNAL_WATERS: (),
    TERRITORIAL_WATERS: (TERRITORIAL_WATERS,),
    FISHERY_ZONE: (TERRITORIAL_WATERS, FISHERY_ZONE),
    COMMON_MARITIME_SPACE: (FISHERY_ZONE,),
}


@dataclass(frozen=True, slots=True)
class Group:
    """Features of one collection that belong to another feature."""

    collection: str
    title: str
    features: tuple[Feature, ...]


def related_groups(atlas: Atlas, collection: str, feature: Feature) -> list[Group]:
    """Features of other collections that share a State with a feature, and the kind that fits it."""
    groups = []
    for identity in _RELATED.get(collection, ()):
        found = atlas.edition.collections.get(identity)
        if found is None:
            continue
        kept = tuple(one for one in found.features if _belongs(collection, feature, identity, one))
        if kept:
            groups.append(Group(identity, found.title, kept))
    return groups


def feature_of_line(atlas: Atlas, identity: str) -> tuple[str, Feature] | None:
    """The outer limit or boundary with this id, as records name it, and its collection."""
    for collection in ("limits", "boundaries"):
        found = atlas.edition.collections.get(collection)
        for feature in found.features if found is not None else ():
            if feature.id == identity:
                return collection, feature
    return None


def _belongs(collection: str, feature: Feature, other_collection: str, other: Feature) -> bool:
    zone, other_zone = feature.properties.get("zone"), other.properties.get("zone")
    states, other_states = states_of(feature), states_of(other)
    if collection == "zones" and other_collection == "limits":
        return other_zone in _EDGES.get(str(zone), ()) and (not states or bool(states & other_states))
    if collection == "limits" and other_collection == "zones":
        return zone in _EDGES.get(str(other_zone), ()) and (not other_states or bool(states & other_states))
    if collection == "limit_segments" and other_collection == "limits":
        return str(feature.properties["limit_id"]) == other.id
    if collection == "zones" and zone in (INTERNAL_WATERS, COMMON_MARITIME_SPACE):
        return other_collection in ("baselines", "sectors") and bool(states & other_states)
    if len(states) == len(other_states) == 2:
        return states == other_states
    return bool(states & other_states)
