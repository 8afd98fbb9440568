"""Files that become far larger than they are: read with flat memory, or refused."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from api.batches import parquet_sizes
from api.batches.arrow_tables import layer_source, parquet_source
from api.batches.parquet_sizes import rows_at_a_time
from api.errors import BodyError

ROWS = 1500
LONG = "x" * 1_000_000

# Reads a file within 700 MB beside what is loaded already.
READING = """
import resource, sys
from pathlib import Path
import geopandas, pyarrow.compute, pyogrio
from api.batches import parquet_sizes
from api.batches.arrow_tables import layer_source, parquet_source
from api.batches.rows import Chunk
pyarrow.set_cpu_count(1)
name, in_columns = sys.argv[1:]
size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (size + 700 * 2**20,) * 2)
source = parquet_source(Path(name), in_columns=bool(in_columns))
print(sum(len(chunk.batch) for chunk in source.chunks()))
"""


def repeated(value: object, count: int) -> Any:
    """A column that holds a value once, and where it is."""
    return coded(np.zeros(count), [value])


def coded(codes: Any, values: list[Any]) -> Any:
    """A column of codes, and what each of them means."""
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(values))


def write(path: Path, rows: int, **columns: Any) -> Path:
    table = pa.table({"lon": pa.array(np.full(rows, 50.0)), "lat": pa.array(np.full(rows, 42.0)), **columns})
    pq.write_table(table, path, compression="zstd", store_schema=False)
    return path


def read_by_another(path: Path, in_columns: bool) -> str:
    done = subprocess.run(
        [sys.executable, "-c", READING, str(path), "x" * in_columns], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.parametrize(
    ("kind", "in_columns"),
    [
        *(("text", False), ("text", True), ("bytes", True), ("within a structure", True)),
        *(("before short ones", True), ("none first", True)),
    ],
)
def test_one_long_text_of_many_rows(tmp_path: Path, kind: str, in_columns: bool) -> None:
    """A few kB that come to 1.5 GB."""
    column = repeated(LONG, ROWS)
    if kind == "bytes":
        column = repeated(LONG.encode(), ROWS)
    elif kind == "within a structure":
        column = pa.StructArray.from_arrays([column, pa.nulls(ROWS, pa.int64())], ["a", "b"])
    elif kind == "before short ones":
        column = coded(np.arange(ROWS) % 2, [LONG, "a"])
    elif kind == "none first":
        column = pa.DictionaryArray.from_arrays(pa.array([None, *[0] * (ROWS - 1)], pa.int32()), [LONG])
    path = write(tmp_path / "in.parquet", ROWS, t=column)
    assert path.stat().st_size < 200_000
    assert read_by_another(path, in_columns) == f"{ROWS}\n"


def test_very_many_columns(tmp_path: Path) -> None:
    rows = 20_000
    columns = {f"c{number}": pa.nulls(rows, pa.float64()) for number in range(3000)}
    path = write(tmp_path / "in.parquet", rows, **columns)
    assert read_by_another(path, True) == f"{rows}\n"


def test_layers_of_large_features(tmp_path: Path) -> None:
    """As points with pictures."""
    points = geopandas.GeoDataFrame(
        {"t": [LONG] * 100}, geometry=[shapely.Point(50, 42)] * 100, crs="EPSG:4326"
    )
    points.to_file(tmp_path / "in.gpkg")
    sizes = [batch.num_rows for batch, _ in layer_source(tmp_path / "in.gpkg").geometries()]
    assert sum(sizes) == 100
    assert max(sizes) < 70


def test_usual_files_are_read_many_rows_at_a_time(tmp_path: Path) -> None:
    names = pa.array([f"ship {number}" for number in range(5000)])
    ships = names.take(pa.array(np.arange(200_000) % 5000))
    path = write(tmp_path / "in.parquet", 200_000, ship=ships, zone=repeated("x" * 200, 200_000))
    assert rows_at_a_time(path, pq.read_metadata(path), 1 << 17) == 1 << 17
    sizes = [len(chunk.batch) for chunk in parquet_source(path, in_columns=True).chunks()]
    assert sizes == [1 << 17, 200_000 - (1 << 17)]


@pytest.mark.parametrize(
    "kind",
    [
        *(pa.large_string(), pa.string_view(), pa.binary_view(), pa.list_(pa.string(), 1)),
        *(pa.dictionary(pa.int8(), pa.string()), pa.map_(pa.string(), pa.string()), pa.decimal128(38)),
    ],
    ids=str,
)
def test_texts_of_any_type_are_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: Any) -> None:
    """By the longest of them: all hundred together would make a row of a batch."""
    texts: list[Any] = [f"{number:038}" for number in range(100)] * 20
    if pa.types.is_map(kind):
        texts = [[("a", text)] for text in texts]
    elif pa.types.is_fixed_size_list(kind):
        texts = [[text] for text in texts]
    elif pa.types.is_decimal(kind):
        texts = list(map(Decimal, texts))
    elif pa.types.is_binary_view(kind):
        texts = [text.encode() for text in texts]
    rows, path = len(texts), tmp_path / "in.parquet"
    table = pa.table({"lon": [50.0] * rows, "lat": [42.0] * rows, "t": pa.array(texts, kind)})
    pq.write_table(table, path)
    monkeypatch.setattr(parquet_sizes, "BATCH_BYTES", 10_000)
    assert 50 < rows_at_a_time(path, pq.read_metadata(path), 1 << 17) < 200
    assert sum(len(chunk.batch) for chunk in parquet_source(path, in_columns=True).chunks()) == rows


@pytest.mark.parametrize("kind", ["texts", "all in one row"])
def test_lists_that_become_far_larger_are_refused(tmp_path: Path, kind: str) -> None:
    """Nobody can tell how much of them is in one row before it is read."""
    count = 40_000_000 if kind != "texts" else ROWS
    values = repeated(LONG, count) if kind == "texts" else pa.array(np.zeros(count))
    ends = np.linspace(0, count, ROWS + 1).astype(np.int32)
    if kind == "all in one row":
        ends[1:] = count
    path = write(tmp_path / "in.parquet", ROWS, t=pa.ListArray.from_arrays(pa.array(ends), values))
    with pytest.raises(BodyError, match=r"column 't.list.element' becomes more than 250 times as large"):
        list(parquet_source(path).chunks())


@pytest.mark.parametrize("dictionary", [False, True])
def test_texts_that_become_far_larger_are_refused(tmp_path: Path, dictionary: bool) -> None:
    """Long ones among very many short ones, which would all come in one batch by their average."""
    rows, path = 200_000, tmp_path / "in.parquet"
    long = [f"{number}{LONG}" for number in range(300)]
    table = pa.table(
        {"lon": np.full(rows, 50.0), "lat": np.full(rows, 42.0), "t": [*long, *"a" * (rows - 300)]}
    )
    pq.write_table(table, path, compression="zstd", use_dictionary=dictionary)
    with pytest.raises(BodyError, match="column 't' becomes more than 250 times as large"):
        list(parquet_source(path).chunks())


def test_a_row_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_sizes, "_MOST_ROW_BYTES", 900_000)
    path = write(tmp_path / "in.parquet", 1, t=pa.array([LONG]))
    with pytest.raises(BodyError, match="a row of it comes to more than 900,000 bytes"):
        list(parquet_source(path).chunks())
