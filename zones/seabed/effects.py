"""Effects of islands and stretches of coast on the seabed's lines: by which names, and what is applied.

An effect holds for every baseline segment of its State in the feature's box. Boxes may be nested, as
Chilov in the Absheron islands: the smallest box that was named decides, whatever the order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import shapely

from coastlines import Feature, features
from zones.errors import EffectError

FULL_EFFECT = 1.0


def applied_effects(effects: Mapping[str, float]) -> dict[str, float]:
    """Effects as they are applied: by the feature's own name, the largest box first.

    An effect that changes nothing, as the full one where no larger box has a lesser one, is left out,
    so that choices with one result are one choice.

    Raises `EffectError`: there is no such feature, or two names are those of one.
    """
    names: dict[str, str] = {}
    given: list[tuple[Feature, float]] = []
    for name, share in effects.items():
        feature = find_feature(features(), name)
        if feature.name in names:
            raise EffectError(
                f"the effect of {short_name(feature)} is given twice: as {names[feature.name]!r} and {name!r}"
            )
        names[feature.name] = name
        given.append((feature, float(share) + 0.0))
    applied: list[tuple[Feature, float]] = []
    for feature, share in sorted(given, key=lambda pair: (-_box(pair[0]).area, pair[0].name)):
        if _effect_before(applied, feature) != share:
            applied.append((feature, share))
    return {short_name(feature): share for feature, share in applied}


def find_feature(known: Sequence[Feature], name: str) -> Feature:
    """The island or stretch of a name, whatever its case; the part before a bracket is enough.

    Raises `EffectError`: none has this name; those that there are are listed.
    """
    generating = [one for one in known if one.generates_baseline and one.bbox is not None]
    wanted = name.strip().casefold()
    for feature in generating:
        if wanted in (feature.name.casefold(), short_name(feature).casefold()):
            return feature
    raise EffectError(f"no island {name!r}: there are {', '.join(map(short_name, generating))}")


def short_name(feature: Feature) -> str:
    """The part of a feature's name before a bracket."""
    return feature.name.split(" (")[0]


def _effect_before(applied: Sequence[tuple[Feature, float]], feature: Feature) -> float | None:
    """The effect in all of a feature's box by the larger ones; None where it is not one and the same."""
    effect: float | None = FULL_EFFECT
    for other, share in applied:
        if other.state != feature.state or _box(other).intersection(_box(feature)).area == 0:
            continue
        if _box(other).covers(_box(feature)):
            effect = share
        elif effect != share:
            effect = None
    return effect


def _box(feature: Feature) -> shapely.Polygon:
    assert feature.bbox is not None  # as `find_feature` gives them
    return shapely.box(*feature.bbox)
