"""What of an edition is not the default, in words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from coastlines import SOURCE_IDS, StraightLine, load_source
from zones.editions.metadata import assumptions_text
from zones.parameters import Parameters


def line(state: str, kind: str) -> StraightLine:
    return StraightLine(state, kind, "geodesic", np.zeros((2, 2)))


def said(source_id="osm", lines=(), **choices):
    return assumptions_text(Parameters(source_id, **choices), load_source(source_id), lines)


@pytest.mark.parametrize("source_id", SOURCE_IDS)
def test_a_default_edition_assumes_nothing(source_id) -> None:
    assert said(source_id) is None
    assert said(source_id, breadth_nm={"KAZ": 15}, effects={"Chilov": 1}) is None


@pytest.mark.parametrize(
    ("choices", "text"),
    [
        ({"breadth_nm": {"KAZ": 12}, "effects": {"Chilov": 0.5}}, "Kazakhstan 12 nm; half effect of Chilov"),
        ({"breadth_nm": {"TKM": 12.123456, "AZE": 3}}, "Azerbaijan 3 nm; Turkmenistan 12.123456 nm"),
        ({"keep_artificial": True}, "artificial land counts as coast"),
        ({"treaty_points": {"AZE-RUS": "x.csv"}}, "own treaty points of AZE-RUS"),
        (
            {"effects": {"chilov": 1, "Absheron islands": 0, "Kulaly": 0.25}},
            "no effect of Absheron islands; effect 0.25 of Kulaly; full effect of Chilov",
        ),
        ({"lines": (line("AZE", "closing_line"),)}, "closing line of Azerbaijan"),
        (
            {"lines": (line("IRN", "straight"), line("AZE", "harbour_works"), line("IRN", "straight"))},
            "line of harbour works of Azerbaijan; 2 straight baselines of Iran",
        ),
    ],
)
def test_every_choice_has_its_words(choices, text) -> None:
    assert said(**choices) == text


def test_a_coast_of_ones_own_is_named() -> None:
    source = load_source("dcw")
    own = replace(
        source, id="shore", provenance=replace(source.provenance, title="user's own coast shore.gpkg")
    )
    assert assumptions_text(Parameters("shore.gpkg"), own, ()) == "user's own coast shore.gpkg"


def test_the_default_edition_has_the_field_everywhere_and_empty(edition) -> None:
    assert edition.metadata["assumptions"] is None
    for collection in edition.collections.values():
        assert all(feature.properties["assumptions"] is None for feature in collection.everything)
    for fields in (("zone", "assumptions"), ("assumptions", "limit")):
        assert edition.classify(lon=51.0, lat=42.0, fields=fields)["assumptions"].tolist() == [None]
