"""Miles and kilometres beside each other agree, however coarse they are."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
import pytest
from babel.numbers import parse_decimal

from api.languages.catalogues import messages
from api.languages.choice import LANGUAGES
from api.pages.answer import kilometres, miles
from api.texts.distances import miles_and_kilometres
from api.texts.explanation import distance_of

KM_PER_NM = Decimal("1.852")
# Spread of the shorelines, and the last digit that it leaves. [m, nm]
SPREADS = (
    (None, "0.1"), (0.0, "0.01"), (185.1, "0.01"), (185.2, "0.1"), (9_259.9, "0.1"), (9_260.0, "1"),
    (4e4, "1"),
)  # fmt: skip
DISTANCES_M = (0.0, 17.0, 2_700.0, 2_777.9, 27_780.0, *np.random.default_rng(9).uniform(0, 2e5, 2000))


@pytest.mark.parametrize(("spread_m", "last"), SPREADS)
def test_each_gives_the_other(spread_m: float | None, last: str) -> None:
    digit = Decimal(last)
    for metres in DISTANCES_M:
        nm, km = (Decimal(one.replace(",", "")) for one in miles_and_kilometres(metres, spread_m, "en"))
        assert nm.as_tuple().exponent == km.as_tuple().exponent == digit.as_tuple().exponent
        assert abs(nm * KM_PER_NM - km) <= digit / 2
        assert (km / KM_PER_NM).quantize(digit, ROUND_HALF_EVEN) == nm
        assert abs(float(nm) * 1852 - metres) <= float(digit) * 926 + 1e-6
        assert abs(float(km) * 1000 - metres) <= float(digit) * 1500


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_in_every_language_and_on_the_page(language: str) -> None:
    persian = str.maketrans("۰۱۲۳۴۵۶۷۸۹٬٫", "0123456789,.")
    for spread_m, _ in SPREADS:
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


def test_far_from_shorelines_that_agree_little_the_pair_agrees() -> None:
    """A mile and a half, or 2.7 km, by shorelines of which one lies 6 miles away."""
    assert miles_and_kilometres(2_700.0, 11_000.0, "en") == ("1", "2")
