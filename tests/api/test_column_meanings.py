"""What names of columns and first rows say of positions: heeded or refused, by every way in."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from flask.testing import FlaskClient

from api.batches.arrow_tables import ArrowSource, parquet_source
from api.batches.column_headings import read_heading
from api.batches.column_places import USUAL, Chosen
from api.batches.csv_table import CsvSource
from api.batches.json_sources import SequenceSource
from api.batches.position_columns import find_columns
from api.batches.rows import Source
from api.errors import BodyError
from tests.api.conftest import Caspian

Row = tuple[object, ...]
BOTH = Chosen(lon="lon", lat="lat")
CHOICES = pytest.mark.parametrize("by_blocks", [False, True])


def csv_source(names: Sequence[str], rows: Sequence[Row], chosen: Chosen, *, by_blocks: bool) -> Source:
    text = "\n".join(";".join(map(str, row)) for row in (names, *rows))
    return CsvSource(io.BytesIO(text.encode()), chosen=chosen, by_blocks=by_blocks)


def read(source: Source) -> list[tuple[float, float] | str]:
    """Latitude and longitude of every row, or what is wrong with it."""
    found: list[tuple[float, float] | str] = []
    for chunk in source.chunks():
        pairs = zip(chunk.batch.lat.tolist(), chunk.batch.lon.tolist(), strict=True)
        found += [chunk.batch.errors.get(at, pair) for at, pair in enumerate(pairs)]
    return found


def read_all_ways(
    folder: Path, names: Sequence[str], rows: Sequence[Row], chosen: Chosen = USUAL
) -> Iterator[list[tuple[float, float] | str] | str]:
    """The same table as CSV by rows and by blocks, and as Parquet: what is read, or why not."""
    table = pa.table([pa.array(column) for column in zip(*rows, strict=True)], names=list(names))
    pq.write_table(table, folder / "in.parquet")
    ways: list[Callable[[], Source]] = [
        lambda: csv_source(names, rows, chosen, by_blocks=False),
        lambda: csv_source(names, rows, chosen, by_blocks=True),
        lambda: parquet_source(folder / "in.parquet", chosen=chosen),
        lambda: parquet_source(folder / "in.parquet", chosen=chosen, in_columns=True),
    ]
    for way in ways:
        try:
            yield read(way())
        except BodyError as error:
            yield str(error)


SIDES = (
    """
lat,NS,lon,WE | lat,S/N,lon,W-E | lat,lat_sn,lon,lon_we | lat,South/North,lon,West/East | lat,Ю/С,lon,З/В
lat,hemisphere,lon,hemisphere.1 | lat,hem,lon,hem.1 | lat,hemisphere1,lon,hemisphere2 | lat,dir,lon,dir
lat,полушарие1,lon,полушарие2 | lat,decimalLatitude_dir,lon,decimalLongitude_dir | lat,dir_lat,lon,dir_lon
lat,quadrant,lon,quadrant | lat,lat_quad,lon,lon_quad | lat,lat_hemisph,lon,lon_hemisph | lat,,lon,
lat,NS_flag,lon,EW_flag | lat,lat_direction_ns,lon,lon_direction_ew | lat,North or South,lon,East or West
lat,с.ш./ю.ш.,lon,в.д./з.д. | lat,сш/юш,lon,вд/зд | lat,полушарие широты,lon,полушарие долготы
lat,направление широты,lon,направление долготы | lat,yarımkürə,lon,yarımkürə | lat,жартышар,lon,жартышар
lat,ýarymşar,lon,ýarymşar | lat,نیمکره,lon,نیمکره | lat,Unnamed: 1,lon,Unnamed: 3 | lat,x,lon,y
""".replace("\n", " | ")
    .strip(" |")
    .split(" | ")
)


@pytest.mark.parametrize("header", SIDES)
def test_hemispheres_behind_are_heeded_whatever_they_are_called(tmp_path: Path, header: str) -> None:
    rows = [("42.5", "S", "49.5", "W"), ("42.5", "N", "49.5", "E"), ("1", "ю.ш.", "2", "west")]
    for found in read_all_ways(tmp_path, header.split(","), [*rows, ("42.5", "NA", "49.5", "")]):
        assert found[:3] == [(-42.5, -49.5), (42.5, 49.5), (-1, -2)]
        assert "its hemisphere is" in found[3]


def test_hemispheres_beside_both_are_heeded_wherever_they_stand(tmp_path: Path) -> None:
    for names, row in (
        (("a", "lat", "b", "lon"), ("S", "42.5", "W", "49.5")),
        (("lat", "lon", "a", "b"), ("42.5", "49.5", "S", "W")),
        (("lon", "lat", "a", "b"), ("49.5", "42.5", "W", "S")),
    ):
        for found in read_all_ways(tmp_path, names, [row]):
            assert found == [(-42.5, -49.5)]


@pytest.mark.parametrize(
    ("names", "row", "said"),
    [
        ("lat,Ş/C,lon,Ş/Q", ("42.5", "C", "49.5", "Q"), "may hold hemispheres: 'Ş/C', 'Ş/Q';"),
        ("lat,с/о,lon,ш/б", ("42.5", "О", "49.5", "Б"), "may hold hemispheres: 'с/о', 'ш/б';"),
        ("lat,ش/ج,lon,ش/غ", ("42.5", "ج", "49.5", "غ"), "may hold hemispheres"),
        ("lat,a,lon,b", ("42.5", "-", "49.5", "+"), "may hold hemispheres: 'a', 'b';"),
        ("lat,a,lon,b", (42.5, -1, 49.5, -1), "may hold hemispheres: 'a', 'b';"),
        ("lat,a,lon,b", ("42.5", "S", "49.5", "x"), "may hold hemispheres: 'a'; call them lat_hem"),
        ("lat,,lon,b", ("42.5", "S", "49.5", "x"), "may hold hemispheres: number 2;"),
        ("lat,lon,a", ("42.5", "49.5", "W"), "may hold hemispheres: 'a';"),
    ],
)
def test_hemispheres_that_are_not_clear_are_refused_unless_both_columns_are_chosen(
    tmp_path: Path, names: str, row: Row, said: str
) -> None:
    for found in read_all_ways(tmp_path, names.split(","), [row]):
        assert said in found
        assert "choose both 'lat' and 'lon'" in found
    for found in read_all_ways(tmp_path, names.split(","), [row], BOTH):
        assert found == [(42.5, 49.5)]


def test_signs_under_a_name_of_hemispheres_are_refused(tmp_path: Path) -> None:
    names, row = ("lat", "lat_sign", "lon", "lon_sign"), ("42.5", "-", "49.5", "-1")
    for found in read_all_ways(tmp_path, names, [row]):
        assert "tells hemispheres by its name, and none can be read in it" in found


@pytest.mark.parametrize("value", [123456789, 0, 1.5])
def test_nanoseconds_are_no_hemisphere(client: FlaskClient, tmp_path: Path, value: float) -> None:
    names, row = ("time", "ns", "lat", "lon"), ("2024-01-05T06:30Z", value, 42.5, 49.5)
    for chosen in (USUAL, BOTH):
        for found in read_all_ways(tmp_path, names, [row], chosen):
            assert found == [(42.5, 49.5)]
        record = json.dumps(dict(zip(names, row, strict=True)))
        assert read(SequenceSource(io.BytesIO(record.encode()), chosen)) == [(42.5, 49.5)]
    posted = client.post(
        "/classify?fields=lon", data="time,ns,lat,lon\na,7,42.5,49.5\n", content_type="text/csv"
    )
    assert posted.text.splitlines()[1].endswith("49.5,")


@pytest.mark.parametrize(
    ("names", "rows"),
    [
        ("lat,lon,lat_flag,lon_flag", [("42.5", "49.5", "1", "1")] * 2),
        ("lat,lon,lat_flag,lon_flag", [("42.5", "49.5", "A", "A")] * 2),
        ("lat,lon,lat_flag,lon_flag", [("42.5", "49.5", "", "")] * 2),
        ("lat,lat_flag,lon,lon_flag", [("42.5", 0, "49.5", 0)] * 2),
        ("lat,lon,ref_lat,ref_lon", [(42.5, 49.5, 42.4, 50.4)] * 2),
        ("lat,lon,sn", [("42.5", "49.5", "")] * 2),
        ("lat,lon,sn", [("42.5", "49.5", "AB-17")] * 2),
        ("lat,lon,ns,EW", [("42.5", "49.5", "", "")] * 2),
        ("lat,lon,wind_dir", [("42.5", "49.5", "E")] * 2),
        ("lat,lon,bearing", [("42.5", "49.5", "W")] * 2),
        ("lat,lon,quadrant", [("42.5", "49.5", 3)] * 2),
        ("lat,wind_from,lon,wave_from", [("42.5", "S", "49.5", "W")] * 2),
        ("lat,dlat,lon,dlon", [("42.5", -1, "49.5", -1)] * 2),
    ],
)
def test_flags_references_directions_and_serial_numbers_are_no_hemispheres(
    tmp_path: Path, names: str, rows: list[Row]
) -> None:
    for chosen in (USUAL, BOTH):
        for found in read_all_ways(tmp_path, names.split(","), rows, chosen):
            assert found == [(42.5, 49.5)] * 2
    records = "\n".join(json.dumps(dict(zip(names.split(","), row, strict=True))) for row in rows)
    if "" not in rows[0]:  # of one record alone that tells nothing
        assert read(SequenceSource(io.BytesIO(records.encode()))) == [(42.5, 49.5)] * 2


@pytest.mark.parametrize(
    ("names", "row", "said"),
    [
        ("SN,lat,lon", ("S", "42.5", "49.5"), "may hold hemispheres: 'SN'; call them"),
        ("lat,lon,lat_flag,lon_flag", ("42.5", "49.5", "-1", "1"), "tells hemispheres by its name"),
        ("lat,lon,lat_ref,lon_ref", ("42.5", "49.5", "+", "-"), "tells hemispheres by its name"),
        ("lat,lon,quadrant", ("42", "49", "SW"), "may hold hemispheres: 'quadrant'; call them"),
        ("lat,lon,n,NSEW", ("42", "49", "1", "nw"), "may hold hemispheres: 'NSEW'; call them"),
        ("lat,lon,direction", ("42.5", "49.5", "W"), "may hold hemispheres: 'direction'; call them"),
        ("lat,lon,lat_frac,lon_frac", ("42", "49", ".56", ".88"), "holds a part of a coordinate"),
        ("lat,lon,lat_hemisphere", ("42.5", "49.5", "0"), "tells hemispheres by its name"),
    ],
)
def test_what_may_be_hemispheres_is_refused(tmp_path: Path, names: str, row: Row, said: str) -> None:
    for found in read_all_ways(tmp_path, names.split(","), [row]):
        assert said in found
    record = json.dumps(dict(zip(names.split(","), row, strict=True)))
    (found,) = read(SequenceSource(io.BytesIO(record.encode())))
    assert isinstance(found, str)
    assert said in found
    for found in read_all_ways(tmp_path, ("SN", "lat", "lon"), [("S", "42.5", "49.5")], BOTH):
        assert found == [(42.5, 49.5)]


@pytest.mark.parametrize(
    ("names", "row", "what"),
    [
        ("lat,lon,is_south", (42.5, 49.5, 1), "is_south"),
        ("lat,lon,south", (42.5, 49.5, True), "south"),
        ("lat,lon,isWest", ("42.5", "49.5", "yes"), "isWest"),
        ("lat,lon,lat_is_south,x", (42.5, 49.5, "maybe", 0), "lat_is_south"),
        ("lat,lon,is_north,is_east", (42.5, 49.5, 0, 1), "is_north"),
        ("lat,lon,is_e", (42.5, 49.5, "false"), "is_e"),
        ("lat,lon,S", (42.5, 49.5, True), "S"),
        ("lat,lon,южная", ("42.5", "49.5", "да"), "южная"),
        ("lat,lon,ns,ew", (42.5, 49.5, 1, 1), "ew"),
        ("lat,lon,ns,ew", (42.5, 49.5, 0, 0), "ew"),
        ("lat,lon,ns", (42.5, 49.5, True), "ns"),
    ],
)
def test_yes_and_no_of_hemispheres_are_refused_unless_both_columns_are_chosen(
    tmp_path: Path, names: str, row: Row, what: str
) -> None:
    header, said = names.split(","), f"{what!r} tells hemispheres by its name, and none can be read in it"
    for found in read_all_ways(tmp_path, header, [row]):
        assert said in found
    record = io.BytesIO(json.dumps(dict(zip(header, row, strict=True))).encode())
    (in_record,) = read(SequenceSource(record))
    assert said in str(in_record)
    for found in read_all_ways(tmp_path, header, [row], BOTH):
        assert found == [(42.5, 49.5)]


@pytest.mark.parametrize(
    ("names", "row"),
    [
        ("lat,lon,is_south,is_west", (42.5, 49.5, 0, False)),
        ("lat,lon,is_north,east", (42.5, 49.5, "true", 1)),
        ("lat,lon,south,west,north,east", (42.5, 49.5, 36.5, 46, "47.25", "55")),
        ("lat,lon,south_side_temp,ns", (42.5, 49.5, 1, 0)),
        ("lat,lon,s,w,n", (42.5, 49.5, 1, "a", 0)),
    ],
)
def test_yes_and_no_of_north_and_east_and_bounds_are_harmless(tmp_path: Path, names: str, row: Row) -> None:
    header = names.split(",")
    for found in read_all_ways(tmp_path, header, [row]):
        assert found == [(42.5, 49.5)]
    record = io.BytesIO(json.dumps(dict(zip(header, row, strict=True))).encode())
    assert read(SequenceSource(record)) == [(42.5, 49.5)]


def test_a_flag_of_the_south_behind_the_first_rows_is_an_error_of_its_row(tmp_path: Path) -> None:
    rows: list[Row] = [(42.5, 49.5, 0, "")] * 10_001
    rows += [(42.5, 49.5, 1, ""), (42.5, 49.5, 0, "yes"), (42.5, 49.5, 0, "no")]
    for found in read_all_ways(tmp_path, ("lat", "lon", "is_south", "west"), rows):
        assert found[10_000] == found[-1] == (42.5, 49.5)
        assert found[-3:-1] == [
            f"column {name!r} tells a hemisphere that is not read" for name in ("is_south", "west")
        ]
    for found in read_all_ways(tmp_path, ("lat", "lon", "is_south", "west"), rows, BOTH):
        assert found == [(42.5, 49.5)] * len(rows)


def test_a_flag_beside_hemispheres_of_the_other_axis_is_of_hemispheres(tmp_path: Path) -> None:
    names = ("lat", "lat_ref", "lon", "lon_ref")
    for row in ((42.5, "S", 49.5, "junk"), (42.5, "S", 49.5, 7)):
        for found in read_all_ways(tmp_path, names, [row]):
            assert f"its hemisphere is E or W, and '{row[-1]}' stands beside it" in found[0]
        record = io.BytesIO(json.dumps(dict(zip(names, row, strict=True))).encode())
        (in_record,) = read(SequenceSource(record))
        assert f"its hemisphere is E or W, and '{row[-1]}' stands beside it" in str(in_record)


def test_hemispheres_under_names_of_flags_are_heeded(tmp_path: Path) -> None:
    for names in ("lat,lon,lat_flag,lon_flag", "lat,lon,lat_ref,lon_ref", "lat,lon,sn,we"):
        for found in read_all_ways(tmp_path, names.split(","), [("42.5", "49.5", "S", "W")]):
            assert found == [(-42.5, -49.5)]
    for names in ("lat,lon,lat_ref,lon_ref", "lat,lon,N/S,E/W"):
        for row in (("42.5", "49.5", "S", ""), ("42.5", "49.5", "", "W")):
            for found in read_all_ways(tmp_path, names.split(","), [row]):
                assert "its hemisphere is empty" in found[0]
    for found in read_all_ways(tmp_path, ("lat", "lon", "lat_hemisphere"), [("42.5", "49.5", "")]):
        assert "its hemisphere is empty" in found[0]


PARTS = (
    """
lat,min,lon,min.1 | lat,min2,lon,min_1 | lat,minutes1,lon,minutes2 | Latitude,,Longitude, | lat,m,lon,m
Latitude,Unnamed: 1,Longitude,Unnamed: 3 | lat,lat minutes (decimal),lon,lon minutes (decimal)
lat,lat min (dec),lon,lon min (dec) | lat,decimal minute,lon,decimal minute | lat,lat_dm,lon,lon_dm
lat,lat_mm,lon,lon_mm | lat,lat_mn,lon,lon_mn | lat,mm,lon,mm | lat,MM.MM,lon,MM.MM | lat,arcmin,lon,arcmin
lat,latitude_arcmin,lon,longitude_arcmin | lat,lat_s,lon,lon_s | lat °,′,lon °,′ | lat,minutes N,lon,minutes E
Latitude [°],['],Longitude [°],['] | lat,minutes of latitude,lon,minutes of longitude
lat,lat (mm.m),lon,lon (mm.m) | lat,минуты широты,lon,минуты долготы | lat,мин. широты,lon,мин. долготы
lat,минуты с.ш.,lon,минуты в.д. | lat,dəq.,lon,dəq. | enlik,enlik dəq,uzunluq,uzunluq dəq
lat,minudy,lon,minudy | lat,minutlar,lon,minutlar | lat,دقيقه,lon,دقيقه
""".replace("\n", " | ")
    .strip(" |")
    .split(" | ")
)


@pytest.mark.parametrize("header", PARTS)
def test_minutes_of_their_own_are_refused_by_their_names_and_by_their_values(
    tmp_path: Path, header: str
) -> None:
    names = header.split(",")
    rows = [
        ("42", "33.6", "49", "53.3"),
        ("43", "0", "50", "59"),
        ("44", "", "51", "NaN"),
        ("45", ".5", "52", ""),
    ]
    for found in read_all_ways(tmp_path, names, rows):
        assert "part of a coordinate" in found or "may hold minutes of whole degrees" in found
    if any(names[1::2]):
        names[1::2] = "a", "b"
    for found in read_all_ways(tmp_path, names, rows):
        assert "may hold minutes of whole degrees: " in found
        assert "where whole degrees are meant, choose both" in found
    chosen = Chosen(lat=names[0], lon=names[2])
    for found in read_all_ways(tmp_path, names, rows, chosen):
        assert found == [(42, 49), (43, 50), (44, 51), (45, 52)]


@pytest.mark.parametrize(
    "row",
    [
        ("42.0", "33,6", "49", "53,3"),
        ("42°", "33.6'", "49°", "53.3'"),
        (42, 33.6, 49, 53.3),
        (42.0, 3, 49.0, 5),
    ],
)
def test_minutes_as_texts_and_numbers(tmp_path: Path, row: Row) -> None:
    for found in read_all_ways(tmp_path, ("lat", "a", "lon", "b"), [row]):
        assert "minutes of whole degrees: 'a', 'b'; where whole" in found
        assert "choose both 'lat' and 'lon'" in found
    for found in read_all_ways(
        tmp_path, ("lat", "ns", "a", "lon", "ew", "b"), [(*row[:1], "N", *row[1:3], "E", 1)]
    ):
        assert "may hold minutes of whole degrees: 'a', 'b'" in found


@pytest.mark.parametrize(
    "rows",
    [
        [(42, 33.6, 49, 53.3), (42.5, 33.6, 49, 53.3)],
        [(42, 33.6, 49, 53.3), (42, 60, 49, 53.3)],
        [(42, "33.6 m", 49, "53.3")],
        [(42, -1.5, 49, 53.3)],
    ],
)
def test_whole_degrees_beside_anything_else_are_whole_degrees(tmp_path: Path, rows: list[Row]) -> None:
    columns = [list(map(str, column)) if "m" in str(column) else column for column in zip(*rows, strict=True)]
    rows = list(zip(*columns, strict=True))
    for found in read_all_ways(tmp_path, ("lat", "a", "lon", "b"), rows):
        assert found == [(float(str(row[0])), 49) for row in rows]
    for found in read_all_ways(tmp_path, ("lon", "lat", "a", "b"), [(49, 42, 33.6, 53.3)]):
        assert found == [(42, 49)]


@pytest.mark.parametrize(
    "header",
    [
        *("Широта (ю.ш.);Долгота (з.д.)", "Широта (Ю);Долгота (З)", "Широта;Долгота (°з.д.)", "lat (S);lon"),
        *("ендік (о.е.);бойлық (б.б.)", "enlik (cənub);uzunluq (qərb)", "عرض (جنوبی);طول (غربی)"),
        *("giňişlik (günorta);uzaklyk (günbatar)", "Южная широта;Западная долгота", "Lat S;Lon W"),
        *(
            "Lat (');Lon (')",
            "Lat (″);Lon (″)",
            "Lat (DD.MMm);Lon (DDD.MMm)",
            "lat (DD.MM.SS);lon (DD.MM.SS)",
        ),
        *("lat;lon (E-/W+)", "lat (S+ N-);lon", "lat (E);lon (N)", "lat (min);lon (min)", "lat (x);lon (y)"),
        *("x (north);y (east)", "lat (mm.m);lon (mm.m)", "lat_n;lat_s;lon_e;lon_w"),
        *("north_lat;south_lat;lon",),
    ],
)
@CHOICES
def test_units_that_are_no_degrees_north_and_east_are_refused(header: str, by_blocks: bool) -> None:
    names = header.split(";")
    with pytest.raises(BodyError, match=r"no column|columns could be"):
        csv_source(names, [(42.5, 49.5, 1, 2)[: len(names)]], USUAL, by_blocks=by_blocks)
    if "(" in header:
        record = json.dumps(dict(zip(names, (42.5, 49.5), strict=True)))
        (said,) = read(SequenceSource(io.BytesIO(record.encode())))
        assert isinstance(said, str)


@pytest.mark.parametrize(
    "header",
    [
        *("lat (º);lon (º)", "Enlem;boylam", "عرض جغرافيايي;طول جغرافيايي", "enlik (şimal);uzunluq (şərq)"),
        *("ендік (с.е.);бойлық (ш.б.)", "عرض (شمالی);طول (شرقی)", "Широта с.ш.;Долгота в.д.", "Lat N;Lon E"),
        *(
            "Северная широта;Восточная долгота",
            "geographic latitude;geographic longitude",
            "lat (N/S);lon (E/W)",
        ),
        *("Latitude (N, WGS-84);Longitude (E, WGS-84)", "Широта (с.ш., WGS-84);Долгота (в.д., WGS–84)"),
        *("lat (°N, WGS-84);lon (°E, WGS-84)", "lat (EPSG-4326);lon (CRS-84)"),
        *("lat (+N/-S);lon (E+ W-)", "lat (° ' \");lon (° ' \")", "φ;λ"),
        *("lat_deg;lon_deg", "lat (deg) (N);lon (deg) (E)", "latitude (WGS 84);longitude (EPSG:4326)"),
        *("географическая широта;географическая долгота", "y (north);x (east)", "lat (N-S);lon (W-E)"),
    ],
)
def test_units_of_degrees_are_read(tmp_path: Path, header: str) -> None:
    for found in read_all_ways(tmp_path, header.split(";"), [(42.5, 49.5)]):
        assert found == [(42.5, 49.5)]


@pytest.mark.parametrize(
    "name",
    [
        *("coords (x y)", "position (x, y)", "geometry (x y)", "coordinates [E N]", "position (east, north)"),
        *("Координаты (в.д., с.ш.)", "Координаты (В, С)", "coordinates (lon lat)", "position (N, W)"),
        *("position (')", "position (долгота широта)"),
    ],
)
@CHOICES
def test_orders_of_whole_positions_other_than_latitude_first_are_refused(name: str, by_blocks: bool) -> None:
    with pytest.raises(BodyError, match="no column 'lon'"):
        csv_source(("n", name), [(1, "49.5 42.5")], USUAL, by_blocks=by_blocks)
    if read_heading(name).is_longitude_first:
        with pytest.raises(BodyError, match="has the longitude first by its name"):
            csv_source(("n", name), [(1, "49.5 42.5")], Chosen(position=name), by_blocks=by_blocks)
        source = csv_source(
            ("n", name), [(1, "POINT(49.5 42.5)")], Chosen(position=name), by_blocks=by_blocks
        )
        assert read(source) == [(42.5, 49.5)]


@pytest.mark.parametrize(
    "name",
    [
        *("position (lat, lon)", "position (N E)", "Координаты (с.ш., в.д.)", "coords (°)"),
        *("Координаты (WGS-84)", "Position (WGS-84)", "WKT (WGS-84)"),
    ],
)
def test_orders_with_the_latitude_first_are_read(tmp_path: Path, name: str) -> None:
    for found in read_all_ways(tmp_path, ("n", name), [(1, "42.5 49.5")]):
        assert found == [(42.5, 49.5)]


@pytest.mark.parametrize(
    "names", ["N;E", "с.ш.;в.д.", "Ш;Д", "с;в", "N (deg);E (deg)", "North;East", "с.е.;ш.б."]
)
def test_letters_are_names_of_columns_where_these_hold_degrees(tmp_path: Path, names: str) -> None:
    header = ("id", *names.split(";"))
    for rows in ([(1, 42.5, 49.5)], [(1, "42°30'", "49 30E"), (2, "42.5", "49.5")], [(1, "12°N", "50°E")]):
        lat, lon = (12, 50) if rows[0][1] == "12°N" else (42.5, 49.5)
        for found in read_all_ways(tmp_path, header, rows):
            assert found == [(lat, lon)] * len(rows)
    for row in (
        (1, 4553000.5, 412345.0),
        (1, 12.5, 49.5),
        (1, "42.5", "x"),
        (1, "", ""),
        (1, "49.5", "42.5"),
    ):
        for found in read_all_ways(tmp_path, header, [row]):
            assert "no column 'lon'" in found
    for found in read_all_ways(tmp_path, (*header, "lat", "lon"), [(1, 42.5, 49.5, 1.0, 2.0)]):
        assert found == [(1.0, 2.0)]


def wkb(geometry: shapely.Geometry, system: int = 0) -> str:
    return shapely.to_wkb(shapely.set_srid(geometry, system), hex=True, include_srid=True)


@pytest.mark.parametrize("name", ["geom", "geometry", "the_geom", "wkb_geometry", "wkt"])
def test_points_of_wkb_in_hexadecimal_are_read(tmp_path: Path, name: str) -> None:
    point, deep = shapely.Point(49.5, 42.5), shapely.Point(49.5, 42.5)
    for _ in range(20):
        deep = shapely.GeometryCollection([deep])
    rows = [
        (1, wkb(point)),
        (2, wkb(point, 4326).lower()),
        (3, shapely.to_wkb(shapely.Point(49.5, 42.5, -9), hex=True, byte_order=0)),
        (4, wkb(point, 32639)),
        (5, wkb(shapely.LineString([(49, 42), (50, 43)]))),
        (6, wkb(shapely.Point())),
        (7, wkb(deep)),
        (8, "0109" * 10),
        (9, "POINT(49.5 42.5)"),
    ]
    records = "\n".join(json.dumps(dict(zip(("n", name), row, strict=True))) for row in rows)
    in_records = read(SequenceSource(io.BytesIO(records.encode())))
    for found in (*read_all_ways(tmp_path, ("n", name), rows), in_records):
        assert found[:3] == [(42.5, 49.5)] * 3
        assert found[3:8] == [
            "the SRID of the point is 32639, positions are read in 4326 (WGS84)",
            "a Point is needed, this is LineString",
            "a Point is needed, this is empty",
            "a Point is needed, this WKB is longer",
            f"a Point is needed, {'0109' * 10!r} is no WKB",
        ]
        assert found[8] == (42.5, 49.5)


@pytest.mark.parametrize(
    "name", ["Geometry (WKT)", "geom (WKT)", "WKT (x y)", "geometry (x y)", "WKT (lon lat)"]
)
def test_points_tell_their_order(tmp_path: Path, name: str) -> None:
    for found in read_all_ways(tmp_path, ("n", name), [(1, "POINT(49.5 42.5)"), (2, "")]):
        assert found[0] == (42.5, 49.5)
    if "WKT)" not in name:
        for text in ("49.5 42.5", "49.5N 42.5E", "", "POINTS 49.5 42.5"):
            for found in read_all_ways(tmp_path, ("n", name), [(1, text)]):
                assert "no column 'lon'" in found


MINUTES = pytest.mark.parametrize(
    "names",
    [
        "lat_dms,lon_dms",
        "latitude_ddm,longitude_ddm",
        "lat (DD MM.mm),lon (DD° MM.mm)",
        "dms lat,dms lon",
    ],
)


@MINUTES
@pytest.mark.parametrize("row", [("42.3336", "49.5318"), ("42", "49,5318"), (42.3336, 49.5318)])
def test_decimals_under_a_name_of_minutes_are_refused_unless_both_columns_are_chosen(
    tmp_path: Path, names: str, row: Row
) -> None:
    header = names.split(",")
    for found in read_all_ways(tmp_path, header, [row]):
        assert f"{header[1]!r} tells minutes by its name and holds decimals" in found
    chosen = Chosen(lat=header[0], lon=header[1])
    for found in read_all_ways(tmp_path, header, [row], chosen):
        assert found == [tuple(float(str(one).replace(",", ".")) for one in row)]


@MINUTES
def test_minutes_and_whole_degrees_under_a_name_of_minutes_are_read(tmp_path: Path, names: str) -> None:
    rows = [("42 30", "49°45'"), ("42.0", "49"), ("42.5°", "49°")]
    for found in read_all_ways(tmp_path, names.split(","), rows):
        assert found == [(42.5, 49.75), (42.0, 49.0), (42.5, 49.0)]


@MINUTES
@pytest.mark.parametrize("cell", ["42.5", " 42,5", "۴۲٫۵", "4.25e1"])
def test_decimals_among_minutes_are_errors_of_their_rows_unless_both_columns_are_chosen(
    tmp_path: Path, names: str, cell: str
) -> None:
    header, rows = names.split(","), [("42 30", "49°45'"), (cell, "49 45"), ("42 30", "49.75"), ("42", "49")]
    for found in read_all_ways(tmp_path, header, rows):
        assert found[0] == (42.5, 49.75)
        assert f"lat {cell.strip()!r} has decimals alone, which may be of degrees or minutes" in found[1]
        assert "lon '49.75' has decimals alone" in found[2]
        assert found[3] == (42.0, 49.0)
    records = "\n".join(json.dumps(dict(zip(header, row, strict=True))) for row in rows)
    in_records = read(SequenceSource(io.BytesIO(records.encode())))
    assert [type(one) for one in in_records] == [tuple, str, str, tuple]
    chosen = Chosen(lat=header[0], lon=header[1])
    for found in read_all_ways(tmp_path, header, rows, chosen):
        assert found == [(42.5, 49.75)] * 3 + [(42.0, 49.0)]


def test_decimals_among_minutes_are_errors_of_their_rows_under_marks_of_minutes(tmp_path: Path) -> None:
    header, rows = ("lat (° ′ ″)", "lon (°')"), [("42 30", "49°45'"), ("42.5", "49.75"), ("42", "49")]
    for found in read_all_ways(tmp_path, header, rows):
        assert (found[0], found[2]) == ((42.5, 49.75), (42.0, 49.0))
        assert "has decimals alone, which may be of degrees or minutes" in found[1]
    batch = pa.RecordBatch.from_pylist([dict(zip(header, row, strict=True)) for row in rows])
    streamed = read(ArrowSource(lambda: _held(iter([batch])), batch.schema, None))
    assert [type(one) for one in streamed] == [tuple, str, tuple]


@pytest.mark.parametrize("names", ["S,E", "N,W", "с.ш.,з.д.", "ю.ш.,в.д.", "North,West", "cənub,şərq"])
def test_a_column_of_the_far_hemisphere_alone_is_refused_though_chosen(tmp_path: Path, names: str) -> None:
    header = names.split(",")
    chosen = Chosen(lat=header[0], lon=header[1])
    for found in read_all_ways(tmp_path, header, [("42.5", "49.5")], chosen):
        assert "is of one hemisphere: name it with its numbers' signs" in found
    near = Chosen(lat="lats", lon="в.д.")
    for found in read_all_ways(tmp_path, ("lats", "в.д."), [("42.5", "49.5")], near):
        assert found == [(42.5, 49.5)]


@pytest.mark.parametrize(
    "name", ["mm" * 38 + "x", "ns" * 39, "latns" * 15 + "q", "с" * 79, "lat" + "m" * 70 + "z"]
)
def test_names_that_could_be_told_apart_in_many_ways_end(name: str) -> None:
    assert find_columns((name, "lon", "lat"))[:4] == (1, 2, None, None)


def test_bounds_are_no_parts() -> None:
    for names in (("lat", "lon", "min_lat", "max_lat"), ("lat", "lon", "lat_min", "lat_max")):
        assert find_columns(names)[:2] == (1, 0)


def test_records_heed_hemispheres_beside_both() -> None:
    records = [
        {"lat": 42.5, "a": "S", "lon": 49.5, "b": "W"},
        {"lat": 42.5, "a": "S", "lon": 49.5, "b": 1},
        {"lat": 42.5, "a": "one", "lon": 49.5, "b": None},
    ]
    text = "\n".join(map(json.dumps, records))
    first, second, third = read(SequenceSource(io.BytesIO(text.encode())))
    assert first == (-42.5, -49.5)
    assert "may hold hemispheres: 'a';" in second
    assert third == (42.5, 49.5)


def test_batches_of_arrow_are_looked_at_when_they_come() -> None:
    def of(**columns: list[Any]) -> ArrowSource:
        batch = pa.RecordBatch.from_pydict(columns)
        return ArrowSource(lambda: _held(iter([batch])), batch.schema, None)

    assert read(of(ns=[7], lat=[42.5], lon=[49.5])) == [(42.5, 49.5)]
    assert read(of(sn=["AB-17"], lat=[42.5], lon=[49.5])) == [(42.5, 49.5)]
    assert read(of(lat=[42.5], lat_ref=["S"], lon=[49.5], lon_ref=["W"])) == [(-42.5, -49.5)]
    with pytest.raises(BodyError, match="may hold hemispheres: 'sn'"):
        read(of(sn=["S"], lat=[42.5], lon=[49.5]))
    with pytest.raises(BodyError, match="may hold minutes"):
        read(of(lat=[42], a=[33.6], lon=[49], b=[53.3]))
    with pytest.raises(BodyError, match="lat_hemisphere and lon_hemisphere"):
        read(of(lat=[42.5], a=["S"], lon=[49.5], b=["W"]))
    with pytest.raises(BodyError, match="tells hemispheres by its name"):
        of(lat=[42.5], lat_sign=[-1], lon=[49.5])


class _held:  # noqa: N801 - a context of what is there already
    def __init__(self, held: Any) -> None:
        self.held = held

    def __enter__(self) -> Any:
        return self.held

    def __exit__(self, *_: object) -> None:
        pass


def test_a_whole_table_is_refused_once_with_the_options(
    caspian: Caspian, client: FlaskClient, tmp_path: Path
) -> None:
    text = "mmsi,time,lat,a,lon,b\n1,2024-01-05T06:30Z,42,33.6,49,53.3\n1,2024-01-05T07:30Z,42,34.6,49,53.3\n"
    (tmp_path / "in.csv").write_text(text, encoding="utf-8")
    for command in ("classify", "crossings", "events", "summarise"):
        outcome = caspian(command, tmp_path / "in.csv")
        assert outcome.code == 2
        assert "may hold minutes of whole degrees: 'a', 'b'" in outcome.err
        assert "--lon-column and --lat-column choose" in outcome.err
    chosen = ("--lon-column", "lon", "--lat-column", "lat")
    assert caspian("classify", tmp_path / "in.csv", *chosen).code == 0
    refused = client.post("/classify", data=text, content_type="text/csv")
    assert refused.status_code == 400
    assert "the parameters lon_column and lat_column choose" in refused.get_json()["detail"]
    chosen_path = "/classify?lon_column=lon&lat_column=lat"
    assert client.post(chosen_path, data=text, content_type="text/csv").status_code == 200


def piped(data: bytes, **options: Any) -> Any:
    """The encoding and the positions of a CSV that comes by a pipe, or why it is refused."""
    reading, writing = os.pipe()

    def feed() -> None:
        with os.fdopen(writing, "wb", buffering=0) as pipe:
            for at in range(0, len(data), 1000):
                pipe.write(data[at : at + 1000])

    with ThreadPoolExecutor(1) as pool, os.fdopen(reading, "rb") as pipe:
        fed = pool.submit(feed)
        try:
            source = CsvSource(pipe, **options)
            return source.encoding, read(source)
        except BodyError as error:
            pipe.read()
            return str(error)
        finally:
            fed.result()


# A pipe holds 64 KiB at most, so that what tells of the columns is behind what can be there at first.
LATE = {
    "hemispheres": ("id,lat,a,lon,b\n" + "1,42.5,,50.5,\n" * 6000 + "1,42.5,S,50.5,W\n" * 10).encode(),
    "no minutes": ("lat,depth,lon,temp\n" + "42,30,50,20\n" * 6000 + "42.5,30,50.5,20\n").encode(),
    "letters": ("id,lat,lon\n" + "1,42.5,50.5\n" * 6000 + "Нефтяные Камни,42.5,50.5\n").encode("cp1251"),
}


@CHOICES
@pytest.mark.parametrize("data", LATE.values(), ids=LATE)
def test_a_pipe_is_answered_as_a_file(data: bytes, by_blocks: bool) -> None:
    source = CsvSource(io.BytesIO(data), by_blocks=by_blocks)
    by_file = (source.encoding, read(source))
    assert piped(data, by_blocks=by_blocks) == by_file
    if data is LATE["hemispheres"]:
        assert by_file[1][-1] == (-42.5, -50.5)
    if data is LATE["letters"]:
        assert by_file[0] == "windows-1251"


class Endless(io.RawIOBase):
    """A stream that comes line by line and never ends."""

    count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any, /) -> int:
        line = b"42.5,50.5\n" if self.count else b"lat,lon\n"
        self.count += len(line)
        memoryview(target).cast("B")[: len(line)] = line
        return len(line)


def test_a_stream_that_never_ends_is_begun() -> None:
    stream = Endless()
    source = CsvSource(io.BufferedReader(stream))
    assert stream.count < 2 * 1024 * 1024
    chunk = next(source.chunks())
    assert (chunk.batch.lat[0], chunk.batch.lon[0]) == (42.5, 50.5)


def test_a_row_that_the_sample_cuts_is_not_looked_at() -> None:
    row = b"%s,42.5,south,50.5,west\n" % (b"x" * 200)
    row = next(
        one for pad in range(1000) if 2 <= -(1024 * 1024) % len(one := b"x" * pad + row) <= 3
    )  # so that it ends within the last word
    source = CsvSource(io.BytesIO(b"id,lat,a,lon,b\n" + row * 6000))
    assert read(source)[-1] == (-42.5, -50.5)
