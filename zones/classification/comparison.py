"""How far an answer depends on the coast: what the bundled coasts say under the same choices.

Only like is compared with like. A coast on which the edition's straight lines do not fit, or that does
not draw the artificial land that the edition keeps, is left out, and in Kara-Bogaz-Gol, whose outline
every coast has from one source, nothing is compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from zones.arrays import Floats
from zones.baseline.baseline import Baseline
from zones.classification.measuring import LAGOON, REASONS, Measured
from zones.classification.records import METRE_DECIMALS, STATES_AND_NONE, Coded, Column, rounded
from zones.rule.rule import LANDWARD, ON_LAND, Rule, decide_many, decide_signed
from zones.words import ANSWERS, KARA_BOGAZ_GOL_ID, STATES

Codes = npt.NDArray[np.integer[Any]]

COMPARED_FIELDS = frozenset({"coast_spread_m", "certain", "by_coast"})
LAGOON_CAVEAT = (
    "The closing line of Kara-Bogaz-Gol is constructed here, and its outline is the same in every coast, "
    "so that coasts cannot be compared."
)

# What the comparison adds to a caveat: nothing, coasts left out, land in the lagoon's outline.
_AS_IT_IS, _LEFT_OUT, _ISLAND_OF_LAGOON = range(3)
_TRUTHS = (False, True, None)
_ANSWER_WORDS = tuple(
    answer if state is None else f"{answer} {state}" for answer in ANSWERS for state in (*STATES, None)
)


@dataclass(frozen=True, eq=False)
class Comparison:
    """The coasts that answers of an edition are compared over."""

    own: str  # id of the edition's coast
    baseline: Baseline  # of the edition
    # other bundled coasts by their ids, under the same breadths, lines and artificial land
    others: tuple[tuple[str, Rule], ...]
    left_out: Mapping[str, Sequence[str]]  # why, to the ids of the bundled coasts that are not compared

    @cached_property
    def additions(self) -> tuple[str | None, ...]:
        """What a caveat ends in, by code."""
        said = (f"Not compared with {', '.join(ids)}: {why}." for why, ids in self.left_out.items())
        return None, " ".join(said) or None, LAGOON_CAVEAT

    @cached_property
    def _lagoon(self) -> shapely.Geometry:
        """The outline of Kara-Bogaz-Gol with its islands."""
        outlines = [
            shapely.Polygon(part.exterior)
            for waters in self.baseline.enclosed
            if waters.id == KARA_BOGAZ_GOL_ID
            for part in waters.polygon.geoms
        ]
        lagoon = shapely.MultiPolygon(outlines)
        shapely.prepare(lagoon)
        return lagoon

    def one(
        self, found: Measured, lon: float, lat: float
    ) -> tuple[float | None, bool | None, str | None, int]:
        """Spread [m], whether certain, the answers by coast, and the code of what the caveat adds."""
        if found.caveat % REASONS == LAGOON:
            return None, None, None, _AS_IT_IS
        if found.zone == ON_LAND and shapely.contains_xy(self._lagoon, lon, lat):
            return None, None, None, _ISLAND_OF_LAGOON
        addition = _LEFT_OUT if self.left_out else _AS_IT_IS
        if not self.others:
            return None, None, None, addition
        least = most = -found.baseline_m if found.zone in LANDWARD else found.baseline_m
        codes = [_answer_code(found.zone, found.state)]
        for _, rule in self.others:
            zone, state, signed = decide_signed(rule, lon, lat)
            least, most = min(least, signed), max(most, signed)
            codes.append(_answer_code(zone, state))
        spread_m = rounded(most - least, METRE_DECIMALS)
        return spread_m, len(set(codes)) == 1, self._text(codes), addition

    def many(self, found: Measured, lon: Floats, lat: Floats) -> tuple[dict[str, Column], Codes]:
        """The columns of `COMPARED_FIELDS`, and the codes of what the caveats add."""
        island = found.zone == ON_LAND
        island[island] = shapely.contains_xy(self._lagoon, lon[island], lat[island])
        outlined = island | (found.caveat % REASONS == LAGOON)
        additions = np.where(outlined, _AS_IT_IS, _LEFT_OUT if self.left_out else _AS_IT_IS)
        additions[island] = _ISLAND_OF_LAGOON
        least = most = np.where(np.isin(found.zone, LANDWARD), -found.baseline_m, found.baseline_m)
        rows = [_answer_code(found.zone, found.state)]
        for _, rule in self.others:
            answer = decide_many(rule, lon, lat)
            signed = np.where(np.isin(answer.zone, LANDWARD), -answer.length, answer.length)
            least, most = np.minimum(least, signed), np.maximum(most, signed)
            rows.append(_answer_code(answer.zone.astype(np.int64), answer.state))
        codes = np.array(rows)
        nothing = outlined if self.others else np.ones(len(lon), dtype=bool)
        distinct, number = np.unique(codes, axis=1, return_inverse=True)
        texts = tuple(self._text(column) for column in distinct.T.tolist())
        columns: dict[str, Column] = {
            "coast_spread_m": np.where(nothing, np.nan, np.round(most - least, METRE_DECIMALS)),
            "certain": Coded(np.where(nothing, 2, (codes == codes[0]).all(axis=0)).astype(np.int64), _TRUTHS),
            "by_coast": Coded(np.where(nothing, len(texts), number.reshape(-1)), (*texts, None)),
        }
        return columns, additions

    def _text(self, codes: Sequence[int]) -> str:
        """As ``osm, osm-2017, dcw: territorial_waters KAZ; gshhg: fishery_zone KAZ``."""
        alike: dict[int, list[str]] = {}
        for coast, code in zip((self.own, *(name for name, _ in self.others)), codes, strict=True):
            alike.setdefault(code, []).append(coast)
        return "; ".join(f"{', '.join(coasts)}: {_ANSWER_WORDS[code]}" for code, coasts in alike.items())


def not_compared(count: int) -> dict[str, Column]:
    """The columns of `COMPARED_FIELDS` without a comparison."""
    none = np.zeros(count, dtype=np.int64)
    return {
        "coast_spread_m": np.full(count, np.nan),
        "certain": Coded(none, (None,)),
        "by_coast": Coded(none, (None,)),
    }


def _answer_code(zone: Any, state: Any) -> Any:
    """Place in `_ANSWER_WORDS`; State -1, none, takes the last. Works on numbers and on arrays."""
    return zone * STATES_AND_NONE + state % STATES_AND_NONE
