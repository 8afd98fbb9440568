"""What the core says in English is known, and is said in each language with all its parts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest

from api.errors import ParameterError
from api.languages.choice import LANGUAGES
from api.pages.wording import Wording
from api.texts.numbers import decimal_number
from api.texts.sentences import assumed, sentence, sentences
from coastlines import StraightLine, features, load_source
from coastlines.positions import PositionError, parse_position
from coastlines.words import LINE_KINDS
from tests.api.translated import OTHER_LETTERS
from zones.classification.comparison import LAGOON_CAVEAT
from zones.editions.compared import _ARTIFICIAL_LAND_IS_NOT_DRAWN, _LINES_DO_NOT_FIT
from zones.editions.metadata import assumptions_text
from zones.editions.store import Store
from zones.errors import ZonesError
from zones.parameters import Parameters
from zones.words import CONVENTION_STATUS, LEGAL_BASIS, STATE_NAMES

TRANSLATED = tuple(language for language in LANGUAGES if language != "en")
_ENGLISH = re.compile(r"\b[a-z]{3,}\b")
_JOBS = (
    "waits for its turn",
    "waits for its turn: 3 before it",
    "begins",
    "giving the shore to its States",
    "walking limits and equidistance lines",
    "dividing the seabed",
    "certifying cells",
    "drawing the atlas",
    "comparing with the default edition",
    "drawing the map",
    "built",
    "built before",
    "dismissed",
)


def _lines(state: str, kind: str, count: int) -> list[StraightLine]:
    return [StraightLine(state, kind, "geodesic", np.zeros((2, 2))) for _ in range(count)]


def assumptions() -> Iterator[str]:
    """Of editions with choices of every kind."""
    source = load_source("osm")
    islands = [one.name for one in features() if one.generates_baseline]
    for share in (0.0, 0.5, 0.25):
        effects = dict.fromkeys(islands[:2], share)
        yield assumptions_text(Parameters(effects=effects), source, ()) or ""
    for kind in LINE_KINDS:
        lines = [*_lines("AZE", kind, 1), *_lines("TKM", kind, 2)]
        yield assumptions_text(Parameters(), source, lines) or ""
    points = ((49.0, 42.0), (50.0, 42.5))
    chosen = Parameters(
        breadth_nm={"KAZ": 12, "IRN": 0.25}, keep_artificial=True, treaty_points={"AZE-KAZ": points}
    )
    yield assumptions_text(chosen, source, ()) or ""


@pytest.fixture(scope="module")
def of_the_core(real_store: Store) -> list[str]:
    """Every sentence that an edition and its answers can hold, but for assumptions."""
    edition = real_store.edition("osm")
    caveats = [LAGOON_CAVEAT, *filter(None, edition.classifier.caveat_words)]
    caveats += [
        f"Not compared with dcw, gshhg: {why}." for why in (_LINES_DO_NOT_FIT, _ARTIFICIAL_LAND_IS_NOT_DRAWN)
    ]
    return [
        *(text for one in edition.collections.values() for text in (one.title, one.description)),
        *(
            one.properties["legal_basis"]
            for each in edition.collections.values()
            for one in each.everything
            if "legal_basis" in one.properties
        ),
        *LEGAL_BASIS.values(),
        *(each for text in caveats for each in re.split(r"(?<=\.) (?=[A-Z])", text)),
        "longitude and latitude look swapped: longitude 49.97, latitude 40.1 lies in the Caspian",
        CONVENTION_STATUS,
        *_JOBS,
    ]


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_the_core_says_is_known(of_the_core: list[str], language: str) -> None:
    for text in of_the_core:
        said = sentence(text, language)
        assert said != text
        if language in OTHER_LETTERS:
            assert set(_ENGLISH.findall(said)) <= {"dcw", "gshhg"}, said
        for number in re.findall(r"[0-9]+(?:\.[0-9]+)?", text):
            plain = _ascii(said)
            assert number in plain or number.replace(".", ",") in plain, (text, said)


@pytest.mark.parametrize("language", TRANSLATED)
def test_why_a_text_is_no_position_is_said(language: str) -> None:
    for text in (
        "40.1 fathoms", "", "x" * 300, "N E", "40 N", "1 N 2 E 3 S", "1, 2, 3", "42,56,49,88", "42 33.6N",
        "95 50", "40 200",
    ):  # fmt: skip
        with pytest.raises(PositionError) as found:
            parse_position(text)
        said = sentence(found.value.reason, language)
        assert said != found.value.reason
        if language in OTHER_LETTERS:
            assert set(_ENGLISH.findall(said)) <= {"fathoms"}


@pytest.mark.parametrize("language", TRANSLATED)
def test_why_a_choice_is_refused_is_said(language: str) -> None:
    for asked in (
        {"breadth_nm": {"KAZ": 15.1}}, {"breadth_nm": {"KAZ": 0}}, {"breadth_nm": {"KAZ": 0.1}},
        {"effects": {"Chilov": 1.5}},
    ):  # fmt: skip
        with pytest.raises(ZonesError) as refused:
            Parameters(**asked)  # type: ignore[arg-type]
        assert sentence(str(refused.value), language) != str(refused.value)
    with pytest.raises(ParameterError) as unread:
        decimal_number("twelve", "KAZ")
    assert "twelve" in sentence(str(unread.value), language) != str(unread.value)


def _ascii(text: str) -> str:
    return text.translate(str.maketrans("۰۱۲۳۴۵۶۷۸۹٫", "0123456789."))


@pytest.mark.parametrize("language", TRANSLATED)
def test_assumptions_are_said_whole(language: str) -> None:
    count = 0
    for text in assumptions():
        said = assumed(text, language)
        assert len(re.split("[;؛] ", said)) == len(text.split("; "))
        for one in text.split("; "):
            count += 1
            assert assumed(one, language) != one
            assert assumed(one, language) in said
            if language in OTHER_LETTERS:
                assert not _ENGLISH.findall(assumed(one, language)), one
    assert count >= 15
    unlined = "No straight baselines of KAZ are in use (none published with coordinates); bays, harbours and "
    unlined += "river mouths are as the shoreline source draws them."
    assert Wording(language).state_name("KAZ") in sentences(unlined, language)
    assert "12" in _ascii(assumed("Kazakhstan 12 nm", language))


@pytest.mark.parametrize("language", TRANSLATED)
def test_decimals_have_the_mark_of_the_language(language: str) -> None:
    said = assumed("Kazakhstan 12.5 nm; effect 0.25 of Chilov", language)
    for wanted in ("12,5", "0,25") if language != "fa" else ("۱۲٫۵", "۰٫۲۵"):
        assert wanted in said
    assert assumed("Kazakhstan 12.5 nm", "en") == "Kazakhstan 12.5 nm"


def test_english_and_unknown_texts_stay_as_they_are() -> None:
    assert (
        assumed("Kazakhstan 12 nm; half effect of Chilov", "en") == "Kazakhstan 12 nm; half effect of Chilov"
    )
    assert sentence("no such sentence", "fa") == "no such sentence"
    assert sentences(None, "ru") == assumed(None, "ru") == sentence("", "ru") == Wording("ru").said("") == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_features_are_named_by_what_they_are(real_store: Store, language: str) -> None:
    words = Wording(language)
    for collection in real_store.edition("osm").collections.values():
        for feature in collection.everything:
            name = words.name_of(collection.id, feature)
            named = [STATE_NAMES[code] for code in re.findall("[A-Z]{3}", feature.id) if code in STATE_NAMES]
            assert all(words.said(one) in name for one in named), (feature.id, name)
            if language in OTHER_LETTERS:
                assert not _ENGLISH.findall(name), name
    assert Wording().feature_name("boundaries", "AZE-IRN", "") == "Water boundary Azerbaijan - Iran"
    assert Wording().feature_name("sector_boundaries", "KAZ-RUS-2", "") == "Seabed line Kazakhstan - Russia"
    assert Wording().feature_name("zones", "nothing known", "as given") == "as given"


def test_numbers_in_sentences_are_those_of_the_language() -> None:
    assumptions = "Kazakhstan 12.5 nm; effect 0.25 of Chilov"
    assert assumed(assumptions, "en") == assumptions
    assert "12,5" in assumed(assumptions, "ru")
    assert "0,25" in assumed(assumptions, "az")
    assert "۱۲٫۵" in assumed(assumptions, "fa")
    assert "." not in assumed("Kazakhstan 12.5 nm", "fa")
