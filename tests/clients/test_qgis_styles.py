"""How QGIS draws the layers: styles lie in the GeoPackage, and beside other files."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from api.colours import BOUNDARY_COLOUR, HUES, SECTOR, hex_colour
from tests.clients.qgis_running import run_qgis
from tests.clients.running import Service
from zones.words import FISHERY_ZONE, TERRITORIAL_WATERS

# From top to bottom: lines, the water, and below it the seabed.
ORDER = ("boundaries", "sector_boundaries", "limits", "baselines", "installations", "zones", "sectors")


def drawn(source: Path, picture: Path, *layers: str) -> dict[str, dict[str, Any]]:
    """What QGIS says of the layers, by name; it draws them from top to bottom and has no complaint."""
    printed = run_qgis("qgis_styles.py", picture.parent, str(source), str(picture), *layers)
    return {layer["layer"]: layer for layer in json.loads(printed)}


def fetched(service: Service, name: str, folder: Path) -> Path:
    target = folder / name
    urllib.request.urlretrieve(service.download_url(*name.split(".")), target)
    return target


@pytest.fixture(scope="module")
def whole(service: Service, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    folder = tmp_path_factory.mktemp("whole")
    picture = folder / "all.png"
    return drawn(fetched(service, "all.gpkg", folder), picture, *ORDER), picture


def test_every_feature_has_a_look_in_the_colours_of_the_maps(whole: tuple[dict[str, Any], Path]) -> None:
    layers, _ = whole
    assert set(layers) == set(ORDER)
    for layer in layers.values():
        assert layer["style"]
        assert layer["renderer"] == "categorizedSymbol"
        assert layer["undrawn"] == 0
    colours = {name: {one[0]: one[2] for one in layer["categories"]} for name, layer in layers.items()}
    for state, hue in HUES.items():
        for zone in (TERRITORIAL_WATERS, FISHERY_ZONE):
            assert colours["zones"][f"{zone}-{state}"] == hex_colour(zone, state)
        assert colours["sectors"][state] == hex_colour(SECTOR, state)
        assert colours["limits"][state] == hue
    for name in ("boundaries", "sector_boundaries"):
        assert list(colours[name]) == ["agreed", "agreed_reconstructed", "provisional", "claimed"]
        assert set(colours[name].values()) == {BOUNDARY_COLOUR}


def test_the_seabed_is_seen_below_the_water(whole: tuple[dict[str, Any], Path]) -> None:
    """In the middle of the common maritime space, where sectors of three States lie below one zone."""
    pixels = np.asarray(Image.open(whole[1]).convert("RGB")).astype(int)
    west, south, east, north = 46.4, 36.4, 55.2, 47.4  # that the picture reaches at least
    height, width, _ = pixels.shape
    scale = max((east - west) / width, (north - south) / height)

    def colour(lon: float, lat: float) -> tuple[float, ...]:
        column = width / 2 + (lon - (west + east) / 2) / scale
        row = height / 2 - (lat - (south + north) / 2) / scale
        around = pixels[int(row) - 8 : int(row) + 9, int(column) - 8 : int(column) + 9].reshape(-1, 3)
        return tuple(around.mean(axis=0))

    russian, kazakh, turkmen = colour(49.0, 43.3), colour(50.3, 42.8), colour(52.0, 40.3)
    assert kazakh[1] > kazakh[0] + 8  # green
    assert russian[2] > russian[1] + 4  # violet
    assert turkmen[2] < turkmen[0] + 4  # yellowish
    assert len({tuple(map(round, one)) for one in (russian, kazakh, turkmen)}) == 3


@pytest.mark.parametrize("collection", ["zones", "boundaries"])
def test_a_style_beside_a_file_is_found(service: Service, collection: str, tmp_path: Path) -> None:
    source = fetched(service, f"{collection}.geojson", tmp_path)
    plain = drawn(source, tmp_path / "plain.png", collection)
    assert plain[collection]["renderer"] == "singleSymbol"
    fetched(service, f"{collection}.qml", tmp_path)
    styled = drawn(source, tmp_path / "styled.png", collection)
    assert styled[collection]["renderer"] == "categorizedSymbol"
    assert styled[collection]["undrawn"] == 0
