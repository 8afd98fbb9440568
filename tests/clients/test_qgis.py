"""QGIS's layers of the running service (Debian's python3-qgis)."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import shapely

from tests.clients.running import BOX, COLLECTIONS, PAGE_SIZES, Service, assert_same, in_box

SCRIPT = Path(__file__).with_name("qgis_features.py")
PYTHON = "/usr/bin/python3"  # the one that Debian's QGIS is made for
WITHIN_S = 900  # everything

Layers = dict[tuple[str, int | None], dict[str, Any]]


@pytest.fixture(scope="module")
def layers(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Layers:
    """Everything that QGIS reads, in a profile of its own."""
    home = tmp_path_factory.mktemp("qgis")
    home.chmod(0o700)
    done = subprocess.run(
        [PYTHON, str(SCRIPT), service.url, ",".join(map(str, BOX)), *COLLECTIONS],
        env={
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(home),
            "QGIS_CUSTOM_CONFIG_PATH": str(home),
            "QT_QPA_PLATFORM": "offscreen",
        },
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )
    assert "No module named 'qgis'" not in done.stderr, "apt-get install --no-install-recommends python3-qgis"
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    read = [json.loads(line) for line in done.stdout.splitlines()]
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
