"""The recipes of the documentation, run as they stand, and what they give compared with the download."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyogrio
import pytest

from tests.api.service import PATIENCE_S, ROOT
from tests.clients.running import Service

DOCUMENT = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", DOCUMENT, re.DOTALL)


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))


def block(service: Service, holding: str, language: str = "python") -> str:
    """The one block of a language that holds a text, for this service."""
    (text,) = [text for name, text in BLOCKS if name == language and holding in text]
    return text.replace("http://127.0.0.1:8000/", service.url)


def given(service: Service, holding: str) -> dict[str, Any]:
    """What a block in Python leaves."""
    names: dict[str, Any] = {}
    exec(compile(block(service, holding), holding, "exec"), names)
    return names


def areas(service: Service) -> dict[str | None, float]:
    """Areas of zones by State, by the download."""
    summed: dict[str | None, float] = {}
    for properties in (one["properties"] for one in service.features("zones")):
        if properties["in_sums"]:
            summed[properties["state"]] = summed.get(properties["state"], 0.0) + properties["area_km2"]
    return summed


def test_every_block_is_run() -> None:
    assert [name for name, _ in BLOCKS] == ["python", "python", "python", "sh"]


def test_geopandas_sums_areas(service: Service) -> None:
    found = given(service, "groupby")
    assert len(found["zones"]) == len(service.ids("zones"))
    expected = {state: area for state, area in areas(service).items() if state is not None}
    assert found["areas"].to_dict() == pytest.approx(expected)


def test_geopandas_has_the_server_filter_and_transform(service: Service) -> None:
    frame = given(service, "kazakh")["kazakh"]
    expected = [one["id"] for one in service.features("zones") if one["properties"]["state"] == "KAZ"]
    assert list(frame["id"]) == expected
    back = frame.to_crs("EPSG:4326")
    drawn = dict(zip(service.ids("zones"), service.geometries("zones"), strict=True))
    for name, geometry in zip(back["id"], back.geometry, strict=True):
        assert geometry.bounds == pytest.approx(drawn[name].bounds, abs=1e-7)


def test_duckdb_sums_areas_and_finds_a_place(service: Service) -> None:
    """In a process of its own: its extension brings another GDAL."""
    script = block(service, "duckdb") + "\nimport json\nprint(json.dumps([areas, here]))\n"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=PATIENCE_S)
    assert done.returncode == 0, done.stderr
    summed, here = json.loads(done.stdout.splitlines()[-1])  # it tells its progress
    assert dict(summed) == pytest.approx(areas(service))
    answer = service.json("classify?lon=49.97&lat=40.1")
    assert here == [[f"{answer['zone']}-{answer['state']}"]]


def test_gdal_writes_other_formats(service: Service, tmp_path: Path) -> None:
    script = block(service, "PGDUMP", "sh")
    done = subprocess.run(["sh", "-e", "-c", script], capture_output=True, text=True, timeout=PATIENCE_S)
    assert (done.returncode, done.stderr) == (0, "")
    expected = [
        one["id"]
        for one in service.features("zones")
        if one["properties"]["state"] == "KAZ" and one["properties"]["area_km2"] > 10000
    ]
    assert expected
    assert list(pyogrio.read_dataframe(tmp_path / "kazakhstan.gpkg")["id"]) == expected
    rows = (tmp_path / "zones.sql").read_text(encoding="utf-8")
    assert rows.count('INSERT INTO "caspian"."zones"') == len(service.ids("zones"))
