"""What a request may become: memory is judged in a process of its own, by its peak."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

pytestmark = pytest.mark.whole

# The service with the simple sea: for each line of standard input a child of this process, which has
# answered once before, answers one request; its peak memory before and after. [MB]
SERVICE = """
import json, os, resource, sys
from api.application import create_app
from tests.api.fake_store import FakeStore

def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

def ask(body, content_type, accept, settings):
    client = create_app(settings, store=FakeStore()).test_client()
    answer = client.post("/classify?fields=zone", data=body, headers={"Accept": accept},
                         content_type=content_type)
    if answer.status_code != 200:
        return answer, 0, 0
    length = rows = 0
    for piece in answer.iter_encoded():
        length += len(piece)
        rows += piece.count(b"territorial_waters") + piece.count(b"the header has")
    return answer, length, rows

def answer_one(settings, content_type, accept, path):
    before = peak_mb()
    with open(path, "rb") as file:
        body = file.read()
    answer, length, rows = ask(body, content_type, accept, settings)
    detail = (answer.get_json(silent=True) or {}).get("detail") if answer.status_code != 200 else None
    print(json.dumps([answer.status_code, length, rows, peak_mb() - before, detail]), flush=True)

for accept in ("*/*", "text/csv"):
    ask(b'{"type":"Point","coordinates":[48.1,41]}', "application/geo+json", accept, {})
for line in sys.stdin:
    child = os.fork()
    if not child:
        answer_one(*json.loads(line))
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        sys.exit("a child ended before its end")
"""

GEOJSON, SEQUENCE, LINES = "application/geo+json", "application/geo+json-seq", "application/x-ndjson"
CSV, JSON = "text/csv", "application/json"


@pytest.fixture(scope="module")
def service() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", SERVICE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture
def asked(service: subprocess.Popen[str], tmp_path: Path) -> Any:
    """Status, bytes and rows of the answer, the memory that it took [MB], and what a refusal says."""

    def ask(body: bytes, content_type: str, accept: str = "*/*", **settings: int) -> Any:
        path = tmp_path / "body"
        path.write_bytes(body)
        assert service.stdin is not None
        assert service.stdout is not None
        print(json.dumps([settings, content_type, accept, str(path)]), file=service.stdin, flush=True)
        return json.loads(service.stdout.readline())

    return ask


def multipoint(count: int, size: int, **members: object) -> bytes:
    """A feature of so many positions at sea and so many bytes of properties."""
    geometry = {"type": "MultiPoint", "coordinates": [[48.1, 41]] * count}
    feature = {"type": "Feature", "properties": {"text": "x" * size}, "geometry": geometry, **members}
    return json.dumps(feature).encode()


@pytest.mark.thorough
@pytest.mark.parametrize("content_type", [GEOJSON, SEQUENCE, LINES])
@pytest.mark.parametrize("accept", ["*/*", CSV])
def test_properties_of_a_multipoint_are_not_all_held_at_once(
    content_type: str, accept: str, asked: Any
) -> None:
    status, length, rows, more_mb, _ = asked(multipoint(2_500, 100_000), content_type, accept)
    assert (status, rows) == (200, 2_500)
    assert length > 250_000_000
    assert more_mb < 150


@pytest.mark.thorough
@pytest.mark.parametrize("accept", ["*/*", CSV])
def test_many_names_of_columns_are_not_repeated_for_every_row_at_once(accept: str, asked: Any) -> None:
    names = {f"column {number}": None for number in range(990)}
    first = {"type": "Feature", "properties": names, "geometry": {"type": "Point", "coordinates": [48.1, 41]}}
    others = b'{"type":"Point","coordinates":[48.1,41]}\n' * 10_000
    status, _, rows, more_mb, _ = asked(json.dumps(first).encode() + b"\n" + others, LINES, accept)
    assert (status, rows) == (200, 10_001)
    assert more_mb < 150


@pytest.mark.parametrize("accept", [CSV, LINES])
def test_rows_of_a_wide_table_are_weighed_by_its_width(accept: str, asked: Any) -> None:
    header = ",".join(["lon", "lat", *(f"{'column' * 20} {number}" for number in range(990))])
    body = f"{header}\n".encode() + b"48.1,41\n" * 2_000
    status, _, _, more_mb, _ = asked(body, CSV, accept)
    assert status == 200
    assert more_mb < 150


@pytest.mark.parametrize("content_type", [GEOJSON, SEQUENCE])
def test_a_long_id_is_not_repeated(content_type: str, asked: Any) -> None:
    status, length, _, more_mb, _ = asked(multipoint(10_000, 10, id="x" * 100_000), content_type)
    assert status in (200, 400)
    assert length < 1_000_000
    assert more_mb < 100


def test_an_array_of_millions_is_refused_before_it_is_made(asked: Any) -> None:
    body = b'{"points":[' + b"[]," * 5_500_000 + b"[]]}"
    status, _, _, more_mb, detail = asked(body, JSON)
    assert status == 413
    assert "CASPIAN_MAX_REQUEST_MEMORY_MB" in detail
    assert more_mb < 100


@pytest.mark.parametrize(
    ("columns", "content_type", "status"), [(1000, CSV, 200), (1001, CSV, 413), (20_000, CSV, 413)]
)
def test_headers_of_a_thousand_columns(columns: int, content_type: str, status: int, asked: Any) -> None:
    header = ",".join(["lon", "lat", *map(str, range(columns - 2))])
    found, _, _, more_mb, detail = asked(f"{header}\n".encode() + b"48.1\n" * 2000, content_type)
    assert found == status
    assert more_mb < 100
    assert detail is None or "at most 1,000 are read" in detail


def test_records_are_weighed_by_what_they_become(asked: Any) -> None:
    nested = b'{"type":"Feature","properties":{"a":[' + b"[]," * 300_000 + b"[]]},"
    record = nested + b'"geometry":{"type":"Point","coordinates":[48.1,41]}}\n'
    status, _, rows, more_mb, _ = asked(record * 9, LINES)
    assert (status, rows) == (200, 9)
    assert more_mb < 150


def test_positions_of_a_multipoint_are_counted_before_they_become_rows(asked: Any) -> None:
    status, _, _, more_mb, detail = asked(multipoint(800_000, 1, id="x" * 100), GEOJSON)
    assert status == 413
    assert "more than 100,000 points" in detail
    assert more_mb < 300


# The command answers a file; its peak memory before and after. [MB]
COMMAND = """
import resource, sys
from api.commands.main import main
from tests.api.fake_store import FakeStore

def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

small, large, out = sys.argv[1:]
assert main(["classify", small, "--fields", "zone", "-o", out], store=FakeStore()) == 0
before = peak_mb()
assert main(["classify", large, "--fields", "zone", "-o", out], store=FakeStore()) == 0
print(peak_mb() - before)
"""


def test_columns_beside_a_multipoint_of_a_file_are_not_all_held_at_once(tmp_path: Any) -> None:
    column = {"encoding": "WKB", "geometry_types": []}
    geo = json.dumps({"version": "1.1.0", "primary_column": "at", "columns": {"at": column}})
    paths = [str(tmp_path / name) for name in ("small.parquet", "large.parquet", "out.geojsonl")]
    for path, size, count in ((paths[0], 10, 2), (paths[1], 100_000, 2_500)):
        points = shapely.to_wkb(shapely.MultiPoint([[48.1, 41]] * count))
        table = pa.table({"text": ["x" * size], "at": pa.array([points], pa.binary())})
        pq.write_table(table.replace_schema_metadata({"geo": geo}), path)
    run = subprocess.run(
        [sys.executable, "-c", COMMAND, *paths], env=os.environ, capture_output=True, text=True, check=True
    )
    assert Path(paths[2]).stat().st_size > 250_000_000
    assert float(run.stdout) < 150
