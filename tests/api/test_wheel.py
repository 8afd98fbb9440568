"""What is really inside the wheel."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel of a copy of the project, so that nothing is left in the project's own folder."""
    place = tmp_path_factory.mktemp("wheel")
    source = place / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        (source / name).write_bytes((ROOT / name).read_bytes())
    for package in ("api", "coastlines", "zones"):
        for path in (ROOT / package).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                target = source / path.relative_to(ROOT)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(path.read_bytes())
    subprocess.run(
        [
            sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
            "--disable-pip-version-check", "--wheel-dir", str(place), str(source),
        ],
        check=True,
    )  # fmt: skip
    (path,) = place.glob("caspian_zones-*.whl")
    return zipfile.ZipFile(path)


def test_every_module_and_file_of_the_packages(wheel: zipfile.ZipFile) -> None:
    inside = set(wheel.namelist())
    expected = {
        path.relative_to(ROOT).as_posix()
        for package in ("api", "coastlines", "zones")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert expected <= inside
    for name in ("api/pages/templates/landing.html", "api/pages/static/page.css", "zones/py.typed"):
        assert name in inside
    assert not [name for name in inside if name.startswith(("tests/", "benchmarks/"))]


def test_data_are_those_of_the_registry_and_have_licences(wheel: zipfile.ZipFile) -> None:
    inside = set(wheel.namelist())
    registry = wheel.read("coastlines/data/registry.txt").decode("utf-8").splitlines()
    for line in registry:
        first, _, second = line.strip().partition(" ")
        if not second or first.startswith("#"):
            continue
        name, digest = (second.strip(), first) if len(first) == 64 else (first, second.strip())
        content = wheel.read(f"coastlines/data/{name}")
        assert hashlib.sha256(content).hexdigest() == digest
    for folder in ("osm", "osm-2017", "gshhg", "dcw", "kara_bogaz_gol", "states", "reference"):
        assert f"coastlines/data/{folder}/LICENSE" in inside
    assert "coastlines/data/licences/GPL-3.0.txt" in inside
    assert [name for name in inside if name.endswith(".dist-info/licenses/LICENSE")]


def test_metadata(wheel: zipfile.ZipFile) -> None:
    (name,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    text = wheel.read(name).decode("utf-8")
    assert "\nLicense-Expression: MIT\n" in text
    assert "\nRequires-Python: >=3.11\n" in text
    assert 'Requires-Dist: matplotlib>=3.9; extra == "plot"' in text
    (name,) = [name for name in wheel.namelist() if name.endswith("entry_points.txt")]
    assert "caspian = api.__main__:run" in wheel.read(name).decode("utf-8")
