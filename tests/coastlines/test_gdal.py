"""GDAL opens what a file's ending names, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from api.commands.main import main
from coastlines.errors import CoastError
from coastlines.gdal import NEEDED_DRIVERS, NotReadableError, name_for_gdal
from coastlines.vector_files import read_vector_file

WFS = b"WFS:http://127.0.0.1:9/wfs"
LAYER = "<OGRVRTLayer name='{0}'><SrcDataSource>{1}</SrcDataSource></OGRVRTLayer>"

Disguise = Callable[[str], Path]


@pytest.fixture
def real(tmp_path: Path) -> Path:
    """A layer of one point, which a disguised file points at."""
    path = tmp_path / "real.gpkg"
    points = shapely.to_wkb(np.array([shapely.Point(51, 41)]))
    pyogrio.raw.write(path, points, [], [], geometry_type="Point", crs="EPSG:4326")
    return path


def vrt(real: Path) -> bytes:
    return f"<OGRVRTDataSource>{LAYER.format(real.stem, real)}</OGRVRTDataSource>".encode()


@pytest.fixture(params=["vrt", "wfs", "geojson", "empty"])
def disguised(request: pytest.FixtureRequest, real: Path, tmp_path: Path) -> Disguise:
    """Write something else into a file of an ending, or into an archive's shapefile."""
    contents = {
        "vrt": vrt(real),
        "wfs": WFS,
        "geojson": b'{"type":"Point","coordinates":[51,41]}',
        "empty": b"",
    }

    def write(name: str) -> Path:
        path = tmp_path / name
        if path.suffix != ".zip":
            path.write_bytes(contents[request.param])
            return path
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(f"folder/layer.{'vrt' if request.param == 'vrt' else 'shp'}",
                             contents[request.param])  # fmt: skip
        return path

    return write


@pytest.mark.parametrize("name", ["x.gpkg", "x.shp", "x.zip", "x.GPKG"])
def test_coasts_and_lines_in_disguise_are_refused(name: str, disguised: Disguise) -> None:
    with pytest.raises(CoastError, match=r"content is not that of|holds no shapefile") as caught:
        read_vector_file(disguised(name), CoastError)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("option", ["--coast", "--straight"])
@pytest.mark.parametrize("name", ["x.gpkg", "x.shp", "x.zip"])
def test_build_refuses_them(
    option: str, name: str, disguised: Disguise, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["build", option, str(disguised(name))]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert name in line


@pytest.mark.parametrize("name", ["x.gpkg", "x.fgb", "x.shp"])
def test_classify_refuses_them(
    name: str, disguised: Disguise, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "out.csv"
    assert main(["classify", str(disguised(name)), "-o", str(target)]) == 2
    assert "its content is not that of" in capsys.readouterr().err
    assert not target.exists()


@pytest.mark.parametrize(
    "magic", [b"SQLite format 3\0" + bytes(200), b"fgb\x03fg", b"\x00\x00\x27\x0b", b"PK"]
)
@pytest.mark.parametrize("name", ["x.gpkg", "x.fgb", "x.shp", "x.zip"])
def test_nearly_right_first_bytes_are_not_enough(name: str, magic: bytes, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(magic)
    with pytest.raises(NotReadableError, match=r"content is not that of|cannot be read"):
        name_for_gdal(path)


def test_an_archive_may_hold_other_files_beside_its_shapefile(real: Path, tmp_path: Path) -> None:
    frame = pyogrio.raw.read(real)
    shape = tmp_path / "coast.shp"
    pyogrio.raw.write(shape, frame[2], [], [], geometry_type="Point", crs="EPSG:4326")
    path = tmp_path / "some {coast}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in tmp_path.glob("coast.*"):
            archive.write(file, f"below/{file.name}")
        archive.writestr("other.vrt", vrt(real))
        archive.writestr("README.txt", "made by hand")
    (feature,) = read_vector_file(path, CoastError).features
    assert feature.geometry.equals(shapely.Point(51, 41))


@pytest.mark.parametrize("name", ["WFS:http.gpkg", "a b.gpkg", "x?y.gpkg", "-.gpkg"])
def test_a_name_is_never_an_address(name: str, real: Path, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / name).write_bytes(real.read_bytes())
    monkeypatch.chdir(tmp_path)
    assert len(read_vector_file(Path(name), CoastError).features) == 1


def test_a_file_is_not_checked_under_one_name_and_opened_under_another(real: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.zip!b.gpkg"
    path.write_bytes(real.read_bytes())
    with pytest.raises(CoastError, match="exclamation mark"):
        read_vector_file(path, CoastError)


def test_only_the_needed_drivers_are_there_and_the_environment_stays(real: Path, tmp_path: Path) -> None:
    other = tmp_path / "x.vrt"
    other.write_bytes(vrt(real))
    seen = """
import json, os, sys
from coastlines.gdal import load_pyogrio
before = dict(os.environ)
pyogrio = load_pyogrio()
assert dict(os.environ) == before
try:
    pyogrio.list_layers(sys.argv[1])
    opened = True
except pyogrio.errors.DataSourceError:
    opened = False
print(json.dumps([sorted(pyogrio.list_drivers()), opened]))
"""
    for own in ({}, {"OGR_SKIP": "ESRI Shapefile,WFS"}):
        run = subprocess.run(
            [sys.executable, "-c", seen, str(other)],
            env={**os.environ, **own}, capture_output=True, text=True, check=True,
        )  # fmt: skip
        needed = set(NEEDED_DRIVERS) - ({"ESRI Shapefile"} if own else set())
        assert json.loads(run.stdout) == [sorted(needed), False]
        assert run.stderr == ""


def test_every_import_goes_through_one_module() -> None:
    root = Path(__file__).resolve().parents[2]
    files = [file for package in ("api", "zones", "coastlines") for file in (root / package).rglob("*.py")]
    assert len(files) > 100
    importing = [file.name for file in files if "import pyogrio" in file.read_text()]
    importing += [file.name for file in files if "from pyogrio" in file.read_text()]
    assert importing == ["gdal.py"]
