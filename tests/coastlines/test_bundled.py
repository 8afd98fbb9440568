"""Bundled files: registered, verified, legally complete, small."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from coastlines import SOURCE_IDS, DataError, bundled
from coastlines.bundled import DATA_DIRECTORY, read_bundled, read_registry

REGISTERED = sorted(read_registry())
FOLDERS = sorted({name.split("/")[0] for name in REGISTERED})


@pytest.fixture
def copied_data(tmp_path: Path) -> Path:
    """A copy of the registry and of one source, to be damaged."""
    (tmp_path / "osm-2017").mkdir()
    for name in ("registry.txt", "osm-2017/coast.geojson"):
        shutil.copy(DATA_DIRECTORY / name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize("name", REGISTERED)
def test_every_registered_file_is_what_was_registered(name: str) -> None:
    content = read_bundled(name)
    assert hashlib.sha256(content).hexdigest() == read_registry()[name]
    assert len(content) < 2_000_000


def test_every_data_file_is_registered() -> None:
    files = {
        path.relative_to(DATA_DIRECTORY).as_posix() for path in DATA_DIRECTORY.rglob("*") if path.is_file()
    }
    assert files == {"registry.txt", *REGISTERED}


@pytest.mark.parametrize("folder", [folder for folder in FOLDERS if folder != "licences"])
def test_every_folder_has_a_licence(folder: str) -> None:
    assert f"{folder}/LICENSE" in REGISTERED


@pytest.mark.parametrize("source_id", SOURCE_IDS)
def test_the_licence_is_the_one_of_the_provenance(source_id: str) -> None:
    text = read_bundled(f"{source_id}/LICENSE").decode("utf-8")
    provenance = json.loads(read_bundled(f"{source_id}/PROVENANCE.json"))
    words = {"ODbL-1.0": "Open Database License", "LGPL-3.0-or-later": "Lesser General"}
    assert words[provenance["licence"]].lower() in text.lower()
    if provenance["licence"] == "ODbL-1.0":
        assert provenance["attribution"] == "© OpenStreetMap contributors"
        assert provenance["attribution"] in text


def test_a_damaged_copy_is_refused(copied_data: Path) -> None:
    name = "osm-2017/coast.geojson"
    file = copied_data / name
    expected = hashlib.sha256(file.read_bytes()).hexdigest()
    file.write_bytes(file.read_bytes().replace(b"51.", b"52.", 1))
    with pytest.raises(DataError, match="was changed") as caught:
        read_bundled(name, copied_data)
    found = hashlib.sha256(file.read_bytes()).hexdigest()
    assert (caught.value.path, caught.value.expected, caught.value.found) == (file, expected, found)
    for part in (str(file), expected, found, "reinstall"):
        assert part in str(caught.value)


def test_a_missing_file_is_refused(copied_data: Path) -> None:
    with pytest.raises(DataError, match=r"osm.coast\.geojson cannot be read"):
        read_bundled("osm/coast.geojson", copied_data)


def test_an_unregistered_file_is_refused(copied_data: Path) -> None:
    (copied_data / "more.txt").write_text("x")
    with pytest.raises(DataError, match=r"more\.txt is not in"):
        read_bundled("more.txt", copied_data)


@pytest.mark.parametrize("content", [None, "no hash\n", "abc  osm/coast.geojson\n"])
def test_a_damaged_registry_is_refused(copied_data: Path, content: str | None) -> None:
    registry = copied_data / bundled.REGISTRY_NAME
    registry.unlink() if content is None else registry.write_text(content)
    with pytest.raises(DataError, match="registry"):
        read_bundled("osm-2017/coast.geojson", copied_data)
