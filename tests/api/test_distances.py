"""Miles and kilometres beside each other are those of one distance, however coarse they are."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from babel.numbers import parse_decimal

from api.languages.catalogues import messages
from api.languages.choice import LANGUAGES
from api.pages.answer import kilometres, miles
from api.texts.distances import miles_and_kilometres
from api.texts.explanation import distance_of

METRES_PER_NM, METRES_PER_KM = 1852, 1000
# Spread of the shorelines, and the last digits that it leaves. [m, nm, km]
SPREADS = (
    (None, "0.1", "0.1"), (0.0, "0.01", "0.01"), (185.1, "0.01", "0.01"), (185.2, "0.1", "0.1"),
    (9_259.9, "0.1", "0.1"), (9_260.0, "1", "0.1"), (4e4, "1", "0.1"),
)  # fmt: skip
DISTANCES_M = (0.0, 17.0, 2_700.0, 2_777.9, 27_780.0, *np.random.default_rng(9).uniform(0, 2e5, 2000))


@pytest.mark.parametrize(("spread_m", "last_nm", "last_km"), SPREADS)
def test_both_are_rounded_from_the_metres(spread_m: float | None, last_nm: str, last_km: str) -> None:
    for metres in DISTANCES_M:
        written = miles_and_kilometres(metres, spread_m, "en")
        for text, last, unit_m in zip(
            written, (last_nm, last_km), (METRES_PER_NM, METRES_PER_KM), strict=True
        ):
            value, digit = Decimal(text.replace(",", "")), Decimal(last)
            assert value.as_tuple().exponent == digit.as_tuple().exponent
            assert abs(float(value) * unit_m - metres) <= float(digit) * unit_m / 2 + 1e-6


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_in_every_language_and_on_the_page(language: str) -> None:
    persian = str.maketrans("۰۱۲۳۴۵۶۷۸۹٬٫", "0123456789,.")
    for spread_m, *_ in SPREADS:
        for metres in DISTANCES_M[:50]:
            english = miles_and_kilometres(metres, spread_m, "en")
            written = miles(metres, spread_m, language), kilometres(metres, spread_m, language)
            plain = [
                Decimal(one.translate(persian).replace(",", ""))
                if language == "fa"
                else parse_decimal(one, locale=language)
                for one in written
            ]
            assert plain == [Decimal(one.replace(",", "")) for one in english]
            said = distance_of(messages(language), metres, spread_m, language)
            assert written[0] in said
            assert written[1] in said


@pytest.mark.parametrize(
    ("metres", "pair"), [(2_600.0, ("1", "2.6")), (2_700.0, ("1", "2.7")), (97_133.0, ("52", "97.1"))]
)
def test_whole_miles_stand_beside_tenths_of_kilometres(metres: float, pair: tuple[str, str]) -> None:
    """By shorelines of which one lies 6 miles away."""
    assert miles_and_kilometres(metres, 11_000.0, "en") == pair
