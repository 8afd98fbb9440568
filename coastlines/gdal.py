"""GDAL, which opens here only what a file's ending names.

By itself GDAL looks at the content alone: a text in ``x.gpkg`` may name any other file or address of the
network, and GDAL goes and reads it. So a file goes to GDAL only where its first bytes are those of what its
ending says, and of GDAL's drivers only those needed are there. Every import of pyogrio goes through here.
"""

from __future__ import annotations

import os
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from coastlines.archives import ARCHIVE_ERRORS

__all__ = ["NEEDED_DRIVERS", "NotReadableError", "load_pyogrio", "name_for_gdal"]

NEEDED_DRIVERS = ("ESRI Shapefile", "FlatGeobuf", "GPKG")
# GDAL knows of drivers to leave out, not of those to keep: all that there are, by its documentation.
_OTHERS = (
    *(
        "ADBC",
        "AIVector",
        "AVCBin",
        "AVCE00",
        "AmigoCloud",
        "Arrow",
        "BAG",
        "BNA",
        "CAD",
        "CSV",
        "CSW",
        "Carto",
    ),
    *("CouchDB", "DGN", "DGNV8", "DWG", "DXF", "EDIGEO", "EEDA", "ESRIJSON", "Elasticsearch", "FITS"),
    *("FileGDB", "GDALG", "GML", "GMLAS", "GPSBabel", "GPX", "GTFS", "GeoJSON", "GeoJSONSeq", "GeoRSS"),
    *("Geoconcept", "HANA", "HTTP", "IDB", "Idrisi", "Interlis 1", "Interlis 2", "JML", "JP2ECW", "JP2KAK"),
    *("JP2OpenJPEG", "JSONFG", "KML", "LIBKML", "LVBAG", "MBTiles", "MEM", "MSSQLSpatial", "MVT"),
    *("MapInfo File", "MapML", "MiraMonVector", "MongoDBv3", "MySQL", "NAS", "NGW", "OAPIF", "OCI"),
    *("ODBC", "ODS", "OGCAPI", "OGDI", "OGR_GMT", "OGR_GRASS", "OGR_PDS", "OGR_SDE", "OGR_VRT", "OSM"),
    *("OpenFileGDB", "PCIDSK", "PDF", "PDS4", "PGDUMP", "PGeo", "PLSCENES", "PMTiles", "Parquet"),
    *("PostgreSQL", "S57", "SOSI", "SQLite", "SVG", "SXF", "Selafin", "TIGER", "TopoJSON", "UK .NTF", "VDV"),
    *("VFK", "VICAR", "WAsP", "WFS", "Walk", "XLS", "XLSX", "XODR", "netCDF"),
)

_importing = threading.Lock()

_SQLITE = b"SQLite format 3\0"
_APPLICATION_ID = slice(68, 72)
_GEOPACKAGE_IDS = (b"GPKG", b"GP10", b"GP11")
_HEAD_BYTES = 100


class NotReadableError(ValueError):
    """A file is not given to GDAL; the text says why, without the file's name."""


def load_pyogrio() -> Any:
    """The library pyogrio, imported at first use for it is slow to load.

    Drivers are left out by the environment at its first import, the only way that GDAL heeds in time; the
    environment stays as it was. Who has imported pyogrio before has all drivers.
    """
    with _importing, _environment(OGR_SKIP=_skipped(), CPL_LOG=os.environ.get("CPL_LOG", os.devnull)):
        import pyogrio  # GDAL warns of every driver to leave out that it does not have
    return pyogrio


def _skipped() -> str:
    own = os.environ.get("OGR_SKIP", "")
    return ",".join((*_OTHERS, *filter(None, own.split("," if "," in own else " "))))


@contextmanager
def _environment(**variables: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def name_for_gdal(path: Path) -> str:
    """What GDAL is to open for a file: the file, or the shapefile in a zip archive.

    Raises `NotReadableError`: its first bytes are not those of what its ending says, or an archive holds no
    shapefile or several; `OSError`: it cannot be read.
    """
    path = path.absolute()  # "WFS:" at its beginning would be an address to GDAL
    if "!" in str(path):
        raise NotReadableError("GDAL takes an exclamation mark in a path for the end of an archive's name")
    if path.suffix.lower() == ".zip":
        return _name_in_archive(path)
    with path.open("rb") as file:
        _check_head(path.suffix, file.read(_HEAD_BYTES))
    return str(path)


def _name_in_archive(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.lower().endswith(".shp")]
            if not names:
                raise NotReadableError("the archive holds no shapefile (.shp)")
            if len(names) > 1:
                layers = ", ".join(Path(name).stem for name in names)
                raise NotReadableError(f"holds {len(names)} layers ({layers}), one is expected")
            with archive.open(names[0]) as file:
                _check_head(".shp", file.read(_HEAD_BYTES))
    except ARCHIVE_ERRORS as error:
        raise NotReadableError(f"the archive cannot be read ({error})") from None
    return f"/vsizip/{{{path}}}/{names[0]}"


def _check_head(ending: str, head: bytes) -> None:
    kind, fits = _KINDS[ending.lower()]
    if not fits(head):
        raise NotReadableError(f"its content is not that of a {kind} ({ending})")


def _is_geopackage(head: bytes) -> bool:
    return head.startswith(_SQLITE) and head[_APPLICATION_ID] in _GEOPACKAGE_IDS


def _is_flatgeobuf(head: bytes) -> bool:
    return head.startswith(b"fgb\x03fgb")


def _is_shapefile(head: bytes) -> bool:
    return head.startswith((9994).to_bytes(4))


_KINDS: Mapping[str, tuple[str, Callable[[bytes], bool]]] = {
    ".gpkg": ("GeoPackage", _is_geopackage),
    ".fgb": ("FlatGeobuf", _is_flatgeobuf),
    ".shp": ("shapefile", _is_shapefile),
}
