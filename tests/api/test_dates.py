"""Days are written in one way, whoever writes them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from api.languages.choice import LANGUAGES
from api.languages.dates import date_forms, long_date
from api.texts.explanation import explanation
from tests.api.test_explanation import records  # noqa: F401 - a fixture
from zones.words import CONVENTION_STATUS


def test_english_has_the_day_first_as_the_texts_of_the_core(records: list[dict[str, object]]) -> None:  # noqa: F811
    day = long_date(date(2025, 12, 15), "en")
    assert day == "15 December 2025"
    assert day in CONVENTION_STATUS
    assert f"not in force on {day}" in explanation(records[0], "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_forms_give_every_day(language: str) -> None:
    forms = date_forms(language)
    day = date(2024, 1, 1)
    while day.year == 2024:
        written = forms[day.month - 1].replace("{d}", str(day.day)).replace("{y}", str(day.year))
        assert written == long_date(day, language)
        day += timedelta(days=1)
    assert len(set(forms)) == 12


def test_years_are_not_abbreviated() -> None:
    assert long_date(date(2018, 8, 12), "ru") == "12 августа 2018 года"
    assert long_date(date(2018, 8, 12), "kk") == "2018 жылғы 12 тамыз"
