"""Downloads as caches, browsers and resuming clients see them, and the folder they are kept in."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.application import create_app
from api.collections.formats import FORMATS, format_of
from api.collections.kept_downloads import KeptDownloads
from api.collections.names import Download, downloads
from api.http.sending import RangeError, byte_range
from tests.api.conftest import Caspian
from tests.api.fake_store import FakeEdition
from zones.errors import CacheError

EDITION = "osm-0123abcd"
PATH = f"/downloads/{EDITION}/zones.geojson"
ENDINGS = [one.id for one in FORMATS]

# What clients send, and whether the compressed form is theirs.
ENCODINGS = {
    "gzip, deflate, br, zstd": True,  # Chromium, Firefox
    "gzip, deflate, br": True,  # Safari
    "gzip, deflate": True,  # Python
    "deflate, gzip": True,
    "gzip": True,
    "GZIP": True,
    "x-gzip": True,
    "gzip;q=0.5, identity;q=0.5": True,
    "identity;q=0, gzip": True,
    "*": True,
    "*;q=0.1": True,
    "identity": False,
    "": False,
    None: False,
    "br": False,
    "gzip;q=0": False,
    "gzip;q=0, *": False,
    "gzip;q=0.2, identity": False,
    "*;q=0": False,
    ";;;": False,
}


@pytest.fixture
def plain(client: FlaskClient) -> bytes:
    return client.get(PATH).get_data()


def get(client: FlaskClient, path: str = PATH, **headers: str | None) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
    return client.get(path, headers=named)


# Two entities


@pytest.mark.parametrize("accepted", ENCODINGS)
def test_the_form_that_a_client_accepts(client: FlaskClient, plain: bytes, accepted: str | None) -> None:
    zipped = ENCODINGS[accepted]
    response = get(client, Accept_Encoding=accepted)
    content = response.get_data()
    assert response.status_code == 200
    assert response.headers.get("Content-Encoding") == ("gzip" if zipped else None)
    assert (gzip.decompress(content) if zipped else content) == plain
    assert int(response.headers["Content-Length"]) == len(content)
    assert "Accept-Encoding" in response.headers["Vary"]
    assert response.headers["Accept-Ranges"] == "bytes"
    assert response.headers["ETag"] == f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    etag = response.headers["ETag"]

    head = client.head(PATH, headers={} if accepted is None else {"Accept-Encoding": accepted})
    kept = ("Content-Length", "Content-Encoding", "Content-Type", "ETag", "Vary", "Cache-Control")
    assert (head.status_code, head.get_data()) == (200, b"")
    assert [head.headers.get(name) for name in kept] == [response.headers.get(name) for name in kept]

    for condition in (etag, f'"other", {etag}', f"W/{etag}", "*"):
        same = get(client, Accept_Encoding=accepted, If_None_Match=condition)
        assert (same.status_code, same.get_data()) == (304, b"")
        for name in ("ETag", "Vary", "Cache-Control"):
            assert same.headers[name] == response.headers[name]
    assert get(client, Accept_Encoding=accepted, If_None_Match='"other"').status_code == 200

    part = get(client, Accept_Encoding=accepted, Range="bytes=10-19")
    assert (part.status_code, part.get_data()) == (206, content[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(content)}"
    assert part.headers["Content-Length"] == "10"
    for name in ("Content-Encoding", "ETag", "Vary"):
        assert part.headers.get(name) == response.headers.get(name)

    beyond = get(client, Accept_Encoding=accepted, Range=f"bytes={len(content)}-")
    assert beyond.status_code == 416
    assert beyond.headers["Content-Range"] == f"bytes */{len(content)}"
    assert beyond.content_type == "application/problem+json"
    assert "Content-Encoding" not in beyond.headers
    assert "immutable" not in beyond.headers["Cache-Control"]


def test_entities_never_share_a_validator(client: FlaskClient) -> None:
    zipped, whole = get(client, Accept_Encoding="gzip"), get(client)
    assert zipped.headers["ETag"] != whole.headers["ETag"]
    # A range or a stored copy of the one is never completed by the other.
    for accepted, other in ((None, zipped), ("gzip", whole)):
        answer = get(client, Accept_Encoding=accepted, Range="bytes=1-", If_Range=other.headers["ETag"])
        assert answer.status_code == 200
        other_etag = other.headers["ETag"]
        assert get(client, Accept_Encoding=accepted, If_None_Match=other_etag).status_code == 200


@pytest.mark.parametrize("ending", ["gpkg", "fgb", "zip", "parquet"])
def test_binary_files_are_sent_as_they_are(client: FlaskClient, ending: str) -> None:
    path = f"/downloads/{EDITION}/zones.{ending}"
    whole = client.get(path)
    for accepted in ("gzip", "*", "identity;q=0"):
        answer = get(client, path, Accept_Encoding=accepted)
        assert "Content-Encoding" not in answer.headers
        assert "Vary" not in answer.headers
        assert answer.get_data() == whole.get_data()
    part = get(client, path, Range="bytes=100-", Accept_Encoding="gzip")
    assert part.get_data() == whole.get_data()[100:]


# Ranges and conditions


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-0", range(0, 1)),
        ("bytes=0-", range(0, 1000)),
        ("bytes=990-", range(990, 1000)),
        ("bytes=990-5000", range(990, 1000)),
        ("bytes=-1", range(999, 1000)),
        ("bytes=-5000", range(0, 1000)),
        ("BYTES=1-2", range(1, 3)),
        ("bytes=007-8", range(7, 9)),
        (None, None),
        ("", None),
        ("bytes", None),
        ("bytes=", None),
        ("bytes=-", None),
        ("bytes=5-2", None),
        ("bytes=a-b", None),
        ("bytes=0-1,5-6", None),
        ("bytes=--5", None),
        ("bytes=٣-٤", None),
        ("bytes=0x1-2", None),
        (f"bytes=0-{'9' * 5000}", None),
        ("items=0-5", None),
    ],
)
def test_ranges(header: str | None, expected: range | None) -> None:
    assert byte_range(header, 1000) == expected


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=1000-1001", "bytes=-0"])
def test_ranges_beyond_the_end(header: str) -> None:
    with pytest.raises(RangeError):
        byte_range(header, 1000)


@pytest.mark.parametrize("header", ["bytes=0-1,5-6", "items=0-5", "nonsense", "bytes=5-2"])
def test_what_is_no_single_range_gets_the_whole(client: FlaskClient, plain: bytes, header: str) -> None:
    answer = get(client, Range=header)
    assert (answer.status_code, answer.get_data()) == (200, plain)


def test_parts_make_the_whole(client: FlaskClient, plain: bytes) -> None:
    etag = get(client).headers["ETag"]
    parts = [
        get(client, Range=f"bytes={start}-{start + 999}", If_Range=etag)
        for start in range(0, len(plain), 1000)
    ]
    assert {part.status_code for part in parts} == {206}
    assert b"".join(part.get_data() for part in parts) == plain


def test_conditions(client: FlaskClient, plain: bytes) -> None:
    etag = get(client).headers["ETag"]
    assert get(client, Range="bytes=0-1", If_Range=etag).status_code == 206
    for other in ('"other"', f"W/{etag}", "Mon, 01 Jan 2024 00:00:00 GMT"):
        assert get(client, Range="bytes=0-1", If_Range=other).status_code == 200
        assert get(client, Range="bytes=99999999-", If_Range=other).status_code == 200
    assert get(client, Range="bytes=0-1", If_None_Match=etag).status_code == 304
    assert get(client, Range="bytes=99999999-", If_None_Match=etag).status_code == 304
    assert get(client, If_Match=etag).status_code == 200
    assert get(client, If_Match="*").status_code == 200
    refused = get(client, If_Match='"other"')
    assert (refused.status_code, refused.get_json()["status"]) == (412, 412)
    # There is no date to compare with, and a range has no meaning for HEAD.
    assert get(client, If_Modified_Since="Fri, 01 Jan 2100 00:00:00 GMT").status_code == 200
    head = client.head(PATH, headers={"Range": "bytes=0-1"})
    assert (head.status_code, head.headers["Content-Length"]) == (200, str(len(plain)))


@pytest.mark.parametrize("path", ["/static/page.css", PATH, "/collections", "/classify?lon=50&lat=42", "/"])
def test_what_is_asked_for_under_a_condition_that_fails(client: FlaskClient, path: str) -> None:
    whole = client.get(path)
    etag, last = whole.headers.get("ETag"), whole.headers.get("Last-Modified")
    old = {"If-Unmodified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"}
    failing = [{"If-Match": '"x"'}, {"If-Match": '"x", "y"', "Range": "bytes=0-1"}, {"If-Match": f"W/{etag}"}]
    failing += [{"If-Match": '"x"', "If-None-Match": etag or '"y"'}, *([old] if last else [])]
    for headers in failing:
        refused = client.get(path, headers=headers)
        assert (refused.status_code, refused.mimetype) == (412, "application/problem+json")
        assert refused.get_json()["type"] == "/problems/precondition-failed"
        head = client.head(path, headers=headers)
        assert (head.status_code, head.content_length) == (412, len(refused.get_data()))
    holding = [
        {"If-Match": "*"},
        {"If-Unmodified-Since": last or old["If-Unmodified-Since"]},
        {"If-Match": ""},
    ]
    holding += [{"If-Match": f'"x", {etag}', **old}] if etag else []
    for headers in holding:
        answer = client.get(path, headers=headers)
        assert (answer.status_code, answer.get_data()) == (200, whole.get_data())


# Names


def test_a_file_of_a_full_name_is_immutable_and_that_of_an_alias_is_not(client: FlaskClient) -> None:
    full, alias = client.get(PATH), client.get("/downloads/osm/zones.geojson")
    assert full.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Content-Location" not in full.headers
    assert alias.headers["Cache-Control"] == "public, no-cache"
    assert alias.headers["Content-Location"].endswith(PATH)
    assert alias.get_data() == full.get_data()
    for answer in (full, alias):
        assert answer.headers["Content-Disposition"] == f"attachment; filename={EDITION}-zones.geojson"
        assert "Last-Modified" not in answer.headers


def test_every_listed_file_is_there(client: FlaskClient) -> None:
    answer = client.get("/downloads").get_json()
    assert answer["edition"] == EDITION
    names = [one["name"] for one in answer["downloads"]]
    assert len(names) == len(set(names)) == 5 * 9 + 2 + 1
    for one in answer["downloads"]:
        response = client.get(one["href"])
        assert (response.status_code, response.content_type) == (200, one["type"])
        assert one["href"].endswith(f"/downloads/{EDITION}/{one['name']}")
    other = client.get("/downloads?edition=gshhg").get_json()
    assert other["edition"] == "gshhg-0123abcd"
    assert all("gshhg-0123abcd" in one["href"] for one in other["downloads"])


def test_hashes_are_those_of_the_files(client: FlaskClient) -> None:
    answer = client.get(f"/downloads/{EDITION}/sha256.txt")
    assert answer.content_type == "text/plain; charset=utf-8"
    assert "immutable" in answer.headers["Cache-Control"]
    lines = [line.split("  ") for line in answer.get_data(as_text=True).splitlines()]
    listed = client.get("/downloads").get_json()["downloads"]
    assert [name for _, name in lines] == [f"{EDITION}-{one['name']}" for one in listed]
    for digest, name in lines:
        content = client.get(f"/downloads/{EDITION}/{name.removeprefix(f'{EDITION}-')}").get_data()
        assert hashlib.sha256(content).hexdigest() == digest
    assert (
        get(client, f"/downloads/{EDITION}/sha256.txt", If_None_Match=answer.headers["ETag"]).status_code
        == 304
    )


@pytest.mark.parametrize("edition", ["osm", EDITION])
def test_saved_files_fit_their_hashes(client: FlaskClient, tmp_path: Path, edition: str) -> None:
    saved = []
    for name in ("zones.gpkg", "all.gpkg", "limits.csv", "sha256.txt"):
        answer = client.get(f"/downloads/{edition}/{name}")
        _, _, given = answer.headers["Content-Disposition"].partition("filename=")
        saved.append(given.strip('"'))
        (tmp_path / saved[-1]).write_bytes(answer.get_data())
    *files, hashes = saved
    command = ["sha256sum", "--check", "--ignore-missing", "--strict", hashes]
    checked = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert sorted(checked.stdout.splitlines()) == sorted(f"{name}: OK" for name in files)
    (tmp_path / files[0]).write_bytes(b"damaged")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 1


@pytest.mark.parametrize(
    "name",
    [
        "zones",
        "zones.",
        ".geojson",
        "zones.exe",
        "zones.csv",
        "all.geojson",
        "all.zip",
        "nothing.geojson",
        "ZONES.geojson",
        "zones.GeoJSON",
        "zones.geojson.gz",
        "zones.geojson.json",
        "zones.geojson.lock",
        "zones..geojson",
        "zones.geojson%00",
        "%00zones.geojson",
        "zones%0a.geojson",
        "zones.geojson%20",
        "..",
        "..%5c..%5czones.geojson",
        ".%2e",
        "z" * 5000 + ".geojson",
        "zönes.geojson",
    ],
)
def test_other_names_are_not_found_and_told_what_there_is(client: FlaskClient, name: str) -> None:
    for edition in ("osm", EDITION):
        answer = client.get(f"/downloads/{edition}/{name}")
        problem = answer.get_json()
        assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
        if "known" in problem:
            assert {"zones.geojson", "all.gpkg"} <= set(problem["known"])
        assert len(problem["detail"]) < 300


@pytest.mark.parametrize(
    "path",
    [
        "/downloads/../../etc/passwd",
        "/downloads/osm/..%2f..%2fedition.json",
        "/downloads/..%2f..%2fetc/passwd",
        "/downloads/%2e%2e/zones.geojson",
        "/downloads/osm%2f..%2f..%2f/zones.geojson",
        "/downloads//zones.geojson",
        f"/downloads/{'o' * 3000}/zones.geojson",
        "/downloads/%00/zones.geojson",
    ],
)
def test_no_way_leads_out_of_the_folder(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (308, 404)
    assert b"root:" not in answer.get_data()


@pytest.mark.parametrize("path", ["/downloads", PATH, f"/downloads/{EDITION}/sha256.txt"])
def test_only_get_and_head(client: FlaskClient, path: str) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = client.open(path, method=method)
        assert answer.status_code == 405
        assert {"GET", "HEAD"} <= set(answer.headers["Allow"].split(", "))
    assert client.get(f"{path}?unknown=1").status_code == 400


def test_without_pyarrow_there_is_no_parquet(
    client: FlaskClient, caspian: Caspian, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert "parquet" not in {one["format"] for one in client.get("/downloads").get_json()["downloads"]}
    answer = client.get("/downloads/osm/zones.parquet")
    assert answer.status_code == 404
    assert "caspian-zones[parquet]" in answer.get_json()["detail"]
    outcome = caspian("export", "zones", "-o", tmp_path / "zones.parquet")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "pip install 'caspian-zones[parquet]'" in outcome.err
    assert not (tmp_path / "zones.parquet").exists()


# The folder


@pytest.fixture
def edition() -> Any:
    return FakeEdition("osm")


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the downloads that are written, in their order."""
    written: list[str] = []
    original = Download.write

    def write(self: Download, edition: Any, path: Path) -> None:
        written.append(self.name)
        original(self, edition, path)

    monkeypatch.setattr(Download, "write", write)
    return written


def test_a_file_is_made_once(client: FlaskClient, store: Any, counted: list[str]) -> None:
    for headers in ({}, {"Accept-Encoding": "gzip"}, {"Range": "bytes=0-9"}):
        client.get(PATH, headers=headers)
    client.head(PATH)
    create_app(store=store).test_client().get(PATH)  # another worker
    assert counted == ["zones.geojson"]


def test_many_at_once_make_it_once(app: Flask, counted: list[str]) -> None:
    start = threading.Barrier(8)
    bodies: list[bytes] = []

    def ask() -> None:
        client = app.test_client()
        start.wait()
        bodies.append(client.get(PATH).get_data())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(bodies) == 8
    assert len(set(bodies)) == 1
    assert counted == ["zones.geojson"]


def files_kept(store: Any) -> dict[str, Path]:
    return {path.name: path for path in store.folder.rglob("*") if path.is_file()}


def test_what_is_in_the_folder(client: FlaskClient, store: Any) -> None:
    client.get(PATH)
    client.get(f"/downloads/{EDITION}/zones.gpkg")
    found = set(files_kept(store)) - {"zones.geojson.lock", "zones.gpkg.lock"}
    text, binary = (
        {"zones.geojson", "zones.geojson.gz", "zones.geojson.json"},
        {"zones.gpkg", "zones.gpkg.json"},
    )
    assert found == text | binary
    folder = files_kept(store)["zones.gpkg"].parent
    assert folder.parent == store.folder / "downloads"
    assert folder.name.startswith(f"{EDITION}-")


@pytest.mark.parametrize("name", ["zones.geojson", "zones.geojson.gz", "zones.geojson.json"])
@pytest.mark.parametrize("harm", ["removed", "cut", "altered", "emptied"])
@pytest.mark.parametrize("seen", [True, False])
def test_what_is_damaged_is_made_again(
    app: Flask, store: Any, counted: list[str], name: str, harm: str, seen: bool
) -> None:
    zipped = name.endswith(".gz")
    headers = {"Accept-Encoding": "gzip"} if zipped else {}
    first = app.test_client().get(PATH, headers=headers)
    path = files_kept(store)[name]
    content = path.read_bytes()
    if harm == "removed":
        path.unlink()
    elif harm == "cut":
        path.write_bytes(content[:-7])
    elif harm == "emptied":
        path.write_bytes(b"")
    else:
        path.write_bytes(content[:50] + bytes([content[50] ^ 1]) + content[51:])
        os.utime(path, ns=(1, 1))  # the clock need not have moved on since it was written
    client = app.test_client() if seen else create_app(store=store).test_client()
    again = client.get(PATH, headers=headers)
    assert again.status_code == 200
    assert again.get_data() == first.get_data()
    assert again.headers["ETag"] == first.headers["ETag"]
    assert counted == ["zones.geojson"] * 2


def test_the_cache_folder_is_removed_while_serving(client: FlaskClient, store: Any) -> None:
    first = client.get(PATH)
    half = client.get(PATH)  # open already, not read yet
    shutil.rmtree(store.folder)
    assert half.get_data() == first.get_data()
    again = client.get(PATH)
    assert (again.status_code, again.get_data()) == (200, first.get_data())


@contextlib.contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """No file of this process may grow beyond a size: writing fails as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("size", [0, 600])
def test_a_full_disk(client: FlaskClient, store: Any, ending: str, size: int) -> None:
    path = f"/downloads/{EDITION}/limits.{ending}"
    with files_of_at_most(0 if ending == "csv" else size):  # a short table
        answer = client.get(path)
    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
    assert answer.headers["Cache-Control"] == "no-store"
    assert {name.removesuffix(".lock") for name in files_kept(store)} <= {f"limits.{ending}"}
    assert not list(store.folder.rglob("*.partial"))
    assert client.get(path).status_code == 200


def test_what_a_killed_writer_left_is_cleared(client: FlaskClient, store: Any) -> None:
    client.get(PATH)
    folder = files_kept(store)["zones.geojson"].parent
    left = folder / ".zones.geojson.0011.partial"
    left.mkdir()
    (left / "zones.geojson").write_text("half", encoding="utf-8")
    (folder / "zones.geojson").unlink()
    assert client.get(PATH).status_code == 200
    assert not left.exists()


def test_files_of_other_software_go_once_it_is_at_rest(edition: Any, tmp_path: Path) -> None:
    other, lately = (tmp_path / "downloads" / f"{EDITION}-{mark}" for mark in ("0" * 8, "1" * 8))
    another_edition = tmp_path / "downloads" / "gshhg-0123abcd-00000000"
    for folder in (other, lately, another_edition):
        folder.mkdir(parents=True)
    week_ago = time.time() - 7 * 86_400
    for folder in (other, another_edition):
        os.utime(folder, (week_ago, week_ago))
    KeptDownloads(tmp_path).kept(edition, Download("zones", format_of("kml")))
    assert (other.exists(), lately.exists(), another_edition.exists()) == (False, True, True)


def test_a_folder_that_cannot_be(edition: Any, tmp_path: Path) -> None:
    (tmp_path / "downloads").write_text("in the way", encoding="utf-8")
    with pytest.raises(CacheError, match="cannot write downloads"):
        KeptDownloads(tmp_path).kept(edition, Download("zones", format_of("kml")))


def test_records_are_of_the_bytes(edition: Any, tmp_path: Path) -> None:
    all_kept = KeptDownloads(tmp_path)
    for one in downloads(edition.collections):
        kept = all_kept.kept(edition, one)
        for zipped, entity in ((False, kept.plain), (True, kept.gzipped)):
            if entity is not None:
                file, opened = all_kept.open(edition, one, gzipped=zipped)
                with file:
                    content = file.read()
                assert opened == entity
                assert (len(content), hashlib.sha256(content).hexdigest()) == (entity.size, entity.sha256)
        assert (kept.gzipped is not None) == one.format.text


# The command


@pytest.mark.parametrize("ending", ENDINGS)
def test_export_is_the_download(caspian: Caspian, client: FlaskClient, tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"mine.{ending}"
    outcome = caspian("export", "limits", "-o", target)
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")
    assert target.read_bytes() == client.get(f"/downloads/osm/limits.{ending}").get_data()
    assert [path.name for path in tmp_path.iterdir() if path.name != "cache"] == [target.name]


def test_export_of_all(caspian: Caspian, client: FlaskClient, tmp_path: Path) -> None:
    assert caspian("export", "all", "-o", tmp_path / "X.GPKG").code == 0
    assert (tmp_path / "X.GPKG").read_bytes() == client.get("/downloads/osm/all.gpkg").get_data()
    outcome = caspian("export", "all", "-o", tmp_path / "x.kml")
    assert outcome.code == 2
    assert ".gpkg" in outcome.err
    assert not (tmp_path / "x.kml").exists()


@pytest.mark.parametrize("ending", ENDINGS)
def test_export_to_a_full_disk(caspian: Caspian, tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"limits.{ending}"
    target.write_text("what was there", encoding="utf-8")
    with files_of_at_most(64):
        outcome = caspian("export", "limits", "-o", target)
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert str(target) in outcome.err
    assert len(outcome.err) < 400
    assert target.read_text(encoding="utf-8") == "what was there"
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


def test_export_keeps_links_and_modes(caspian: Caspian, tmp_path: Path) -> None:
    target, alias = tmp_path / "zones.gpkg", tmp_path / "alias.gpkg"
    target.touch(mode=0o600)
    alias.symlink_to(target)
    assert caspian("export", "zones", "-o", alias).code == 0
    assert alias.is_symlink()
    assert target.stat().st_mode & 0o777 == 0o600
    assert target.stat().st_size > 0


def test_what_cannot_be_made_is_listed_without_its_size(client: FlaskClient, store: Any) -> None:
    store.folder.parent.mkdir(exist_ok=True)
    store.folder.write_text("in the way of a folder")
    answer = client.get("/downloads").get_json()
    assert {one["bytes"] for one in answer["downloads"]} == {None}
    assert client.get("/downloads", headers={"Accept": "text/html"}).status_code == 200


def test_the_page_of_downloads(client: FlaskClient) -> None:
    page = client.get("/downloads", headers={"Accept": "text/html"})
    assert page.content_type == "text/html; charset=utf-8"
    text = page.get_data(as_text=True)
    answer = client.get("/downloads").get_json()
    named = [one["name"] for one in answer["downloads"]]
    places = [text.index(f'href="{one["href"]}"') for one in answer["downloads"]]
    assert named[0] == "all.gpkg"
    assert places == sorted(places)
    for one in answer["downloads"]:
        assert one["href"] in text
        assert one["sha256"] in text
    for line in (*answer["commands"]["curl"], answer["commands"]["ogr2ogr"]):
        assert line in text
    assert json.loads(client.get("/downloads?f=json", headers={"Accept": "text/html"}).get_data())
    assert client.get("/downloads?f=xml").status_code == 400
