"""Every notation of a position and every kind of file that is read: what the tests try and the docs list."""

from __future__ import annotations

import codecs
import gzip
import io
import json
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import geopandas
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

SEA = (49 + 53.3 / 60, 42.56)  # longitude and latitude of all positions below [deg]

NOTATIONS: Mapping[str, tuple[str, ...]] = {
    "Charts and pilot books": (
        "42°33.6'N 49°53.3'E",
        "42°33′36″N 049°53′18″E",
        "N42 33.6 E049 53.3",
        "49°53.3'E, 42°33.6'N",
        "φ=42°33,6'N λ=049°53,3'E",
        "42-33.6N 049-53.3E",
        "42:33:36N 49:53:18E",
        "42d33m36sN 49d53m18sE",
        "42°33'.6N 49°53'.3E",
        "42° 33´·6N., 49° 53´·3E.",
    ),
    "Decimal degrees, latitude first without letters": (
        "42.56, 49.88833333333333",
        "42.56 49.88833333333333",
        "42,56; 49,88833333333333",
        "(42.56, 49.88833333333333)",
        "lat 42.56 lon 49.88833333333333",
        "lon=49.88833333333333, lat=42.56",
        "N42.56 E49.88833333333333",
    ),
    "Radio, NMEA 0183, ISO 6709": (
        "4233.600N 04953.300E",
        "N4233.600 E04953.300",
        "4233.6000,N,04953.3000,E",
        "423336N 0495318E",
        "+4233.6+04953.3/",
    ),
    "Addresses and databases": (
        "geo:42.56,49.88833333333333",
        "POINT(49.88833333333333 42.56)",
        "SRID=4326;POINT Z (49.88833333333333 42.56 -250)",
    ),
    "English": ("42 degrees 33.6 minutes north, 49 degrees 53.3 minutes east",),
    "Azerbaijani": (
        "42°33,6' şimal enliyi, 49°53,3' şərq uzunluğu",
        "42 dərəcə 33,6 dəqiqə şimal enliyi və 49 dərəcə 53,3 dəqiqə şərq uzunluğu",
    ),
    "Kazakh": (
        "42°33,6' с.е., 49°53,3' ш.б.",
        "солтүстік ендік 42°33,6' және шығыс бойлық 49°53,3'",
    ),
    "Persian": (
        "۴۲ درجه ۳۳٫۶ دقیقه عرض شمالی و ۴۹ درجه ۵۳٫۳ دقیقه طول شرقی",
        "۴۲٫۵۶، ۴۹٫۸۸۸۳۳۳۳۳۳۳۳۳۳۳",
    ),
    "Russian": (
        "42°33,6'С 49°53,3'В",
        "42°33'36,00\" с.ш. и 49°53'18,00\" в.д.",
        "42°33'36,00\" северной широты и 49°53'18,00\" восточной долготы",
        "42 градуса 33,6 минуты северной широты, 49 градусов 53,3 минуты восточной долготы",
    ),
    "Turkmen": (
        "42°33,6' demirgazyk giňişlik, 49°53,3' gündogar uzaklyk",
        "42 gradus 33,6 minut demirgazyk giňişlik we 49 gradus 53,3 minut gündogar uzaklyk",
    ),
    "Other letters": (
        "４２．５６　４９．８８８３３３３３３３３３３３",
        "\u200e42.56, 49.88833333333333\u200e",
        "٤٢٫٥٦ ٤٩٫٨٨٨٣٣٣٣٣٣٣٣٣٣٣",
    ),
}

_ROW = {"lon": SEA[0], "lat": SEA[1], "n": 1}


def _parquet(table: pa.Table) -> bytes:
    file = io.BytesIO()
    pq.write_table(table, file)
    return file.getvalue()


def _layer(ending: str, crs: int = 4326) -> bytes:
    """A layer of one point; of a shapefile its files in an archive."""
    layer = geopandas.GeoDataFrame({"n": [1]}, geometry=[shapely.Point(SEA)], crs=4326).to_crs(crs)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"a.{ending}")
        if ending == "parquet":
            layer.to_parquet(path, geometry_encoding="WKB")
        else:
            layer.to_file(path)
        if ending != "shp":
            return path.read_bytes()
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as file:
            for one in sorted(Path(folder).iterdir()):
                file.write(one, one.name)
        return archive.getvalue()


def _zipped(name: str, content: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(zipfile.ZipInfo(name), content)
    return archive.getvalue()


def _wkb(geometry: shapely.Geometry, system: int) -> str:
    return shapely.to_wkb(shapely.set_srid(geometry, system), hex=True, include_srid=True)


# What it is, the file's name, its content: one row with the position above.
TABLES: tuple[tuple[str, str, bytes], ...] = (
    ("decimal commas between semicolons, byte order mark", "a.csv",
     b"\xef\xbb\xbfn;lat;lon\n1;42,56;49,88833333333333\n"),
    ("the delimiter on the first line, as Excel takes it", "a.csv",
     b"sep=;\r\nlat;lon\r\n42,56;49,88833333333333\r\n"),
    ("Windows-1251", "a.csv", "имя;широта;долгота\nБаку;42°33,6'С;49°53,3'В\n".encode("cp1251")),
    ("UTF-16 between tabs, as spreadsheets write \"Unicode text\"", "a.txt",
     codecs.BOM_UTF16_LE + "имя\tlat\tlon\nБаку\t42,56\t49,88833333333333\n".encode("utf-16-le")),
    ("UTF-16 without its mark", "a.csv", "имя,lat,lon\nБаку,42.56,49.88833333333333\n".encode("utf-16-le")),
    ("columns of Darwin Core", "a.csv", b"decimalLatitude,decimalLongitude\n42.56,49.88833333333333\n"),
    ("`long`", "a.csv", b"lat,long\n42.56,49.88833333333333\n"),
    ("`lng`", "a.csv", b"lat,lng\n42.56,49.88833333333333\n"),
    ("`X` and `Y`", "a.csv", b"X,Y\n49.88833333333333,42.56\n"),
    ("units behind names", "a.csv", b"Latitude (deg),Longitude (deg)\n42.56,49.88833333333333\n"),
    ("names in other languages", "a.csv", "Широта,Долгота\n42.56,49.88833333333333\n".encode()),
    ("letters for names, where all is in degrees about the Caspian", "a.csv",
     "с.ш.;в.д.\n42,56;49,88833333333333\n".encode()),
    ("vertical bars", "a.txt", b"lat|lon\n42.56|49.88833333333333\n"),
    ("a column of WKT", "a.csv", b"id;WKT\n1;POINT(49.88833333333333 42.56)\n"),
    ("a column of whole positions", "a.csv", "no,position\n1,42°33.6'N 49°53.3'E\n".encode()),
    ("degrees and decimal minutes, hemisphere in the cell", "a.tsv",
     b"no\tlat\tlon\n1\t42 33.6 N\t049 53.3 E\n"),
    ("degrees, minutes, seconds", "a.csv", 'lat,lon\n"42°33\'36""N","49°53\'18""E"\n'.encode()),
    ("hemispheres in columns of their own", "a.csv",
     b"lat,lat_dir,lon,lon_dir\n42.56,N,49.88833333333333,E\n"),
    ("hemispheres in columns behind, whatever they are called", "a.csv",
     b"lat,,lon,\n42.56,N,49.88833333333333,E\n"),
    ("units and hemispheres behind names", "a.csv",
     "Широта (с.ш.);Долгота (в.д.)\n42,56;49,88833333333333\n".encode()),
    ("hemispheres beside degrees and minutes, as in NMEA 0183", "a.txt",
     b"lat;N/S;lon;E/W\n4233.6000;N;04953.3000;E\n"),
    ("packed by gzip", "a.csv.gz", gzip.compress(b"lon,lat\n49.88833333333333,42.56\n", mtime=0)),
    ("in an archive, alone or beside others", "a.zip",
     _zipped("a.csv", b"lon,lat\n49.88833333333333,42.56\n")),
    ("GeoJSON", "a.geojson", json.dumps({"type": "Point", "coordinates": SEA}).encode()),
    ("GeoJSON, a feature a line", "a.geojsonl", json.dumps(
        {"type": "Feature", "properties": {"n": 1}, "geometry": {"type": "Point", "coordinates": SEA}}
    ).encode()),
    ("records, one a line", "a.ndjson", json.dumps(_ROW).encode()),
    ("records, one a line, hemispheres apart", "a.ndjson", json.dumps(
        {"latitude": SEA[1], "ns": "N", "longitude": SEA[0], "ew": "E"}).encode()),
    ("records, one a line, packed", "a.ndjson.gz", gzip.compress(json.dumps(_ROW).encode(), mtime=0)),
    ("records in an array", "a.json", json.dumps([_ROW]).encode()),
    ("Parquet with columns of numbers", "a.parquet", _parquet(pa.Table.from_pylist([_ROW]))),
    ("Parquet with texts of degrees and minutes, hemispheres apart", "a.parquet", _parquet(pa.table(
        {"lat": ["42 33.6"], "ns": ["N"], "lon": ["49 53.3"], "ew": ["E"]}))),
    ("Parquet with a column of WKT", "a.parquet", _parquet(pa.table(
        {"geometry": [f"POINT({SEA[0]!r} {SEA[1]!r})"]}))),
    ("a column of WKB in hexadecimal, as PostGIS writes it", "a.tsv",
     f"id\tgeom\n1\t{_wkb(shapely.Point(SEA), 4326)}\n".encode()),
    ("Parquet with a column of WKB", "a.parquet", _parquet(pa.table(
        {"geometry": [shapely.to_wkb(shapely.Point(SEA))]}))),
    ("GeoParquet", "a.parquet", _layer("parquet")),
    ("GeoPackage", "a.gpkg", _layer("gpkg")),
    ("GeoPackage in UTM zone 39, and layers in other reference systems", "a.gpkg", _layer("gpkg", 32639)),
    ("FlatGeobuf", "a.fgb", _layer("fgb")),
    ("shapefile, in an archive or beside its other files", "a.zip", _layer("shp")),
)  # fmt: skip

# Values that are no position though they are on the earth or near it, and what is said of them.
NO_POSITIONS: tuple[tuple[str, str, str], ...] = (
    ("181", "91", "in AIS 181 and 91 mean that no position is available"),
    ("108600000", "54600000", "in AIS 181 and 91 mean that no position is available"),
    ("29933000", "25536000", "in 1/10,000 minute, as AIS sends positions, it is longitude 49.888333"),
    (
        "498883330",
        "425600000",
        "in 1/10,000,000 degree, as latitudeE7 and longitudeE7 are, it is longitude 49.888333",
    ),
    ("412345", "4553000.5", "these look like metres of a projection, as UTM"),
    ("9412345", "4553000", "these look like metres of a projection, as UTM"),
    ("4711000", "39572000", "these look like metres of a projection, as UTM"),
    ("4953.3E", "4233.6N", "degrees and minutes as one number are written 04953.3E"),
    ("495318E", "423336N", "degrees and minutes as one number are written 0495318E"),
)

_ENDS = ((51.1, 43.6), (47.7, 43.0))  # off Aktau and off Makhachkala [deg]
_WAYPOINTS = "".join(
    f'<waypoint id="{number}"><position lat="{lat}" lon="{lon}"/><leg geometryType="Orthodrome"/></waypoint>'
    for number, (lon, lat) in enumerate(_ENDS)
)
_POINTS = "".join(f'<rtept lat="{lat}" lon="{lon}"/>' for lon, lat in _ENDS)
_LINE = {"type": "LineString", "coordinates": [list(end) for end in _ENDS]}

# As tables: a route between these two places.
ROUTES: tuple[tuple[str, str, bytes], ...] = (
    ("GeoJSON, positions of two to four numbers", "a.geojson",
     json.dumps({**_LINE, "coordinates": [[*end, 0, 1] for end in _ENDS]}).encode()),
    ("GeoJSON, a feature a line", "a.geojsonl", json.dumps(
        {"type": "Feature", "properties": {}, "geometry": _LINE}).encode()),
    ("CSV between semicolons, degrees and minutes", "a.csv",
     "no;широта;долгота\n1;43°36,0'N;51°06,0'E\n2;43°00,0'N;47°42,0'E\n".encode()),
    ("CSV between tabs, with times", "a.tsv",
     b"lat\tlon\ttime\n43-36.0N\t51-06.0E\t2024-01-01 00:00\n43-00.0N\t47-42.0E\t2024-01-01 10:00\n"),
    ("CSV with a column of WKT", "a.csv", b'id,WKT\n1,"LINESTRING(51.1 43.6, 47.7 43.0)"\n'),
    ("GPX: routes and tracks", "a.gpx",
     f'<gpx xmlns="http://www.topografix.com/GPX/1/1"><rte>{_POINTS}</rte></gpx>'.encode()),
    ("KML and KMZ: lines, tracks, polygons", "a.kml",
     b'<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><LineString><coordinates>'
     b"51.1,43.6,0 47.7,43.0,0</coordinates></LineString></Placemark></kml>"),
    ("RTZ (IEC 61174): legs as the file says, loxodromes where it does not", "a.rtz",
     f'<route xmlns="http://www.cirm.org/RTZ/1/1"><waypoints>{_WAYPOINTS}</waypoints></route>'.encode()),
)  # fmt: skip
