"""Tables that stay in columns on their way: the same to the byte as row by row."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from api.batches import csv_blocks, csv_table
from api.batches.arrow_tables import parquet_source
from api.batches.arrow_writers import ParquetWriter
from api.batches.choices import chosen_fields
from api.batches.csv_table import CsvSource, CsvWriter
from api.batches.engine import Writer, classify_all
from api.batches.rows import Source
from api.errors import BodyError, RequestError
from tests.api.fake_store import FakeStore

FIELDS = [None, "zone,state,sector", "lat,certain,zone,baseline_distance_m,lon,caveat,hint", "baseline_lat"]
NUMBERS = ["48.1", "50", "42", "-0.0", ".5", "5.", "+48.1", "1e1", "1E-7", "4.2e+00001", "4.2e00000001"]
NUMBERS += [
    "",
    " ",
    "nan",
    "inf",
    "Infinity",
    "1e999",
    "x",
    "5_0",
    "0x10",
    " 48.1 ",
    "49°58.2'E",
    "٥٠",
    "200",
]
NUMBERS += ["48.099999999999994", "0.1000000000000000055511151231257827", '"48,1"', '"42"', '"', '4"2', "١"]
TEXTS = ["a", "", "é", '"a, b"', '"a"', '""', '"a""b"', 'a"b', '"open', "x\0y", "1", "€" * 9, '"two\nlines"']
side = st.sampled_from(["N", "S", "E", "W", "n", "", " ", "с.ш.", "x", "W ", '"S"'])
number, word = st.sampled_from(NUMBERS), st.sampled_from(TEXTS)
row = st.tuples(word, number, number, word).map(",".join) | st.sampled_from(
    ["", " ", "a", "a,1,2,b,c", ",,,"]
)
plain_row = st.just('a,48.1,42,"b, c"')


def written(make: type[Writer], source: Source, fields: str | None, workers: int = 1) -> tuple[bytes, Any]:
    """What a file becomes, and what is wrong with its rows."""
    target = io.BytesIO()
    edition: Any = FakeStore().edition()
    writer = make(target, source, chosen_fields(fields), edition.name)
    errors, rows = {}, 0
    for count, found in classify_all(edition, writer, compare=True, workers=workers):
        errors |= {rows + at: said for at, said in found.items()}
        rows += count
    return target.getvalue(), errors


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of a few rows, and a few rows at a time."""
    monkeypatch.setattr(csv_blocks, "BLOCK_BYTES", 60)
    monkeypatch.setattr(csv_table, "ROWS_IN_COLUMNS", 2)
    monkeypatch.setattr(csv_table, "LONGEST_LINE", 200)


@pytest.mark.usefixtures("small")
@given(
    rows=st.lists(row | plain_row, max_size=12),
    fields=st.sampled_from(FIELDS),
    ends=st.sampled_from(["\n", "\r\n"]),
    last=st.booleans(),
    workers=st.sampled_from([1, 2]),
)
@example(rows=["a,1,2,b"] * 9 + ["x" * 300] + ["a,1,2,b"] * 9, fields=None, ends="\n", last=False, workers=2)
@example(rows=['"a,1,2,b', 'c",1,2,b', "d,1,2,b"] * 3, fields=None, ends="\n", last=True, workers=1)
@example(rows=["a,1,2,b\rc,3,4,d"] * 3, fields=None, ends="\n", last=True, workers=1)
@settings(max_examples=80)
def test_blocks_give_what_rows_give(
    rows: list[str], fields: str | None, ends: str, last: bool, workers: int
) -> None:
    text = ends.join(["n,lon,lat,zone", *rows]) + (ends if last else "")
    for data in (text.encode(), text.replace(",", "\t").encode(), text.encode("latin-1", "replace")):
        by_rows = outcome(data, fields, by_blocks=False)
        assert outcome(data, fields, by_blocks=True, workers=workers) == by_rows


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("by_blocks", [False, True])
def test_a_delimiter_on_the_first_line(encoding: str, by_blocks: bool) -> None:
    """It holds whatever else stands in the header, is no row, and lines are counted with it."""
    rows = 'lon,deg:n:lon:lat\nx:"1, 2":50,5:42,0\nx:3:50\n'
    for first in ("SEP=:\r\n", "sep=:\n"):
        source = CsvSource(io.BytesIO((first + rows).encode(encoding)), by_blocks=by_blocks)
        lines, errors = written(CsvWriter, source, "lon,lat")
        assert lines.decode().splitlines()[:2] == ['"lon,deg",n,lon,lat,error', 'x,"1, 2","50,5","42,0",']
        assert list(errors) == [1]
    plain = CsvSource(io.BytesIO(b"sep=a,lon,lat\n1,50,42\n"), by_blocks=by_blocks)
    assert [one.name for one in plain.user_columns()] == ["sep=a", "lon", "lat"]
    with pytest.raises(RequestError, match="line 2 is not UTF-8"):
        CsvSource(io.BytesIO(b"sep=;\nlon;lat;\xff\n" + "é".encode() * 9), encoding="utf-8")


@pytest.mark.parametrize("between", [";", "\t", "|"])
@pytest.mark.parametrize("names", ["Latitude, deg:Longitude, deg", "n:Широта, град:Долгота, град:Глубина, м"])
def test_commas_in_names_delimit_nothing_where_another_delimiter_does(names: str, between: str) -> None:
    rows = {2: "42,5:49,5\n42.5:49.5\n", 4: "1:42,5:49,5:3,5\n1:42.5:49.5:3\n"}[names.count(":") + 1]
    source = CsvSource(io.BytesIO(f"{names}\n{rows}".replace(":", between).encode()))
    (chunk,) = source.chunks()
    assert (chunk.batch.lat.tolist(), chunk.batch.lon.tolist()) == ([42.5, 42.5], [49.5, 49.5])


@pytest.mark.parametrize("before", ["\n", "\r\n \t\r\n", "\ufeff\n\n", "\nsep=;\n\n"])
@pytest.mark.parametrize("by_blocks", [False, True])
def test_blank_lines_before_the_header_are_passed_over(before: str, by_blocks: bool) -> None:
    data = f"{before}lat;lon\n42.5;49.5\n43;x\n".encode()
    source = CsvSource(io.BytesIO(data), by_blocks=by_blocks)
    (chunk,) = source.chunks()
    assert (chunk.batch.lat[0], chunk.batch.lon[0]) == (42.5, 49.5)
    assert list(chunk.batch.errors) == [1]
    with pytest.raises(BodyError, match="no column 'lon'"):
        CsvSource(io.BytesIO(b"\n" * 50), by_blocks=by_blocks)


def test_a_row_that_is_wrong_as_a_whole_has_no_position() -> None:
    """Decimal commas between commas would be drawn somewhere else."""
    source = CsvSource(io.BytesIO(b"lat,lon\n42,5,50,5\n42\n42.5,50.5\n"))
    (chunk,) = source.chunks()
    assert chunk.batch.lon.tolist() == pytest.approx([np.nan, np.nan, 50.5], nan_ok=True)
    assert sorted(chunk.batch.errors) == [0, 1]


def outcome(data: bytes, fields: str | None, *, by_blocks: bool, workers: int = 1) -> Any:
    try:
        return written(CsvWriter, CsvSource(io.BytesIO(data), by_blocks=by_blocks), fields, workers)
    except RequestError as error:
        return str(error)


@pytest.mark.usefixtures("small")
@given(
    rows=st.lists(
        st.tuples(word, *(st.sampled_from([*NUMBERS, "4230.0", "0042.5", "-42"]), side) * 2).map(",".join)
        | st.just("a,42.5,N,50.5,E"),
        max_size=12,
    ),
    fields=st.sampled_from(FIELDS),
)
@example(rows=["a,1E-7,S,x,E", "a,null,N,50,E"], fields="lon,lat")
@settings(max_examples=80)
def test_blocks_give_what_rows_give_with_hemispheres_apart(rows: list[str], fields: str | None) -> None:
    data = "\n".join(["n,lat,ns,lon,ew", *rows]).encode()
    assert outcome(data, fields, by_blocks=True) == outcome(data, fields, by_blocks=False)


def test_regular_blocks_are_read_by_arrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A quoted comma, an empty line and an unreadable position make no block irregular; a short row one."""
    read: list[int] = []

    def counted(batch: Any, *_: Any) -> Any:
        read.append(-1 if batch is None else batch.num_rows)
        return batch

    given = csv_table.read_block
    monkeypatch.setattr(csv_table, "read_block", lambda *a, **o: counted(given(*a, **o)))
    monkeypatch.setattr(csv_blocks, "BLOCK_BYTES", 4096)
    rows = ['"a, b",48.1,42', "", "c,x,42", "d,50,42"] * 200
    text = "\r\n".join(["n,lon,lat", *rows, "short", *rows, ""])
    _, errors = written(CsvWriter, CsvSource(io.BytesIO(text.encode()), by_blocks=True), "zone")
    assert read.count(-1) == 1
    assert sum(count for count in read if count > 0) > 800
    assert len(errors) == 401


def test_a_mark_before_the_first_cell_stays() -> None:
    """A byte order mark is one at the beginning of a file alone."""
    data = "n,lon,lat\n\ufeffx,50,42\ny,50,42\n".encode()
    made = [CsvSource(io.BytesIO(data), by_blocks=one) for one in (True, False)]
    answers = [written(CsvWriter, source, "zone") for source in made]
    assert answers[0] == answers[1]
    assert "\ufeffx".encode() in answers[0][0]


def test_a_csv_in_columns_makes_the_same_parquet(tmp_path: Path) -> None:
    rows = [f"{at},{'x' if at % 7 == 0 else 47 + at / 100},42,{'' if at % 2 else 'é'}" for at in range(500)]
    data = "\n".join(["number,lon,lat,text", *rows]).encode()
    tables = [
        pq.read_table(
            io.BytesIO(written(ParquetWriter, CsvSource(io.BytesIO(data), by_blocks=one), fields)[0])
        )
        for fields in (None, "zone,state,lat")
        for one in (False, True)
    ]
    assert tables[0].equals(tables[1], check_metadata=True)
    assert tables[2].equals(tables[3], check_metadata=True)
    assert {str(kind) for kind in tables[0].schema.types} == {"string", "double", "bool"}


def test_parquet_in_columns_gives_what_rows_give(tmp_path: Path) -> None:
    """Numbers of every type, with and without a value; each kind of column beside them."""
    rng = np.random.default_rng(3)
    count = 700
    gaps = rng.uniform(0, 1, count) < 0.1
    lon = np.where(rng.uniform(0, 1, count) < 0.1, np.nan, rng.uniform(46, 55, count))
    floats = rng.choice([0.0, -0.0, 1e-5, 0.1, 1e16, 1e300, np.nan, np.inf], count)
    columns = {
        "whole": pa.array(rng.integers(-5, 5, count), pa.int16(), mask=gaps),
        "number": pa.array(floats, mask=gaps),
        "plain": pa.array(rng.normal(0, 100, count).astype(np.float32)),
        "truth": pa.array(gaps, mask=gaps[::-1]),
        "when": pa.array(np.arange(count), pa.timestamp("ms", "UTC"), mask=gaps),
        "second": pa.array(np.arange(count) * 86399, pa.timestamp("s"), mask=gaps),
        "zulu": pa.array(np.arange(count) * 86_399_000_000, pa.timestamp("us", "UTC"), mask=gaps),
        "before": pa.array(-np.arange(count) * 86399, pa.timestamp("s")),
        "there": pa.array(np.arange(count) * 86399, pa.timestamp("s", "Asia/Baku")),
        "text": pa.array(rng.choice(["a", "b, c", 'd"e', "", None], count).tolist(), pa.string()),
        "kind": pa.array(["x", "y"] * (count // 2)).dictionary_encode(),
        "lon": pa.array(lon, mask=gaps),
    }
    for at, lat in enumerate(
        (
            pa.array(rng.uniform(36, 48, count).astype(np.float32)),
            pa.array(rng.integers(36, 48, count), pa.uint64(), mask=gaps),
            pa.array([f"{lat:.3f}" for lat in rng.uniform(36, 48, count)]),
        )
    ):
        path = tmp_path / f"{at}.parquet"
        pq.write_table(pa.table({**columns, "lat": lat}), path)
        for make in (CsvWriter, ParquetWriter):
            by_rows, in_columns = (
                written(make, parquet_source(path, in_columns=one), None) for one in (False, True)
            )
            assert by_rows[1] == in_columns[1]
            if make is CsvWriter:
                assert by_rows[0].decode().split("\n") == in_columns[0].decode().split("\n")
            else:
                tables = [pq.read_table(io.BytesIO(one[0])) for one in (by_rows, in_columns)]
                assert repr(tables[0].to_pylist()) == repr(tables[1].to_pylist())  # nan among them
                assert tables[0].schema.equals(tables[1].schema, check_metadata=True)
                assert tables[1].schema.field("when").type == columns["when"].type
                assert tables[1].schema.field("kind").type == columns["kind"].type


def test_columns_keep_their_dictionaries_where_these_pay(tmp_path: Path) -> None:
    """A dictionary of numbers that hardly come twice is larger than they are, and slow to make."""
    rng = np.random.default_rng(4)
    count = 5000
    table = pa.table(
        {
            "vessel": pa.array(np.arange(count) // 500),
            "zone": pa.array(rng.permutation(count)),  # goes out under another name
            "speed": pa.array(rng.integers(0, 200, count) / 10),
            "name": pa.array([f"{row % 7}" for row in range(count)]),
            "pair": pa.array([{"x": float(row), "y": 1.0} for row in range(count)]),
            "lon": pa.array(rng.uniform(46, 55, count)),
            "lat": pa.array(rng.integers(36, 48, count).astype(float)),
        }
    )
    # One row is always as large as without a dictionary: it tells nothing.
    with pq.ParquetWriter(tmp_path / "a.parquet", table.schema) as file:
        for part in (table.slice(0, 1), table):
            file.write_table(part)
    made, _ = written(ParquetWriter, parquet_source(tmp_path / "a.parquet", in_columns=True), "zone,state")
    group = pq.ParquetFile(io.BytesIO(made)).metadata.row_group(0)
    chunks = [group.column(at) for at in range(group.num_columns)]
    coded = {one.path_in_schema: one.has_dictionary_page for one in chunks}
    assert not any(coded[name] for name in ("zone_given", "lon", "pair.x"))
    assert all(coded[name] for name in ("vessel", "speed", "name", "lat", "zone", "state"))


def test_points_in_columns_give_what_rows_give(tmp_path: Path) -> None:
    """Points of two coordinates are read at once; an empty one, none, or one of three on the way."""
    plain = shapely.to_wkb(shapely.points([[48.1, 42], [50, 42], [200, 42]])).tolist()
    others = [None, shapely.to_wkb(shapely.Point()), shapely.to_wkb(shapely.Point(50, 42, 3))]
    others.append(shapely.to_wkb(shapely.Point(50, 42), byte_order=0))
    geo = b'{"version":"1.1.0","primary_column":"g","columns":{"g":{"encoding":"WKB","geometry_types":[]}}}'
    for points in (plain, *([*plain, other] for other in others)):
        table = pa.table({"g": pa.array(points, pa.binary()), "n": range(len(points))})
        pq.write_table(table.replace_schema_metadata({"geo": geo}), tmp_path / "g.parquet")
        for make in (CsvWriter, ParquetWriter):
            results = [
                written(make, parquet_source(tmp_path / "g.parquet", in_columns=one), None)
                for one in (False, True)
            ]
            if make is ParquetWriter:
                assert pq.read_table(io.BytesIO(results[0][0])).equals(
                    pq.read_table(io.BytesIO(results[1][0]))
                )
            else:
                assert results[0] == results[1]


def test_row_groups_are_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_table, "ROWS_AT_A_TIME", 100)
    data = b"lon,lat\n" + b"50,42\n" * 1000
    file = pq.ParquetFile(io.BytesIO(written(ParquetWriter, CsvSource(io.BytesIO(data)), "zone")[0]))
    assert (file.metadata.num_row_groups, file.metadata.num_rows) == (1, 1000)
