"""A notebook: geopandas given nothing but an address."""

from __future__ import annotations

import geopandas
import pytest

from tests.clients.running import COLLECTIONS, Service, assert_same


def assert_same_frame(service: Service, collection: str, frame: geopandas.GeoDataFrame) -> None:
    assert frame.crs == "EPSG:4326"
    rows = frame.drop(columns="geometry").to_dict("records")
    assert_same(service, collection, list(frame["id"]), rows, list(frame.geometry))


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_a_download(service: Service, collection: str) -> None:
    assert_same_frame(service, collection, geopandas.read_file(service.download_url(collection)))


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_a_page_of_items(service: Service, collection: str) -> None:
    frame = geopandas.read_file(f"{service.url}collections/{collection}/items?limit=1000")
    assert_same_frame(service, collection, frame)
