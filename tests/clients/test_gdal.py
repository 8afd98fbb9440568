"""GDAL's driver of OGC API - Features: pyogrio's GDAL, and the older one of Debian's gdal-bin."""

from __future__ import annotations

import subprocess
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas
import pyogrio
import pytest

from tests.api.service import PATIENCE_S
from tests.clients.running import (
    BOX,
    COLLECTIONS,
    OFFERED,
    PAGE_SIZES,
    Service,
    assert_same,
    in_box,
    run,
    tool,
)

PAGES = pytest.mark.parametrize("page_size", PAGE_SIZES, ids=["two", "default"])


@pytest.fixture(autouse=True)
def _no_warnings() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # Of files that earlier tests left to the garbage collector, which may come at any time.
        warnings.simplefilter("ignore", ResourceWarning)
        yield


def read(service: Service, collection: str, page_size: int | None, **asked: Any) -> geopandas.GeoDataFrame:
    options = {} if page_size is None else {"PAGE_SIZE": page_size}
    return pyogrio.read_dataframe(f"OAPIF:{service.url}", layer=collection, **options, **asked)


def assert_same_frame(
    service: Service,
    collection: str,
    frame: geopandas.GeoDataFrame,
    expected: Sequence[str] | None = None,
) -> None:
    rows = frame.drop(columns="geometry").to_dict("records")
    assert_same(service, collection, list(frame["id"]), rows, list(frame.geometry), expected)


def ogr2ogr(
    service: Service, collection: str, page_size: int | None, folder: Path, *asked: str
) -> geopandas.GeoDataFrame:
    """A layer as GDAL's program reads it, through a file that keeps order and every digit."""
    page = [] if page_size is None else ["-oo", f"PAGE_SIZE={page_size}"]
    target = folder / "layer.fgb"
    run(
        tool("ogr2ogr", "gdal-bin"),
        *("-f", "FlatGeobuf", "-lco", "SPATIAL_INDEX=NO", "-nlt", "PROMOTE_TO_MULTI", *page, *asked),
        *(str(target), f"OAPIF:{service.url}", collection),
    )
    return pyogrio.read_dataframe(target)


def of_state(service: Service, collection: str, state: str) -> list[str]:
    features = service.features(collection)
    return [feature["id"] for feature in features if feature["properties"].get("state") == state]


def test_the_layers_are_the_collections(service: Service) -> None:
    layers = pyogrio.list_layers(f"OAPIF:{service.url}")
    assert sorted(name for name, _ in layers) == sorted(OFFERED)
    printed = run(tool("ogrinfo", "gdal-bin"), "-ro", f"OAPIF:{service.url}")
    for collection in OFFERED:
        assert f": {collection} (title: " in printed


@PAGES
@pytest.mark.parametrize("collection", COLLECTIONS)
def test_pyogrio_reads_every_feature(service: Service, collection: str, page_size: int | None) -> None:
    assert_same_frame(service, collection, read(service, collection, page_size))


@PAGES
@pytest.mark.parametrize("collection", COLLECTIONS)
def test_ogr2ogr_reads_every_feature(
    service: Service, collection: str, page_size: int | None, tmp_path: Path
) -> None:
    assert_same_frame(service, collection, ogr2ogr(service, collection, page_size, tmp_path))


def test_pyogrio_reads_many_features_page_by_page(service: Service) -> None:
    assert len(service.ids("limit_segments")) > 1000
    assert_same_frame(service, "limit_segments", read(service, "limit_segments", 1000))


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_ogrinfo_counts_every_feature(service: Service, collection: str) -> None:
    printed = run(tool("ogrinfo", "gdal-bin"), "-ro", "-so", f"OAPIF:{service.url}", collection)
    assert f"Feature Count: {len(service.ids(collection))}\n" in printed
    assert 'GEOGCRS["WGS 84' in printed


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_a_box_leaves_what_lies_in_it(service: Service, collection: str, tmp_path: Path) -> None:
    expected = in_box(service, collection)
    assert_same_frame(service, collection, read(service, collection, 2, bbox=BOX), expected)
    frame = ogr2ogr(service, collection, None, tmp_path, "-spat", *(str(value) for value in BOX))
    assert_same_frame(service, collection, frame, expected)


@pytest.mark.parametrize("collection", ["zones", "limits", "sectors", "installations"])
def test_a_condition_leaves_what_meets_it(service: Service, collection: str, tmp_path: Path) -> None:
    expected = of_state(service, collection, "KAZ")
    assert 0 < len(expected) < len(service.ids(collection))
    frame = read(service, collection, 2, where="state = 'KAZ'")
    assert_same_frame(service, collection, frame, expected)
    frame = ogr2ogr(service, collection, None, tmp_path, "-where", "state = 'KAZ'")
    assert_same_frame(service, collection, frame, expected)


@pytest.mark.parametrize("truth", [0, 1])
def test_a_condition_on_a_truth(service: Service, truth: int, tmp_path: Path) -> None:
    features = service.features("zones")
    expected = [feature["id"] for feature in features if feature["properties"]["in_sums"] == bool(truth)]
    assert 0 < len(expected) < len(features)
    condition = f"in_sums = {truth}"
    assert_same_frame(service, "zones", read(service, "zones", 2, where=condition), expected)
    frame = ogr2ogr(service, "zones", None, tmp_path, "-where", condition)
    assert_same_frame(service, "zones", frame, expected)


def test_one_feature_by_its_id(service: Service) -> None:
    for name in service.ids("sector_boundaries"):
        frame = read(service, "sector_boundaries", None, where=f"id = '{name}'")
        assert_same_frame(service, "sector_boundaries", frame, [name])


@pytest.mark.parametrize("file", ["{collection}.fgb", "all.gpkg"])
@pytest.mark.parametrize("collection", COLLECTIONS)
def test_a_download_is_read_where_it_lies(service: Service, collection: str, file: str) -> None:
    """By HEAD and byte ranges, as GDAL reads a file on the web, led by the index in the file."""
    address = service.download_url(*file.format(collection=collection).split("."))
    expected = in_box(service, collection)
    frame = pyogrio.read_dataframe(f"/vsicurl/{address}", layer=collection, bbox=BOX).set_index("id")
    assert sorted(frame.index) == sorted(expected)
    assert_same_frame(service, collection, frame.loc[expected].reset_index(), expected)


def test_the_lines_of_the_page_of_downloads(service: Service, tmp_path: Path) -> None:
    commands = service.json("downloads")["commands"]
    script = " && ".join([*commands["curl"], commands["ogr2ogr"]])
    for name in ("curl", "ogr2ogr"):
        tool(name, "curl gdal-bin")
    done = subprocess.run(
        ["sh", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert done.returncode == 0, done.stderr
    assert f"{service.edition}-all.gpkg: OK" in done.stdout
    assert f"Feature Count: {len(service.ids('zones'))}" in done.stdout
    frame = pyogrio.read_dataframe(tmp_path / "zones.fgb")
    assert frame.crs.to_epsg() == 32639
    assert sorted(frame["id"]) == sorted(service.ids("zones"))
