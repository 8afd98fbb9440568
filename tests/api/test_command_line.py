from __future__ import annotations

import csv
import errno
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from api.commands.main import main
from tests.api.conftest import Outcome
from tests.api.service import PATIENCE_S
from zones.classification.records import RECORD_FIELDS

Caspian = Callable[..., Outcome]
ROOT = Path(__file__).resolve().parents[2]


def refused(outcome: Outcome, *words: str) -> None:
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.startswith("caspian: ")
    assert len(outcome.err.splitlines()) == 1
    for word in words:
        assert word in outcome.err


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def points(tmp_path: Path) -> Path:
    path = tmp_path / "points.csv"
    path.write_text("name,lon,lat\nfirst,48.1,42\nsecond,50.0,41.50\n", encoding="utf-8")
    return path


# One position


def test_answer_for_people(caspian: Caspian) -> None:
    outcome = caspian("classify", "48.1", "42")
    assert outcome.code == 0
    assert outcome.err == ""
    for words in ("Territorial waters of Azerbaijan", "4.320 nm", "8,000.0 m", "42°00.0000'N"):
        assert words in outcome.out
    assert "every coast compared gives this answer" in outcome.out
    assert all(len(line) <= 88 for line in outcome.out.splitlines())


@pytest.mark.parametrize(
    ("lon", "words"),
    [
        ("48.4", "Fishery zone of Azerbaijan"),
        ("50", "Common maritime space"),
        ("47.5", "Land, nearest to the shore of Azerbaijan"),
        ("10", "Outside the Caspian Sea"),
    ],
)
def test_every_answer_has_words(caspian: Caspian, lon: str, words: str) -> None:
    assert words in caspian("classify", lon, "42").out


def test_json_is_the_whole_record(caspian: Caspian) -> None:
    record = caspian("classify", "48.1", "42", "--json").json
    assert tuple(record) == RECORD_FIELDS
    assert record["certain"] is True
    assert caspian("classify", "48.1", "42", "--json", "--no-compare").json["certain"] is None


def test_position_and_numbers_agree(caspian: Caspian) -> None:
    by_text = caspian("classify", "--position", "42°30'N 48°15'E", "--json").out
    assert by_text == caspian("classify", "48.25", "42.5", "--json").out


@pytest.mark.parametrize("lon", ["-70.5", "-.5", "-7e1"])
def test_negative_numbers_are_numbers(caspian: Caspian, lon: str) -> None:
    record = caspian("classify", lon, "-33.25", "--json").json
    assert record["lon"] == float(lon)
    assert record["lat"] == -33.25
    record = caspian("classify", "--position", "-33.25 -70.5", "--json").json
    assert (record["lon"], record["lat"]) == (-70.5, -33.25)


def test_edition_option_and_environment(caspian: Caspian, monkeypatch: pytest.MonkeyPatch) -> None:
    record = caspian("classify", "50", "42", "--json", "--edition", "gshhg").json
    assert record["edition"] == "gshhg-0123abcd"
    monkeypatch.setenv("CASPIAN_EDITION", "dcw")
    assert caspian("classify", "50", "42", "--json").json["edition"] == "dcw-0123abcd"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], ["arguments"]),
        (["nonsense"], ["nonsense"]),
        (["classify"], ["nothing was given"]),
        (["classify", "50"], ["no file '50'"]),
        (["classify", "50", "42", "1"], ["3 values"]),
        (["classify", "x", "42"], ["lon 'x': 'x' is not understood", "49°53.3'E"]),
        (["classify", "50", "nan"], ["lat 'nan'"]),
        (["classify", "-inf", "42"], ["-inf'"]),
        (["classify", "50,5,5", "42"], ["lon '50,5,5'"]),
        (["classify", "50N", "42"], ["it is a latitude, a longitude is needed"]),
        (["classify", "200", "42"], ["longitude 200"]),
        (["classify", "50", "-91"], ["latitude -91"]),
        (["classify", "50", "42", "--edition", "nowhere"], ["'nowhere'", "osm-0123abcd"]),
        (["classify", "50", "42", "--edit", "osm"], ["--edit"]),
        (["classify", "50", "42", "-o", "x.csv"], ["-o"]),
        (["classify", "50", "42", "--position", "42N 50E"], ["--position"]),
        (["classify", "--position", ""], ["empty"]),
        (["classify", "--position", "42 61 N 50 E"], ["61 minutes", "42°33.6'N"]),
        (["classify", "--position", "two\nlines"], ["'two' is not understood"]),
        (["classify", "nowhere.csv"], ["no file 'nowhere.csv'"]),
        (["classify", "/"], ["folder"]),
        (["classify", "points.geojson"], ["no file 'points.geojson'"]),
        (["classify", "points.kml"], [".kml", ".geojson"]),
        (["export", "zones"], ["-o"]),
        (["export", "zones", "-o", "x.exe"], ["'.exe'", ".geojson"]),
        (["export", "zones", "-o", "x"], ["no ending"]),
        (["export", "zones", "-o", "x.csv"], ["no table of turning points"]),
        (["export", "nothing", "-o", "x.geojson"], ["'nothing'", "zones"]),
        (["export", "zones", "-o", "no/such/folder/x.geojson"], ["no folder"]),
        (["build", "--breadth", "KAZ"], ["STATE=NM"]),
        (["build", "--breadth", "KAZ=x"], ["not a number"]),
        (["build", "--breadth", "KAZ=nan"], ["not a number"]),
        (["build", "--breadth", "KAZ=0"], ["KAZ"]),
        (["build", "--breadth", "KAZ=-3"], ["KAZ"]),
        (["build", "--breadth", "KAZ=15.1"], ["KAZ"]),
        (["build", "--breadth", "NOR=12"], ["NOR"]),
        (["build", "--breadth", "KAZ=12", "--breadth", "KAZ=13"], ["twice"]),
        (["build", "--effect", "Chilov=0.5", "--effect", "chilov=0"], ["twice", "'chilov'"]),
        (["build", "--straight", "nowhere.geojson"], ["no file"]),
        (["build", "--coast", "nowhere"], ["'nowhere'", "osm, osm-2017, gshhg, dcw"]),
        (["crossings", "nowhere"], ["no file 'nowhere'"]),
        (["crossings", "nowhere.csv"], ["no file 'nowhere.csv'"]),
        (["verify", "--edition", "nowhere"], ["nowhere"]),
        (["serve", "--port", "x"], ["--port", "whole number"]),
        (["serve", "--port", "-1"], ["--port"]),
        (["serve", "--port", "70000"], ["70000"]),
        (["serve", "--workers", "0"], ["--workers"]),
        (["serve", "--host", "no.such.host.invalid"], ["cannot listen"]),
    ],
    ids=lambda value: " ".join(value)[:60],
)
def test_bad_input_is_one_line_and_two(
    caspian: Caspian,
    arguments: list[str],
    words: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    refused(caspian(*arguments), *words)
    assert list(tmp_path.iterdir()) == []


def test_an_edition_that_cannot_be_built(caspian: Caspian, store: Any) -> None:
    store.broken = True
    for arguments in (["classify", "50", "42"], ["build"], ["verify"]):
        refused(caspian(*arguments), "no space left")


def test_help_and_version(caspian: Caspian) -> None:
    assert caspian("--version").out.startswith("caspian ")
    assert "classify" in caspian("--help").out
    for command in ("classify", "export", "build", "editions", "verify", "serve"):
        outcome = caspian(command, "--help")
        assert outcome.code == 0
        assert "usage: caspian " + command in outcome.out


# Files of positions


def test_file_keeps_columns_order_and_count(caspian: Caspian, points: Path, tmp_path: Path) -> None:
    outcome = caspian("classify", points, "-o", tmp_path / "out.csv")
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")
    rows = table(tmp_path / "out.csv")
    assert list(rows[0]) == ["name", *RECORD_FIELDS, "error"]
    assert [row["name"] for row in rows] == ["first", "second"]
    assert [row["zone"] for row in rows] == ["territorial_waters", "common_maritime_space"]
    assert rows[1]["lat"] == "41.50"  # as written
    assert rows[0]["sector"] == rows[0]["certain"] == rows[0]["error"] == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "points.csv"]


def test_file_equals_single_answers(caspian: Caspian, points: Path, tmp_path: Path) -> None:
    caspian("classify", points, "--compare", "-o", tmp_path / "out.geojsonl")
    lines = (tmp_path / "out.geojsonl").read_text(encoding="utf-8").splitlines()
    got = [json.loads(line)["properties"] for line in lines]
    singles = [caspian("classify", *pair, "--json").json for pair in (("48.1", "42"), ("50", "41.5"))]
    assert [{key: row[key] for key in RECORD_FIELDS} for row in got] == singles
    assert [row["name"] for row in got] == ["first", "second"]


def test_classified_file_can_be_classified_again(caspian: Caspian, points: Path, tmp_path: Path) -> None:
    """The answers that it holds stay beside the new ones, and it is said how they are named."""
    caspian("classify", points, "-o", tmp_path / "once.csv")
    outcome = caspian("classify", tmp_path / "once.csv", "--edition", "gshhg", "-o", tmp_path / "twice.csv")
    assert outcome.code == 0
    assert len(outcome.err.splitlines()) == 1
    assert "zone is zone_given" in outcome.err
    once, twice = table(tmp_path / "once.csv"), table(tmp_path / "twice.csv")
    for before, after in zip(once, twice, strict=True):
        assert after["edition"] != before["edition"]
        for name, value in before.items():
            assert after[name if name in ("name", "lon", "lat") else f"{name}_given"] == value
    caspian("classify", tmp_path / "twice.csv", "-o", tmp_path / "thrice.csv")
    thrice = table(tmp_path / "thrice.csv")
    assert [row["zone_given_2"] for row in thrice] == [row["zone"] for row in twice]
    assert [row["zone_given"] for row in thrice] == [row["zone_given"] for row in twice]


@pytest.mark.parametrize("ending", ["csv", "geojson", "geojsonl", "geojsons", "parquet"])
@pytest.mark.parametrize("how", ["itself", "by the folder", "link", "hard link", "linked folder"])
def test_no_file_replaces_the_one_that_is_read(
    caspian: Caspian, points: Path, tmp_path: Path, ending: str, how: str
) -> None:
    source = tmp_path / f"in.{ending}"
    caspian("classify", points, "-o", source)
    content = source.read_bytes()
    target = tmp_path / f"out.{ending}"
    if how == "itself":
        target = source
    elif how == "by the folder":
        target = tmp_path / ".." / tmp_path.name / source.name
    elif how == "link":
        target.symlink_to(source)
    elif how == "hard link":
        target.hardlink_to(source)
    else:
        (tmp_path / "there").symlink_to(tmp_path, target_is_directory=True)
        target = tmp_path / "there" / source.name
    refused(caspian("classify", source, "--fields", "zone,state", "-o", target), "the file that is read")
    assert source.read_bytes() == content


def test_routes_are_not_replaced_either(caspian: Caspian, tmp_path: Path) -> None:
    for name in ("in.csv", "in.geojson"):
        (tmp_path / name).write_text("lon,lat\n50,42\n", encoding="utf-8")
        refused(caspian("crossings", tmp_path / name, "-o", tmp_path / name), "the file that is read")
        assert (tmp_path / name).read_text(encoding="utf-8") == "lon,lat\n50,42\n"


def test_standard_output_does_not_go_into_the_file_that_is_read(points: Path) -> None:
    content = points.read_bytes()
    with points.open("ab") as output:
        process = start("classify", points, stdout=output)
    assert process.stderr is not None
    assert b"standard output goes into it" in process.stderr.read()
    assert process.wait(PATIENCE_S) == 2
    assert points.read_bytes() == content


def test_geojson_output(caspian: Caspian, points: Path, tmp_path: Path) -> None:
    with points.open("a", encoding="utf-8") as file:
        file.write("third,x,42\n")
    caspian("classify", points, "-o", tmp_path / "out.geojson")
    answer = json.loads((tmp_path / "out.geojson").read_text(encoding="utf-8"))
    assert [one["properties"]["name"] for one in answer["features"]] == ["first", "second", "third"]
    assert answer["features"][0]["geometry"] == {"type": "Point", "coordinates": [48.1, 42.0]}
    assert answer["features"][2]["geometry"] is None
    assert "is not understood" in answer["features"][2]["properties"]["error"]


def test_without_rows(caspian: Caspian, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("lon,lat\n", encoding="utf-8")
    for ending in ("csv", "geojson", "geojsonl"):
        assert caspian("classify", tmp_path / "in.csv", "-o", tmp_path / f"out.{ending}").code == 0
    assert table(tmp_path / "out.csv") == []
    assert json.loads((tmp_path / "out.geojson").read_text(encoding="utf-8"))["features"] == []
    assert (tmp_path / "out.geojsonl").read_text(encoding="utf-8") == ""


def test_standard_output_and_dash(caspian: Caspian, points: Path) -> None:
    plain = caspian("classify", points)
    assert plain.out.splitlines()[0].startswith("name,lon,lat,zone")
    assert caspian("classify", points, "-o", "-").out == plain.out


BAD_ROWS = [
    "x,42",
    ",42",
    "50,",
    "nan,42",
    "inf,42",
    "1e999,42",
    "200,42",
    "50,91",
    "5_0,42",
    '"50,5,5",42',
    "50",
    "50,42,1",
    "٥٠,x",
]


def test_cells_hold_coordinates_in_any_notation(caspian: Caspian, tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    cells = ["49.97,40.1", "49°58.2'E,40°06.0'N", '"49,97","40,1"', "04958.2E,4006.0N", "۴۹٫۹۷,۴۰٫۱"]
    source.write_text("\n".join(["lon,lat", *cells]) + "\n", encoding="utf-8")
    assert caspian("classify", source, "-o", tmp_path / "out.csv").code == 0
    rows = table(tmp_path / "out.csv")
    distances = {row["baseline_distance_m"] for row in rows}
    assert len(rows) == len(cells)
    assert len(distances) == 1
    assert distances != {""}
    assert rows[1]["lon"] == "49°58.2'E"
    alone = caspian("classify", "49°58.2'E", "40°06.0'N", "--json")
    assert json.loads(alone.out)["lon"] == 49.97


def test_bad_rows_have_an_error_in_their_place(caspian: Caspian, tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("lon,lat\n48.1,42\n" + "\n".join(BAD_ROWS) + "\n50,42\n", encoding="utf-8")
    outcome = caspian("classify", source, "-o", tmp_path / "out.csv")
    assert outcome.code == 0
    assert outcome.err == f"caspian: {len(BAD_ROWS)} rows have an error instead of an answer\n"
    rows = table(tmp_path / "out.csv")
    assert len(rows) == len(BAD_ROWS) + 2
    assert rows[0]["zone"] == "territorial_waters"
    assert rows[-1]["zone"] == "common_maritime_space"
    assert rows[0]["error"] == rows[-1]["error"] == ""
    for row in rows[1:-1]:
        assert row["error"]
        assert row["zone"] == ""
    assert rows[1]["lon"] == "x"


@pytest.mark.parametrize(
    "text",
    [
        "LON;LAT;name\n48.1;42;a\n",
        "name\tlongitude\tlatitude\r\na\t48.1\t42\r\n",
        '\ufeff"lon","lat"\n"48.1","42"\n\n\n',
        "lat , lon \n42 , 48.1\n",
    ],
)
def test_other_people_s_tables(caspian: Caspian, tmp_path: Path, text: str) -> None:
    (tmp_path / "in.csv").write_text(text, encoding="utf-8", newline="")
    assert caspian("classify", tmp_path / "in.csv", "-o", tmp_path / "out.csv").err == ""
    assert [row["zone"] for row in table(tmp_path / "out.csv")] == ["territorial_waters"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "nothing"),
        (b"a,b\n1,2\n", "found: a, b"),
        (b"lon,x\n1,2\n", "'lat'"),
        (b"lon,lat,Lon\n1,2,3\n", "2 columns"),
        (b'lon,lat,"n\n50,42,x\n', "row that begins on line 1 is not closed"),
        (b"lon,lat,\xff\n50,42,x\n", "line 1 is not UTF-8"),
        (b'lon,lat,"n\rm\n50,42,x\n', "not closed"),
    ],
)
def test_files_that_cannot_be_read_leave_nothing_behind(
    caspian: Caspian, tmp_path: Path, content: bytes, words: str
) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_bytes(content)
    target.write_text("precious", encoding="utf-8")
    refused(caspian("classify", source, "-o", target), words)
    assert target.read_text(encoding="utf-8") == "precious"
    assert len(list(tmp_path.iterdir())) == 2


def test_outputs_are_refused_before_the_work(
    caspian: Caspian, store: Any, points: Path, tmp_path: Path
) -> None:
    store.broken = True  # any work would fail otherwise
    (tmp_path / "folder.csv").mkdir()
    refused(caspian("classify", points, "-o", tmp_path / "folder.csv"), "folder")
    refused(caspian("classify", points, "-o", tmp_path / "out.exe"), "'.exe'")
    refused(caspian("classify", points, "-o", tmp_path / "none" / "out.csv"), "no folder")
    refused(caspian("export", "zones", "-o", "/dev/null.geojson/x.geojson"), "no folder")


def test_unwritable_output(
    caspian: Caspian, points: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer of the system stands in: to the superuser nothing is forbidden."""
    locked = tmp_path / "locked"
    locked.mkdir()
    allowed = os.access
    monkeypatch.setattr(
        "api.commands.output.os.access",
        lambda path, mode, **how: Path(path) != locked and allowed(path, mode, **how),
    )
    refused(caspian("classify", points, "-o", locked / "out.csv"), "permission")
    refused(caspian("plot", "-o", locked / "out.png"), "permission")
    assert list(locked.iterdir()) == []


@pytest.mark.parametrize(
    ("command", "ending"),
    [("export", "gpkg"), ("export", "geojson"), ("classify", "csv"), ("classify", "geojson")],
)
def test_a_folder_that_takes_no_files(caspian: Caspian, points: Path, command: str, ending: str) -> None:
    outcome = caspian(command, points if command == "classify" else "zones", "-o", f"/proc/x.{ending}")
    refused(outcome, f"/proc/x.{ending}")
    assert ".partial" not in outcome.err


@pytest.mark.parametrize("ending", ["csv", "geojson", "geojsonl"])
def test_a_disk_that_fills_up_leaves_the_old_file(
    caspian: Caspian, points: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    target = tmp_path / f"out.{ending}"
    target.write_text("precious", encoding="utf-8")

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.fsync", full)
    refused(caspian("classify", points, "-o", target), f"No space left on device: {target}")
    assert target.read_text(encoding="utf-8") == "precious"
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize(
    "name", ["o.csv", "o.geojson", "o.parquet", "o.csv.gz", "o.csv.zst", "folder/in.csv", "folder/in.parquet"]
)
def test_what_could_not_be_written_is_named(caspian: Caspian, tmp_path: Path, name: str) -> None:
    """As where a file may not grow beyond a size."""
    places = np.random.default_rng(4).uniform(37.0, 47.0, (2000, 2))
    source, target = tmp_path / "in.csv", tmp_path / name
    source.write_text("lon,lat\n" + "".join(f"{x},{y}\n" for x, y in places), encoding="utf-8")
    options: list[object] = ["-o", target]
    if target.parent != tmp_path:
        target.parent.mkdir()
        options = ["-o", target.parent, "--to", target.suffix[1:], "--workers", 2]
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        outcome = caspian("classify", source, *options)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    refused(outcome, f"File too large: {target}")


def test_chunks_keep_memory_flat(caspian: Caspian, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.batches.csv_table.ROWS_AT_A_TIME", 7)
    source = tmp_path / "in.csv"
    rows = [f"{number},{47.5 + number / 100},42" for number in range(50)]
    source.write_text("\n".join(["number,lon,lat", *rows]), encoding="utf-8")
    caspian("classify", source, "-o", tmp_path / "out.csv")
    assert [row["number"] for row in table(tmp_path / "out.csv")] == [str(n) for n in range(50)]


# Editions


def test_a_header_of_too_many_columns(caspian: Caspian, tmp_path: Path) -> None:
    for columns, code in ((1000, 0), (1001, 2), (20_000, 2)):
        path = tmp_path / "wide.csv"
        names = ["lon", "lat", *map(str, range(columns - 2))]
        good = ",".join(["48.1", "42", *["x"] * (columns - 2)])
        path.write_text(f"{','.join(names)}\n{good}\n48.1\n")
        for command in ("classify", "crossings"):
            outcome = caspian(command, path)
            assert outcome.code == (2 if command == "crossings" else code)
            assert len(outcome.err.splitlines()) == 1
            assert code == 0 or "at most 1,000 are read" in outcome.err


def test_export(caspian: Caspian, tmp_path: Path) -> None:
    target = tmp_path / "zones.geojson"
    assert caspian("export", "zones", "-o", target, "--edition", "gshhg").code == 0
    answer = json.loads(target.read_text(encoding="utf-8"))
    assert answer["edition"] == "gshhg-0123abcd"
    assert len(answer["features"]) == 16
    assert caspian("export", "limits", "-o", tmp_path / "limits.CSV").code == 0
    assert table(tmp_path / "limits.CSV")[1]["longitude"] == "049°20.0000'E"


def test_export_equals_download(caspian: Caspian, client: Any, tmp_path: Path) -> None:
    caspian("export", "zones", "-o", tmp_path / "zones.geojson")
    downloaded = client.get("/downloads/osm/zones.geojson").get_data()
    assert (tmp_path / "zones.geojson").read_bytes() == downloaded


def test_build_prints_the_name_alone(caspian: Caspian, store: Any) -> None:
    outcome = caspian("build", "--coast", "gshhg", "--breadth", "kaz=12", "--breadth", "RUS=7.5")
    assert (outcome.code, outcome.out, outcome.err) == (0, "gshhg-0123abcd\n", "")
    assert dict(store.built[0].breadth_nm) == {"KAZ": 12, "RUS": 7.5}
    assert store.built[0].keep_artificial is False
    caspian("build", "--keep-artificial")
    assert store.built[1].keep_artificial is True
    assert store.built[1].coast == "osm"


def test_editions(caspian: Caspian) -> None:
    text = caspian("editions").out
    assert len(text.splitlines()) == 4
    assert "not built" in text
    answer = caspian("editions", "--json").json
    assert [one["coast"] for one in answer["editions"]] == ["osm", "osm-2017", "gshhg", "dcw"]


@pytest.mark.parametrize("ok", [True, False])
def test_verify_says_so_by_its_exit_code(caspian: Caspian, ok: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    class Report:
        def __init__(self) -> None:
            self.ok = ok

        def lines(self) -> list[str]:
            return ["limits", "worst 0.05 m"]

        def as_dict(self) -> dict[str, Any]:
            return {"ok": ok}

    monkeypatch.setattr("zones.judge.verify.verify", lambda edition, *, progress=None: Report())
    outcome = caspian("verify")
    assert outcome.code == (0 if ok else 1)
    assert outcome.out == "limits\nworst 0.05 m\n"
    assert caspian("verify", "--json").json == {"ok": ok}


# The process


def test_interrupt_is_quiet_and_leaves_nothing(
    store: Any,
    points: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("api.batches.file_answers.classify_all", interrupted)
    code = main(["classify", str(points), "-o", str(tmp_path / "out.csv")], store=store)
    assert code == 130
    assert capsys.readouterr() == ("", "")
    assert [path.name for path in tmp_path.iterdir()] == ["points.csv"]


PROGRAM = """
import sys, time
from tests.api.fake_store import FakeEdition, FakeStore
from api.commands.main import main
from api.collections.names import Download
delay = float(sys.argv.pop(1))
answer = FakeEdition.classify
def slowly(*arguments, **options):
    print("at work", file=sys.stderr, flush=True)
    time.sleep(delay)
    return answer(*arguments, **options)
if delay:
    FakeEdition.classify = slowly
    Download.write = slowly
sys.exit(main(store=FakeStore()))
"""


def _heed_signals() -> None:
    """Who starts the tests in the background of a shell, or by nohup, has these ignored."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def start(*arguments: object, delay_s: float = 0, **options: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(delay_s), *map(str, arguments)],
        cwd=ROOT,
        preexec_fn=_heed_signals,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
    )


def test_closed_pipe_is_quiet(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("lon,lat\n" + "50,42\n" * 20_000, encoding="utf-8")
    process = start("classify", source)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(10)
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(PATIENCE_S) == 141


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("command", [("classify", "out.csv"), ("export", "out.geojson")])
def test_signals_leave_no_partial_file(
    points: Path, tmp_path: Path, number: signal.Signals, command: tuple[str, str]
) -> None:
    what = points if command[0] == "classify" else "zones"
    process = start(command[0], what, "-o", tmp_path / command[1], delay_s=10 * PATIENCE_S)
    assert process.stderr is not None
    assert process.stderr.readline() == b"at work\n"
    process.send_signal(number)
    assert process.wait(PATIENCE_S) == 128 + number
    assert process.stderr.read() == b""
    assert [path.name for path in tmp_path.iterdir()] == ["points.csv"]


def test_an_ignored_hangup_stays_ignored(points: Path, tmp_path: Path) -> None:
    """As nohup has it."""
    program = ["sh", "-c", 'trap "" HUP; exec "$@"', "sh", sys.executable, "-c", PROGRAM, "1"]
    process = subprocess.Popen(
        [*program, "classify", str(points), "-o", str(tmp_path / "out.csv")], cwd=ROOT, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    assert process.stderr.readline() == b"at work\n"
    process.send_signal(signal.SIGHUP)
    process.stderr.close()
    assert process.wait(PATIENCE_S) == 0
    assert (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    "arguments", ["classify 50 42", "classify POINTS", "editions", "--version", "--help", "classify --help"]
)
@pytest.mark.parametrize(("to", "words"), [(">&-", "standard output is closed"), (">/dev/full", "No space")])
def test_a_standard_output_that_takes_nothing(points: Path, arguments: str, to: str, words: str) -> None:
    shell = ["sh", "-c", f'exec "$@" {to}', "sh", sys.executable, "-c", PROGRAM, "0"]
    words_given = [str(points) if one == "POINTS" else one for one in arguments.split()]
    done = subprocess.run([*shell, *words_given], cwd=ROOT, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [done.stderr.rstrip("\n")]
    assert words in done.stderr


def test_closed_streams_get_no_file(points: Path, tmp_path: Path) -> None:
    """What is printed never lands in a file that was given the number of a closed stream."""
    shell = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", sys.executable, "-c", PROGRAM, "0"]
    target = tmp_path / "out.csv"
    done = subprocess.run([*shell, "classify", str(points), "-o", str(target)], cwd=ROOT, check=False)
    assert done.returncode == 0
    assert len(table(target)) == 2
    assert subprocess.run([*shell, "classify", "-"], cwd=ROOT, check=False).returncode == 2


def test_loops_of_links_and_long_names(caspian: Caspian, points: Path, tmp_path: Path) -> None:
    (tmp_path / "a.csv").symlink_to(tmp_path / "b.csv")
    (tmp_path / "b.csv").symlink_to(tmp_path / "a.csv")
    refused(caspian("classify", points, "-o", tmp_path / "a.csv"), "symbolic links")
    refused(caspian("classify", points, "-o", tmp_path / "a.csv" / "out.csv"), "out.csv")
    refused(caspian("classify", tmp_path / "a.csv"), "symbolic links")
    refused(caspian("crossings", tmp_path / "a.csv"), "a.csv")
    refused(caspian("export", "limits", "-o", tmp_path / "a.csv"), "symbolic links")
    long = tmp_path / f"{'x' * 251}.csv"
    assert caspian("classify", points, "-o", long).code == 0
    refused(caspian("classify", points, "-o", tmp_path / f"{'x' * 252}.csv"), "too long")
    refused(caspian("classify", f"{'x' * 300}.csv"), "too long")
    assert sorted(path.name[:6] for path in tmp_path.iterdir()) == ["a.csv", "b.csv", "points", "xxxxxx"]
