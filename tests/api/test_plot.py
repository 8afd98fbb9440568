"""The picture: what is drawn, the same bytes every time, and the error where matplotlib is missing."""

from __future__ import annotations

import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import shapely

from api.pages.picture import EXTENT, SEABED_PANEL, ZONES_PANEL, draw_picture, to_plane
from tests.api.conftest import Caspian
from zones.atlas.features import Collection, Feature
from zones.editions.store import Store

PNG = b"\x89PNG\r\n\x1a\n"


def without_sectors(store: Store) -> dict[str, Collection]:
    collections = store.edition().collections
    return {name: one for name, one in collections.items() if not name.startswith("sector")}


@pytest.mark.thorough
def test_png_and_svg(real_caspian: Caspian, tmp_path: Path) -> None:
    for ending in ("png", "svg"):
        for name in ("once", "twice"):
            outcome = real_caspian("plot", "-o", tmp_path / f"{name}.{ending}")
            assert (outcome.code, outcome.out, outcome.err) == (0, "", "")
        assert (tmp_path / f"once.{ending}").read_bytes() == (tmp_path / f"twice.{ending}").read_bytes()
    content = (tmp_path / "once.png").read_bytes()
    assert content.startswith(PNG)
    assert len(content) <= 400_000
    assert ET.parse(tmp_path / "once.svg").getroot().tag.endswith("svg")


def test_what_is_drawn(real_store: Store) -> None:
    edition = real_store.edition()
    picture = draw_picture(edition.metadata, without_sectors(real_store))
    (panel,) = picture.panels
    assert panel.id == ZONES_PANEL
    assert {(area.kind, area.state) for area in panel.areas} == {
        (one.properties["zone"], one.properties["state"]) for one in edition.collections["zones"].features
    }
    assert {line.status for line in panel.lines if line.kind == "boundary"} == {
        "agreed_reconstructed",
        "provisional",
    }
    frame = shapely.box(*EXTENT)
    assert all(frame.covers(area.geometry) for area in panel.areas)
    for word in ("Not for navigation", "No legal title", "not in force", edition.metadata["knowledge_date"]):
        assert word in picture.notice
    assert picture.metadata is edition.metadata


def test_sectors_make_a_second_panel(real_store: Store) -> None:
    from api.pages.painting import paint

    edition = real_store.edition()
    collections = without_sectors(real_store)
    sector = Feature("sector-IRN", shapely.box(50, 37.5, 52, 38), {"state": "IRN", "status": "provisional"})
    edges = [
        Feature(f"AZE-IRN-{number}", shapely.LineString([(50, 38), (52, 38)]), {"status": status})
        for number, status in enumerate(("agreed", "agreed_reconstructed", "provisional", "claimed"))
    ]
    collections["sectors"] = Collection("sectors", "Sectors", "", (sector,))
    collections["sector_boundaries"] = Collection("sector_boundaries", "Edges", "", tuple(edges))
    picture = draw_picture(edition.metadata, collections)
    assert [panel.id for panel in picture.panels] == [ZONES_PANEL, SEABED_PANEL]
    assert [line.status for line in picture.panels[1].lines] == [
        "agreed",
        "agreed_reconstructed",
        "provisional",
    ]
    assert paint(picture, "png").startswith(PNG)
    collections["sectors"] = Collection("sectors", "Sectors", "", ())
    assert len(draw_picture(edition.metadata, collections).panels) == 1


def test_the_plane_is_true_to_scale_at_42_degrees() -> None:
    (west, south), (east, north) = to_plane(50.0, 41.999), to_plane(50.001, 42.001)
    assert east - west == pytest.approx(82.851, abs=0.001)  # 0.001 degrees of longitude on WGS84 [m]
    assert north - south == pytest.approx(222.147, abs=0.001)  # 0.002 degrees of latitude [m]


def test_missing_matplotlib_is_said_in_one_line(
    caspian: Caspian, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.delitem(sys.modules, "api.pages.painting", raising=False)
    outcome = caspian("plot", "-o", tmp_path / "zones.png")
    assert outcome.code == 2
    assert outcome.err == (
        "caspian: plot: matplotlib is needed; install it with: pip install 'caspian-zones[plot]'\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_other_endings_are_refused(caspian: Caspian, tmp_path: Path) -> None:
    outcome = caspian("plot", "-o", tmp_path / "zones.jpg")
    assert outcome.code == 2
    assert "known here: .png, .svg" in outcome.err
