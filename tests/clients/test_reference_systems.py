"""Items in every coordinate reference system that is offered, read by OWSLib and by pyogrio's GDAL.

What they read is compared with the download, transformed by the operation that EPSG's register names.
"""

from __future__ import annotations

import numpy as np
import pyogrio
import pytest
import shapely
from owslib.ogcapi.features import Features
from pyproj import CRS
from shapely.geometry import shape

from tests.api.test_reference_systems import CODES, CRS84, EPSG, MILLIMETRE, by_the_register, distances_m
from tests.clients.running import Service

COLLECTIONS = ("zones", "limits", "sector_boundaries")


def assert_close(
    service: Service, collection: str, code: int, got: list[shapely.Geometry], *, east_first: bool
) -> None:
    """The same vertices as the download has, to a millimetre, axes as the authority has them or not."""
    drawn = service.geometries(collection)
    assert len(got) == len(drawn)
    expected = by_the_register(code, shapely.get_coordinates(drawn))
    places = shapely.get_coordinates(got)
    north_first = CRS.from_epsg(code).axis_info[0].direction == "north"
    if east_first and north_first:
        places = places[:, ::-1]
    assert distances_m(code, places, expected).max() < MILLIMETRE


@pytest.mark.parametrize("collection", COLLECTIONS)
@pytest.mark.parametrize("code", CODES)
def test_owslib_reads_them(service: Service, collection: str, code: int) -> None:
    features = Features(service.url)
    offered = features.collection(collection)["crs"]
    assert offered == [CRS84, *(f"{EPSG}{one}" for one in CODES)]
    page = features.collection_items(collection, limit=1000, crs=f"{EPSG}{code}")
    got = [shape(one["geometry"]) for one in page["features"]]
    assert_close(service, collection, code, got, east_first=False)


@pytest.mark.parametrize("collection", COLLECTIONS)
@pytest.mark.parametrize("code", CODES)
def test_gdal_reads_them(service: Service, collection: str, code: int) -> None:
    """By ``crs``, heeding ``Content-Crs``, a page at a time; GDAL hands over east before north."""
    address = f"OAPIF:{service.url}"
    frame = pyogrio.read_dataframe(address, layer=collection, CRS=f"EPSG:{code}", PAGE_SIZE=5)
    assert frame.crs.to_epsg() == code or (code == 4326 and frame.crs == "OGC:CRS84")  # the same to GDAL
    assert list(frame["id"]) == service.ids(collection)
    assert_close(service, collection, code, list(frame.geometry), east_first=True)


def test_gdal_asks_for_a_box_in_the_system(service: Service) -> None:
    """GDAL's spatial filter in the layer's own reference system."""
    address, code = f"OAPIF:{service.url}", 32639
    whole = pyogrio.read_dataframe(address, layer="zones", CRS=f"EPSG:{code}")
    west, south, east, north = whole.geometry.iloc[0].bounds
    found = pyogrio.read_dataframe(
        address, layer="zones", CRS=f"EPSG:{code}", bbox=(west, south, east, north)
    )
    reached = whole[shapely.intersects(np.array(whole.geometry), shapely.box(west, south, east, north))]
    assert list(found["id"]) == list(reached["id"])
    assert 0 < len(found) < len(whole)
