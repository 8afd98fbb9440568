"""Distances as people read them: as fine as shorelines can bear, in miles and kilometres that agree."""

from __future__ import annotations

from api.languages.numbers import number
from zones.geodesy.ellipsoid import METRES_PER_NM

_METRES_PER_KM = 1000.0
_DECIMALS = 2
# A spread of the shorelines from which a distance loses a decimal: a tenth of a mile, and five miles. [m]
_FEWER_FROM_M = (185.2, 9_260.0)
_OF_UNKNOWN_SPREAD = 1


def miles_and_kilometres(metres: float, spread_m: float | None, language: str) -> tuple[str, str]:
    """Nautical miles with the decimals that the spread of the shorelines leaves, and kilometres beside them.

    Each is rounded from the metres by itself. Kilometres have as many decimals as miles, but always one:
    beside whole miles, whole kilometres would seem to contradict them. [m]
    """
    decimals = _decimals(spread_m)
    miles = number(metres / METRES_PER_NM, decimals, language)
    return miles, number(metres / _METRES_PER_KM, max(decimals, 1), language)


def _decimals(spread_m: float | None) -> int:
    if spread_m is None:
        return _OF_UNKNOWN_SPREAD
    return _DECIMALS - sum(spread_m >= least for least in _FEWER_FROM_M)
