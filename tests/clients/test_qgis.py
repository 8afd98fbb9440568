"""QGIS's layers of the running service (Debian's python3-qgis)."""

from __future__ import annotations

import json
from typing import Any

import pytest
import shapely

from tests.clients.qgis_running import run_qgis
from tests.clients.running import BOX, COLLECTIONS, PAGE_SIZES, Service, assert_same, in_box

WITHIN_S = 900  # everything

Layers = dict[tuple[str, int | None], dict[str, Any]]


@pytest.fixture(scope="module")
def layers(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Layers:
    """Everything that QGIS reads, in a profile of its own."""
    home = tmp_path_factory.mktemp("qgis")
    box = ",".join(map(str, BOX))
    printed = run_qgis("qgis_features.py", home, service.url, box, *COLLECTIONS, within_s=WITHIN_S)
    read = [json.loads(line) for line in printed.splitlines()]
    return {(layer["layer"], layer["page_size"]): layer for layer in read}


@pytest.mark.parametrize("page_size", PAGE_SIZES, ids=["two", "default"])
@pytest.mark.parametrize("collection", COLLECTIONS)
def test_qgis_reads_every_feature(
    service: Service, layers: Layers, collection: str, page_size: int | None
) -> None:
    layer = layers[collection, page_size]
    assert layer["counted"] == len(layer["ids"])
    geometries = [shapely.from_wkb(one) for one in layer["wkb"]]
    assert_same(service, collection, layer["ids"], layer["properties"], geometries)


@pytest.mark.parametrize("page_size", PAGE_SIZES, ids=["two", "default"])
@pytest.mark.parametrize("collection", COLLECTIONS)
def test_a_map_shows_what_lies_in_it(
    service: Service, layers: Layers, collection: str, page_size: int | None
) -> None:
    assert layers[collection, page_size]["in_box"] == in_box(service, collection)
