"""What of an edition is not the default, in words that go with every answer and file of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from coastlines import SOURCE_IDS, CoastSource, StraightLine
from zones.parameters import Parameters
from zones.words import STATE_NAMES, TERRITORIAL_WATERS_MAXIMUM_NM

_LINE_NAMES = {
    "straight": ("straight baseline", "straight baselines"),
    "closing_line": ("closing line", "closing lines"),
    "harbour_works": ("line of harbour works", "lines of harbour works"),
}
_EFFECT_NAMES = {0.0: "no effect", 0.5: "half effect", 1.0: "full effect"}


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
