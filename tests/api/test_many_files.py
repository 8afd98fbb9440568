"""Many files answered into a folder: what goes where, what is refused, and what a run leaves to the next."""

from __future__ import annotations

import fcntl
import gzip
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from api.batches import file_answers, packing
from api.batches.manifest import MANIFEST
from api.commands import classify_files
from tests.api.conftest import Caspian, Outcome
from tests.api.fake_store import FakeEdition

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60
ROW = "a,48.1,42\n"
HEADER = "name,lon,lat\n"
FIELDS = ("--fields", "zone,state")


def table(path: Path, rows: int, lon: float = 48.1) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER + f"a,{lon},42\n" * rows, encoding="utf-8")


@pytest.fixture
def year(tmp_path: Path) -> Path:
    """Six files in partitions, of several forms."""
    folder = tmp_path / "in"
    for month in (1, 2):
        table(folder / "year=2024" / f"month={month}" / "ships.csv", 30 * month)
    (folder / "year=2024" / "packed.csv.gz").write_bytes(gzip.compress((HEADER + ROW * 50).encode()))
    pq.write_table(pa.table({"lon": [48.1, 50.0], "lat": [42.0, 42.0]}), folder / "ships.parquet")
    feature = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [50, 42]}, "properties": {}}
    (folder / "one.geojson").write_text(json.dumps(feature), encoding="utf-8")
    (folder / "tabs.tsv").write_text((HEADER + ROW).replace(",", "\t"), encoding="utf-8")
    for other in ("_SUCCESS.csv", ".hidden.csv"):
        (folder / other).write_text("no table", encoding="utf-8")
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def refused(outcome: Outcome, *words: str) -> None:
    assert outcome.code == 2
    assert len(outcome.err.splitlines()) == 1
    for word in words:
        assert word in outcome.err


@pytest.mark.parametrize("workers", [1, 2])
def test_a_folder_keeps_its_partitions(caspian: Caspian, year: Path, tmp_path: Path, workers: int) -> None:
    out = tmp_path / "out"
    (year / "notes.dat").write_text("no table", encoding="utf-8")
    outcome = caspian("classify", year, "-o", out, *FIELDS, "--workers", workers)
    unread = f"caspian: 1 file is of no known ending and not read: {year / 'notes.dat'}\n"
    assert outcome.err == f"{unread}caspian: 6 files, 144 rows, 0 of them with an error\n"
    assert outcome.code == 0
    assert sorted(tree(out)) == [
        MANIFEST, "one.geojson", "ships.parquet", "tabs.csv",
        "year=2024/month=1/ships.csv", "year=2024/month=2/ships.csv", "year=2024/packed.csv.gz",
    ]  # fmt: skip
    alone = caspian("classify", year / "year=2024" / "month=2" / "ships.csv", *FIELDS).out
    assert (out / "year=2024" / "month=2" / "ships.csv").read_text(encoding="utf-8") == alone
    assert gzip.decompress((out / "year=2024" / "packed.csv.gz").read_bytes()).count(b"\n") == 51
    head, *entries = (json.loads(line) for line in (out / MANIFEST).read_text(encoding="utf-8").splitlines())
    assert head["edition"] == "osm-0123abcd"
    assert head["fields"] == ["zone", "state"]
    assert [one["output"] for one in entries] == sorted(name for name in tree(out) if name != MANIFEST)
    sums = subprocess.run(
        ["sha256sum", *(one["input"] for one in entries), *(out / one["output"] for one in entries)],
        capture_output=True, text=True, check=True,
    ).stdout.split()[::2]  # fmt: skip
    said = [one["input_sha256"] for one in entries] + [one["output_sha256"] for one in entries]
    assert sums == said


def test_what_is_done_is_not_done_again(
    caspian: Caspian, year: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    command = ("classify", year, "-o", out, *FIELDS, "--workers", 1)
    caspian(*command)
    before = tree(out)
    done: list[str] = []
    answer = file_answers.answer_file

    def counted(edition: Any, name: str, *others: Any) -> Any:
        done.append(Path(name).name)
        return answer(edition, name, *others)

    monkeypatch.setattr("api.batches.many_files.answer_file", counted)
    assert caspian(*command).code == 0
    assert done == []
    (out / "tabs.csv").write_text("damaged", encoding="utf-8")
    (out / "one.geojson").unlink()
    with (out / MANIFEST).open("a", encoding="utf-8") as file:
        file.write('{"output": "ships.parquet", "inp')  # as of who was killed on the way
    assert caspian(*command).code == 0
    assert sorted(done) == ["one.geojson", "tabs.tsv"]
    assert tree(out) == before
    table(year / "year=2024" / "month=1" / "ships.csv", 7)
    caspian(*command)
    assert done[2:] == ["ships.csv"]


def test_forms_patterns_and_single_files(caspian: Caspian, year: Path, tmp_path: Path) -> None:
    months = [f"year=2024/month={month}/ships.parquet" for month in (1, 2)]
    cases = [
        ([year / "*" / "*" / "*.csv"], months),
        ([year / "**" / "*.gz"], ["year=2024/packed.parquet"]),
        ([year / "year=*"], [*months, "year=2024/packed.parquet"]),
        (sorted(year.glob("*/*/*.csv")), months),
        ([year / "tabs.tsv", year / "one.geojson"], ["one.parquet", "tabs.parquet"]),
    ]
    for at, (names, outputs) in enumerate(cases):
        out = tmp_path / str(at)
        assert caspian("classify", *names, "-o", out, *FIELDS, "--to", "parquet").code == 0
        assert sorted(tree(out)) == [MANIFEST, *outputs]
    assert pq.read_table(tmp_path / "2")["zone"].to_pylist() == ["territorial_waters"] * 140


def test_links_are_followed_once_and_what_is_not_named_any_more_is_said(
    caspian: Caspian, year: Path, tmp_path: Path
) -> None:
    for _ in range(2):  # its own outputs are no inputs
        assert caspian("classify", year / "**" / "*.csv", "-o", year / "some", *FIELDS).code == 0
        assert len(tree(year / "some")) == 3
    shutil.rmtree(year / "some")
    table(tmp_path / "apart" / "far.csv", 3)
    (year / "year=2025").symlink_to(tmp_path / "apart")
    (tmp_path / "apart" / "around").symlink_to(year)
    command = ("classify", year, "-o", year / "out", *FIELDS)
    assert caspian(*command).code == 0
    before = tree(year / "out")
    assert "year=2025/far.csv" in before
    assert len(before) == 8
    (tmp_path / "apart" / "far.csv").unlink()
    said = caspian(*command).err
    assert f"1 file is in {year / 'out'} of inputs that are not named now: year=2025/far.csv" in said
    assert tree(year / "out") == before


def test_a_folder_goes_before_a_link_to_it(caspian: Caspian, year: Path, tmp_path: Path) -> None:
    (year / "latest").symlink_to("year=2024")
    (year / "year=2024" / "again").symlink_to("month=2")
    (year / "a").symlink_to("year=2024/month=1")
    assert caspian("classify", year, "-o", tmp_path / "out", *FIELDS).code == 0
    (year / "latest").unlink()
    (year / "year=2024" / "again").unlink()
    (year / "a").unlink()
    assert caspian("classify", year, "-o", tmp_path / "right", *FIELDS).code == 0
    assert tree(tmp_path / "out") == tree(tmp_path / "right")


@pytest.mark.parametrize("pattern", ["*", "*/*", "**", "*/*/*.csv", "*/month=*/*"])
def test_a_pattern_matches_a_folder_once(caspian: Caspian, year: Path, tmp_path: Path, pattern: str) -> None:
    """By its own name before that of a link to it; of two links by the first."""
    table(tmp_path / "apart" / "month=1" / "far.csv", 3)
    for name in ("b", "c"):
        (year / name).symlink_to(tmp_path / "apart")
    assert caspian("classify", year / pattern, "-o", tmp_path / "right", *FIELDS).code == 0
    assert (tmp_path / "right" / "b" / "month=1" / "far.csv").exists()
    assert not (tmp_path / "right" / "c").exists()
    (year / "a").symlink_to("year=2024")
    assert caspian("classify", year / pattern, "-o", tmp_path / "out", *FIELDS).code == 0
    assert tree(tmp_path / "out") == tree(tmp_path / "right")


def test_named_pipes_are_not_waited_for(caspian: Caspian, year: Path, tmp_path: Path) -> None:
    os.mkfifo(year / "pipe.csv")
    refused(caspian("classify", year / "pipe.csv", *FIELDS), "pipe.csv is not a file")
    said = caspian("classify", year, "-o", tmp_path / "out", *FIELDS)
    assert said.code == 0
    assert "pipe.csv" in said.err
    reading, writing = os.pipe()
    os.write(writing, (HEADER + ROW).encode())
    os.close(writing)
    assert caspian("classify", f"/dev/fd/{reading}", *FIELDS).out.startswith("name,lon,lat,zone")
    os.close(reading)


def test_what_is_refused_before_the_work(caspian: Caspian, store: Any, year: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    refused(caspian("classify", year), "-o FOLDER is needed")
    refused(caspian("classify", year / "nothing" / "*.csv", "-o", out / "x.csv"), "no file")
    refused(caspian("classify", year, tmp_path / "none.csv", "-o", out), "no file", "none.csv")
    (tmp_path / "empty").mkdir()
    refused(caspian("classify", tmp_path / "empty", "-o", out), "no file of positions", ".parquet")
    one, other = year / "year=2024" / "month=1" / "ships.csv", tmp_path / "month=1" / "ships.csv"
    table(other, 1)
    refused(caspian("classify", other, tmp_path / "month=1" / "." / "ships.csv", "-o", out), "named twice")
    (tmp_path / "year=2024").mkdir()
    (tmp_path / "year=2024" / "month=1").symlink_to(other.parent)
    again = tmp_path / "year=2024" / "month=1" / "ships.csv"
    refused(caspian("classify", one, again, "-o", out), "have one name", str(one), str(again))
    table(tmp_path / "two" / "a.csv", 1)
    table(tmp_path / "two" / "a.tsv", 1)
    refused(caspian("classify", tmp_path / "two", "-o", out), "a.csv", "a.tsv", "have one name")
    refused(caspian("classify", year, "-o", year), "is a file that is read")
    refused(caspian("classify", year, "-o", one), "is a file")
    refused(caspian("classify", year, "-o", tmp_path / "two"), "not empty")
    for options in (["--workers", "0"], ["--workers", "x"], ["--to", "xlsx"], ["--json"]):
        refused(caspian("classify", year, "-o", out, *options))
    assert not out.exists()
    assert caspian("classify", year, "-o", out, *FIELDS).code == 0
    before = tree(out)
    refused(caspian("classify", year, "-o", out, *FIELDS, "--edition", "gshhg"), "edition", "osm-0123abcd")
    refused(caspian("classify", year, "-o", out), "fields")
    held = os.open(out, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    refused(caspian("classify", year, "-o", out, *FIELDS), "another process")
    os.close(held)
    table(tmp_path / "elsewhere" / "tabs.tsv", 3)
    refused(caspian("classify", tmp_path / "elsewhere", "-o", out, *FIELDS), "would replace", "tabs.tsv")
    assert tree(out) == before


@pytest.mark.parametrize("workers", [1, 2])
def test_a_damaged_file_among_good_ones(caspian: Caspian, year: Path, tmp_path: Path, workers: int) -> None:
    good = {name: (year / name).read_bytes() for name in ("ships.parquet", "year=2024/packed.csv.gz")}
    assert caspian("classify", year, "-o", tmp_path / "right", *FIELDS).code == 0
    (year / "ships.parquet").write_bytes(good["ships.parquet"][:-40] + bytes(40))
    (year / "year=2024/packed.csv.gz").write_bytes(good["year=2024/packed.csv.gz"][:-12])
    command = ("classify", year, "-o", tmp_path / "out", *FIELDS, "--workers", workers)
    outcome = caspian(*command)
    assert outcome.code == 2
    assert "2 of 6 files could not be answered" in outcome.err
    assert "ships.parquet: not a Parquet file" in outcome.err
    assert "packed.csv.gz: the file is damaged" in outcome.err
    assert sorted(tree(tmp_path / "out")) == sorted(set(tree(tmp_path / "right")) - set(good))
    for name, content in good.items():
        (year / name).write_bytes(content)
    assert caspian(*command).code == 0
    assert tree(tmp_path / "out") == tree(tmp_path / "right")
    (year / "ships.parquet").write_bytes(b"no")  # what it was answered before goes with it
    assert caspian(*command).code == 2
    assert sorted(tree(tmp_path / "out")) == sorted(set(tree(tmp_path / "right")) - {"ships.parquet"})
    assert "ships.parquet" not in (tmp_path / "out" / MANIFEST).read_text(encoding="utf-8")


def outputs(folder: Path) -> list[str]:
    return sorted(name for name in tree(folder) if name != MANIFEST)


@pytest.mark.parametrize("workers", [1, 2])
def test_links_that_lead_nowhere_are_named_and_the_others_answered(
    caspian: Caspian, year: Path, tmp_path: Path, workers: int
) -> None:
    assert caspian("classify", year, "-o", tmp_path / "right", *FIELDS).code == 0
    (year / "dangling.csv").symlink_to("missing.csv")
    (year / "loop.csv").symlink_to("loop.csv")
    for names in ([year], [year / "**" / "*.*"]):
        for _ in range(2):  # the second time the folder is there
            outcome = caspian("classify", *names, "-o", tmp_path / "out", *FIELDS, "--workers", workers)
            refused(outcome, "2 of 8 files could not be answered")
            assert f"{year / 'dangling.csv'}: No such file or directory" in outcome.err
            assert f"{year / 'loop.csv'}: Too many levels of symbolic links" in outcome.err
            assert outputs(tmp_path / "out") == outputs(tmp_path / "right")
        shutil.rmtree(tmp_path / "out")
    refused(caspian("classify", year / "dangling.csv", "-o", tmp_path / "x.csv"), "there is no file")


def test_a_folder_that_cannot_be_read_is_named(
    caspian: Caspian, year: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scandir = os.scandir

    def guarded(path: Any = ".") -> Any:
        if not isinstance(path, int) and Path(path).name == closed:
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    closed = "month=1"
    outcome = caspian("classify", year, "-o", tmp_path / "out", *FIELDS)
    refused(outcome, "1 of 6 files could not be answered", "month=1: ")
    assert len(outputs(tmp_path / "out")) == 5
    closed = year.name
    refused(caspian("classify", year, "-o", tmp_path / "none", *FIELDS), f"{year}: Permission denied")


def test_every_damaged_file_is_named(caspian: Caspian, tmp_path: Path) -> None:
    names = [tmp_path / "in" / f"{number:02}.parquet" for number in range(20)]
    names[0].parent.mkdir()
    for number, name in enumerate(names):
        if number < 12:
            name.write_bytes(b"no")
        else:
            pq.write_table(pa.table({"lon": [48.1], "lat": [42.0]}), name)
    outcome = caspian("classify", names[0].parent, "-o", tmp_path / "out", *FIELDS)
    assert outcome.code == 2
    *lines, last = outcome.err.splitlines()
    assert last == "caspian: 12 of 20 files could not be answered"
    assert [line.partition(": not a Parquet file")[0] for line in lines] == [
        f"caspian: {name}" for name in names[:12]
    ]
    assert len(outputs(tmp_path / "out")) == 8
    for name in names:
        table(name.with_suffix(".csv"), 2, lon=200.0)
        name.unlink()
    said = caspian("classify", names[0].parent, "-o", tmp_path / "none", *FIELDS).err
    assert said.count("none of 2 rows could be answered") == 3
    assert f"no row could be answered of 17 files more, see {MANIFEST}" in said


@pytest.mark.parametrize("workers", [1, 2])
def test_names_that_are_no_text(
    caspian: Caspian, tmp_path: Path, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Linux a name may hold any bytes but two."""
    odd, folder = os.fsdecode(b"\xff\\u"), tmp_path / "in"
    table(folder / odd / f"{odd}.csv", 2)
    pq.write_table(pa.table({"lon": [48.1], "lat": [42.0]}), tmp_path / "a.parquet")
    for ending in ("gpkg", "shp"):
        pyogrio.raw.write(
            tmp_path / f"a.{ending}", shapely.to_wkb(shapely.points([[48.1, 42.0]])), [np.array([7])],
            ["number"], geometry_type="Point", crs="EPSG:4326",
        )  # fmt: skip
    for one in tmp_path.glob("a.*"):
        one.rename(folder / f"{odd}{'' if one.suffix in ('.gpkg', '.parquet') else 's'}{one.suffix}")
    command = ("classify", folder, "-o", tmp_path / "out", *FIELDS, "--workers", workers)
    outcome = caspian(*command)
    assert outcome.err == "caspian: 4 files, 5 rows, 0 of them with an error\n"
    assert outputs(tmp_path / "out") == sorted(
        [f"{odd}/{odd}.csv", f"{odd}.parquet", f"{odd}.geojson", f"{odd}s.geojson"]
    )
    assert '"number":7' in (tmp_path / "out" / f"{odd}s.geojson").read_text()
    before = tree(tmp_path / "out")
    entries = [json.loads(line) for line in before[MANIFEST].decode().splitlines()[1:]]
    assert [one["output"] for one in entries] == outputs(tmp_path / "out")
    monkeypatch.setattr("api.batches.many_files.answer_file", None)  # nothing is done again
    assert caspian(*command).code == 0
    assert tree(tmp_path / "out") == before


def test_partitions_stay_however_inputs_are_named(
    caspian: Caspian, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = tmp_path / "hy"
    for month in ("year=2023/month=01", "year=2023/month=02", "year=2024/month=01"):
        table(top / month / "x.csv", 2)
    zipped(top / "year=2024" / "more.zip", {"a.csv": HEADER + ROW, "b.csv": HEADER + ROW})
    early = ["year=2023/month=01/x.csv", "year=2023/month=02/x.csv"]
    late = ["year=2024/month=01/x.csv", "year=2024/more/a.csv", "year=2024/more/b.csv"]
    monkeypatch.chdir(top / "year=2023")
    cases = [
        ([top], [*early, *late]),
        ([top / "year=2023", top / "year=2024"], [*early, *late]),
        ([top / "year=2023" / "month=01"], early[:1]),
        ([top / "year=2023" / "month=0[12]"], early),
        ([top / "year=2023" / "month=0[12]" / "*.csv"], early),
        ([top / "year=2023" / "**" / "*.csv"], early),
        ([top / "year=*" / "month=01"], [early[0], late[0]]),
        ([top / early[0], top / late[0]], [early[0], late[0]]),
        ([top / "year=2024" / "more.zip", top / early[0]], [early[0], *late[1:]]),
        (["."], early),
        (["month=01", "month=02"], early),
        (["month=0*/x.csv"], early),
        (["month=01/x.csv", "../year=2024/month=01/x.csv"], [early[0], late[0]]),
    ]
    for at, (names, right) in enumerate(cases):
        assert caspian("classify", *names, "-o", tmp_path / str(at), *FIELDS).code == 0
        assert outputs(tmp_path / str(at)) == right, names
    refused(caspian("classify", top, top / "year=2024", "-o", tmp_path / "no", *FIELDS), "is named twice")


def test_strict_stops_at_the_first(caspian: Caspian, year: Path, tmp_path: Path) -> None:
    bad = year / "year=2024" / "month=1" / "ships.csv"
    bad.write_text(HEADER + ROW * 20_000 + "a,x,42\na,200,42\n", encoding="utf-8")
    single = tmp_path / "one.csv"
    refused(caspian("classify", bad, "-o", single, "--strict"), "row 20,001", "'x' is not", "ships.csv")
    refused(caspian("classify", year, "-o", tmp_path / "out", "--strict", "--workers", 2), "row 20,001")
    assert not single.exists()
    outcome = caspian("classify", year, "-o", tmp_path / "lax", *FIELDS)
    assert outcome.err == "caspian: 6 files, 20,116 rows, 2 of them with an error\n"
    refused(caspian("classify", year, "-o", tmp_path / "lax", *FIELDS, "--strict"), "row 20,001")
    (year / "ships.parquet").write_bytes(b"no")
    bad.unlink()
    refused(caspian("classify", year, "-o", tmp_path / "out2", "--strict"), "ships.parquet", "--strict")


def test_a_file_that_grows_while_it_is_read(
    caspian: Caspian, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, answer = tmp_path / "in.csv", FakeEdition.classify
    table(source, 5)

    def growing(*arguments: Any, **options: Any) -> Any:
        with source.open("a", encoding="utf-8") as file:
            file.write(ROW)
        return answer(*arguments, **options)

    monkeypatch.setattr(FakeEdition, "classify", growing)
    refused(caspian("classify", source, "-o", tmp_path / "out.csv"), "has changed while it was read")
    table(tmp_path / "other.csv", 1)
    outcome = caspian("classify", source, tmp_path / "other.csv", "-o", tmp_path / "out", "--workers", 1)
    refused(outcome, "1 of 2 files", "in.csv: the file has changed")
    assert sorted(tree(tmp_path / "out")) == [MANIFEST, "other.csv"]
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize("kind", [".gz", ".zst"])
def test_packed_files(caspian: Caspian, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """The same answers, the same bytes each time; what becomes too large is refused, with flat memory."""
    table(tmp_path / "in.csv", 3000)
    plain = caspian("classify", tmp_path / "in.csv", *FIELDS).out.encode()
    for name in ("once", "again"):
        target = tmp_path / f"{name}.csv{kind}"
        assert caspian("classify", tmp_path / "in.csv", *FIELDS, "-o", target).code == 0
    assert (tmp_path / f"once.csv{kind}").read_bytes() == (tmp_path / f"again.csv{kind}").read_bytes()
    with pa.CompressedInputStream(
        tmp_path / f"once.csv{kind}", {".gz": "gzip", ".zst": "zstd"}[kind]
    ) as file:
        assert file.read() == plain
    packed = pa.compress(
        (HEADER + ROW * 3000).encode(), codec={".gz": "gzip", ".zst": "zstd"}[kind], asbytes=True
    )
    source = tmp_path / f"in.csv{kind}"
    source.write_bytes(packed)
    assert caspian("classify", source, *FIELDS).out.encode() == plain
    for content in (packed[:-5], b"no", packed[:30] + b"no" + packed[30:]):
        source.write_bytes(content)
        refused(caspian("classify", source, "-o", tmp_path / "x.csv"), f"in.csv{kind}: the file is damaged")
    monkeypatch.setattr(packing, "_FREE_BYTES", 1000)
    monkeypatch.setattr(packing, "MOST_TIMES", 20)
    source.write_bytes(packed)
    refused(caspian("classify", source, "-o", tmp_path / "x.csv"), "more than 20 times as large")
    refused(caspian("classify", tmp_path / "in.csv", "-o", tmp_path / f"x.parquet{kind}"), kind)
    assert not (tmp_path / "x.csv").exists()


def test_what_records_are_read_from_is_made_before_processes_are_forked(
    caspian: Caspian, year: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    monkeypatch.setattr(classify_files, "_LEAST_FOR_BLOCKS", 1)
    monkeypatch.setattr(FakeEdition, "blocks", property(lambda _: made.append(os.getpid())), raising=False)
    labels = (*FIELDS, "-o", tmp_path / "labels", "--workers", 2)
    assert caspian("classify", year, *labels).code == 0
    assert made == []
    records = ("--fields", "zone,limit_distance_m", "-o", tmp_path / "records", "--workers", 2)
    assert caspian("classify", year, *records).code == 0
    assert made == [os.getpid()]


def zipped(path: Path, files: Mapping[str, str | bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)


def test_a_layer_whose_geometries_gdal_misreads(caspian: Caspian, tmp_path: Path) -> None:
    """Of a FlatGeobuf in which a feature has none GDAL hands over columns of impossible lengths."""
    path = tmp_path / "a.fgb"
    wkb = [*shapely.to_wkb(shapely.points([[48.1, 42.0], [48.2, 42.0]])), None]
    pyogrio.raw.write(
        path, np.array(wkb, dtype=object), [np.array([1, 2, 3])], ["number"],
        geometry_type="Point", crs="EPSG:3857", SPATIAL_INDEX="NO",
    )  # fmt: skip
    outcome = caspian("classify", path, "-o", tmp_path / "a.csv")
    if outcome.code:  # GDAL may learn to read it
        refused(outcome, "a.fgb", "cannot be read; write it as GeoPackage")
    assert (tmp_path / "a.csv").exists() is (outcome.code == 0)


def test_archives(caspian: Caspian, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One table is read as a file, several as a folder; a folder of archives as a folder of folders."""
    one, two, out, days = (tmp_path / name for name in ("one.zip", "two.zip", "out", "days"))
    layer = tmp_path / "points.shp"
    pyogrio.raw.write(
        layer, shapely.to_wkb(shapely.points([[48.1, 42.0]])), [np.array([7])], ["number"],
        geometry_type="Point", crs="EPSG:4326",
    )  # fmt: skip
    zipped(one, {"d/a.csv": HEADER + ROW, "__MACOSX/._a.csv": "no", ".hidden": "no"})
    plain = f"{HEADER[:-1]},zone,state,error\n{ROW[:-1]},territorial_waters,AZE,\n"
    assert caspian("classify", one, *FIELDS).out == plain
    parts = {f"l/{path.name}": path.read_bytes() for path in tmp_path.glob("points.*")}
    zipped(two, {"d/a.csv": HEADER + ROW, "read.me": "no table", **parts})
    refused(caspian("classify", two), "two.zip holds several files", "-o FOLDER")
    outcome = caspian("classify", two, *FIELDS, "-o", out)
    assert "1 file is of no known ending and not read" in outcome.err
    assert {name for name in tree(out) if name != MANIFEST} == {"d/a.csv", "l/points.geojson"}
    assert (out / "d/a.csv").read_text() == plain
    assert '"number":7,"zone":"territorial_waters"' in (out / "l/points.geojson").read_text()
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*.*json")}
    assert caspian("classify", two, *FIELDS, "-o", out).code == 0
    assert {
        path: path.stat().st_mtime_ns for path in before if path.name != MANIFEST
    }.items() <= before.items()
    assert caspian("classify", two / "d" / "a.csv", *FIELDS).out == plain
    refused(caspian("classify", two / "d" / "b.csv"), "two.zip holds no 'd/b.csv'")

    twice = tmp_path / "twice.zip"
    with zipfile.ZipFile(twice, "w") as archive, warnings.catch_warnings(action="ignore"):
        archive.writestr("a.csv", HEADER + ROW)
        archive.writestr("a.csv", HEADER + ROW * 2)
    refused(caspian("classify", twice), "twice.zip", "two files of one name, 'a.csv'")

    days.mkdir()
    for day in (1, 2):
        zipped(days / f"{day}.zip", {"ais.csv": HEADER + ROW * day})
    (days / "3.zip").write_bytes((days / "2.zip").read_bytes()[:-30])
    for inputs, folder in (([days], "years"), ([days / f"{day}.zip" for day in (3, 1, 2)], "named")):
        outcome = caspian("classify", *inputs, *FIELDS, "-o", tmp_path / folder)
        refused(outcome, "1 of 3 files", "3.zip: the archive is")
        found = {name for name in tree(tmp_path / folder) if name != MANIFEST}
        assert found == {"1/ais.csv", "2/ais.csv"}

    zipped(one, {"../a.csv": HEADER})
    refused(caspian("classify", one), "one.zip: the archive names a place outside of it, '../a.csv'")
    monkeypatch.setattr(packing, "_FREE_BYTES", 1000)
    zipped(one, {"a.csv": HEADER + ROW * 100_000})
    refused(caspian("classify", one), "one.zip: the archive becomes more than 250 times as large")
    outcome = caspian("classify", one, days / "1.zip", "-o", tmp_path / "many")
    refused(outcome, "1 of 2 files", "one.zip: the archive becomes")


def test_columns_and_layers_are_chosen(caspian: Caspian, tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("X,Y,lon,Lon\n48.1,42,1,2\n", encoding="utf-8")
    refused(caspian("classify", source), "2 columns could be 'lon': lon, Lon", "--lon-column")
    refused(caspian("classify", source, "--lon-column", "X"), "no column 'lat'", "--lat-column", "X, Y")
    refused(caspian("classify", source, "--lon-column", "Z", "--lat-column", "Y"), "no column 'Z'")
    chosen = ("--lon-column", "X", "--lat-column", "Y", "--fields", "zone")
    assert caspian("classify", source, *chosen).out.splitlines()[1] == "48.1,42,1,2,territorial_waters,"
    pq.write_table(pa.table({"X": [48.1], "Y": [42.0]}), tmp_path / "in.parquet")
    assert "territorial_waters" in caspian("classify", tmp_path / "in.parquet", *chosen).out
    for layer, lon in (("near", 48.1), ("far", 50.0)):
        pyogrio.raw.write(
            tmp_path / "in.gpkg", shapely.to_wkb(shapely.points([[lon, 42.0]])), [np.array([1])], ["n"],
            geometry_type="Point", crs="EPSG:4326", layer=layer, append=layer == "far",
        )  # fmt: skip
    refused(caspian("classify", tmp_path / "in.gpkg"), "near, far", "--layer")
    refused(caspian("classify", tmp_path / "in.gpkg", "--layer", "x"), "'x'", "near, far")
    for layer, zone in (("near", "territorial_waters"), ("far", "common_maritime_space")):
        assert zone in caspian("classify", tmp_path / "in.gpkg", "--layer", layer, *FIELDS).out


# What is killed

PROGRAM = """
import os, signal, sys
from types import SimpleNamespace
from api.batches import many_files
from tests.api.fake_store import FakeEdition, FakeStore
from api.batches.manifest import Entry
from api.commands.main import main
answer = FakeEdition.classify
def hold():
    os.write(2, b"%d\\n" % os.getpid())  # at once, for another process writes, too
    signal.pause()
def held(self, *, lon, lat, **options):
    if os.environ["HOLD"] == "answering" and 53.0 in lon:
        hold()
    return answer(self, lon=lon, lat=lat, **options)
FakeEdition.classify = held
if os.environ["HOLD"] == "sending":
    Entry.__reduce__ = lambda self: hold()
if os.environ["HOLD"] == "beginning":
    many_files.importlib = SimpleNamespace(import_module=lambda name: hold())
sys.exit(main(store=FakeStore()))
"""


def start(*arguments: object, hold: str = "", largest: int | None = None) -> subprocess.Popen[bytes]:
    def limit() -> None:
        if largest is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))

    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *map(str, arguments)], cwd=ROOT, stderr=subprocess.PIPE,
        env={**os.environ, "HOLD": hold}, preexec_fn=limit,
    )  # fmt: skip


@pytest.fixture
def answered(caspian: Caspian, year: Path, tmp_path: Path) -> Callable[[], None]:
    """Whether a run that nothing disturbs, after one that was, gives what it gives alone."""
    table(year / "zulu" / "last.csv", 400, 53.0)
    places = np.random.default_rng(4).uniform([48.0, 37.0], [52.0, 47.0], (1000, 2))
    pq.write_table(pa.table({"lon": places[:, 0], "lat": places[:, 1]}), year / "zulu" / "large.parquet")
    command = ("classify", year, *FIELDS, "--workers", 2)
    assert caspian(*command, "-o", tmp_path / "right").code == 0

    def check() -> None:
        assert caspian(*command, "-o", tmp_path / "out").code == 0
        assert tree(tmp_path / "out") == tree(tmp_path / "right")
        assert not list((tmp_path / "out").rglob("*.partial"))

    return check


@pytest.mark.parametrize(
    ("who", "number"), [("worker", signal.SIGKILL), ("main", signal.SIGKILL), ("main", signal.SIGTERM)]
)
def test_a_process_that_is_killed(
    answered: Callable[[], None], year: Path, tmp_path: Path, who: str, number: signal.Signals
) -> None:
    process = start("classify", year, *FIELDS, "--workers", 2, "-o", tmp_path / "out", hold="answering")
    assert process.stderr is not None
    worker = int(process.stderr.readline())
    assert worker != process.pid
    os.kill(worker if who == "worker" else process.pid, number)
    said = process.stderr.read().decode()  # to its end: no process is left
    code = process.wait(PATIENCE_S)
    if who == "worker":
        assert code == 2
        assert said.startswith("caspian: one of 2 processes was killed")
        assert len(said.splitlines()) == 1
    else:
        assert code == (-number if number == signal.SIGKILL else 128 + number)
        assert said == ""
    if number == signal.SIGTERM:
        assert not list((tmp_path / "out").rglob("*.partial"))
    answered()


@pytest.mark.parametrize(("hold", "number"), [("sending", signal.SIGKILL), ("beginning", signal.SIGTERM)])
def test_a_process_that_is_killed_while_another_begins_or_gives_its_answer(
    answered: Callable[[], None], year: Path, tmp_path: Path, hold: str, number: signal.Signals
) -> None:
    process = start("classify", year, *FIELDS, "--workers", 2, "-o", tmp_path / "out", hold=hold)
    assert process.stderr is not None
    workers = [int(process.stderr.readline()) for _ in range(2)]
    assert len({*workers, process.pid}) == 3
    os.kill(workers[0], number)
    assert process.stderr.read().decode().startswith("caspian: one of 2 processes was killed")
    assert process.wait(PATIENCE_S) == 2
    answered()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_full_disk(answered: Callable[[], None], year: Path, tmp_path: Path, workers: int) -> None:
    """At a size that the outputs of the last two files exceed, a Parquet file and CSV."""
    sizes = {name: len(content) for name, content in tree(tmp_path / "right").items()}
    largest = min(size for name, size in sizes.items() if name.startswith("zulu")) - 1
    assert largest > sizes[MANIFEST]
    arguments = ("classify", year, *FIELDS, "--workers", workers, "-o", tmp_path / "out")
    process = start(*arguments, largest=largest)
    _, said = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 2
    assert said.decode().startswith("caspian: File too large")
    assert len(said.splitlines()) == 1
    assert not list((tmp_path / "out").rglob("*.partial"))
    assert "zulu" not in str(tree(tmp_path / "out"))
    answered()
