"""The recipes of the documentation, run as they stand, and what they give compared with the download."""

from __future__ import annotations

import csv
import functools
import http.server
import io
import json
import re
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
from playwright.sync_api import Browser, expect
from xstatic.pkg import leaflet  # type: ignore[import-untyped]

from tests.api.real import POSITIONS
from tests.api.service import PATIENCE_S, ROOT
from tests.clients.postgis import postgresql
from tests.clients.qgis_running import run_qgis
from tests.clients.running import Service

DOCUMENT = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", DOCUMENT, re.DOTALL)
RANDOM_POSITIONS = 2000
WATERS = ("internal_waters", "territorial_waters", "fishery_zone", "common_maritime_space")

Label = tuple[str, str | None, str | None]  # name, zone and State


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


def run_shell(script: str) -> str:
    done = subprocess.run(["sh", "-e", "-c", script], capture_output=True, text=True, timeout=PATIENCE_S)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture(scope="module")
def positions(service: Service) -> tuple[str, list[Label]]:
    """A table of positions, and of each the label that it has in the water by the service.

    The last lies on the drawn line between two zones, of which it gets both.
    """
    places = {f"of {name}": place for name, place in POSITIONS.items()}
    random = np.random.default_rng(11).uniform([46.5, 36.5], [54.8, 47.2], (RANDOM_POSITIONS, 2))
    places |= {f"random {number}": (lon, lat) for number, (lon, lat) in enumerate(random.tolist())}
    table = "name,lon,lat\n" + "".join(f"{name},{lon},{lat}\n" for name, (lon, lat) in places.items())
    asked = urllib.request.Request(
        f"{service.url}classify?fields=zone,state", table.encode(), {"Content-Type": "text/csv"}
    )
    with urllib.request.urlopen(asked, timeout=PATIENCE_S) as response:
        rows = list(csv.DictReader(io.TextIOWrapper(response, "utf-8")))
    nothing = (None, None)
    labels: list[Label] = [
        (row["name"], *((row["zone"], row["state"] or None) if row["zone"] in WATERS else nothing))
        for row in rows
    ]
    assert {zone for _, zone, _ in labels} == {*WATERS, None}
    limit = next(one for one in service.features("limits") if one["id"] == "territorial_waters-TKM")
    lon, lat = np.concatenate([np.empty((0, 2)), *parts(limit["geometry"])]).tolist()[1]
    table += f"on a line,{lon!r},{lat!r}\n"
    both: list[Label] = [("on a line", zone, "TKM") for zone in ("fishery_zone", "territorial_waters")]
    return table, sorted(labels + both)


def parts(geometry: dict[str, Any]) -> list[Any]:
    """The lines of a line or of several."""
    coordinates = geometry["coordinates"]
    return [coordinates] if geometry["type"] == "LineString" else list(coordinates)


def test_every_block_is_run() -> None:
    kinds = [name for name, _ in BLOCKS]
    assert kinds == ["python"] * 3 + ["sh", "sh", "sql", "python", "sql", "python", "python", "html"]


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


def test_duckdb_sums_areas_finds_a_place_and_labels_positions(
    service: Service, positions: tuple[str, list[Label]], tmp_path: Path
) -> None:
    """In a process of its own: its extension brings another GDAL."""
    (tmp_path / "positions.csv").write_text(positions[0], encoding="utf-8")
    printing = "import json\nprint(json.dumps([areas, here, labelled]))\n"
    script = "\n".join([block(service, "import duckdb"), block(service, "labelled"), printing])
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=PATIENCE_S)
    assert done.returncode == 0, done.stderr
    summed, here, labelled = json.loads(done.stdout.splitlines()[-1])  # it tells its progress
    assert dict(summed) == pytest.approx(areas(service))
    assert here == [[zone_at(service)]]
    assert sorted(map(tuple, labelled)) == positions[1]


def zone_at(service: Service) -> str:
    """The id of the zone that the recipes look for."""
    answer = service.json("classify?lon=49.97&lat=40.1")
    return f"{answer['zone']}-{answer['state']}"


def test_gdal_writes_other_formats(service: Service, tmp_path: Path) -> None:
    run_shell(block(service, "PGDUMP", "sh"))
    expected = [
        one["id"]
        for one in service.features("zones")
        if one["properties"]["state"] == "KAZ" and one["properties"]["area_km2"] > 10000
    ]
    assert expected
    assert list(pyogrio.read_dataframe(tmp_path / "kazakhstan.gpkg")["id"]) == expected
    rows = (tmp_path / "zones.sql").read_text(encoding="utf-8")
    assert rows.count('INSERT INTO "caspian"."zones"') == len(service.ids("zones"))


def test_postgis_sums_areas_finds_a_place_and_labels_positions(
    service: Service, positions: tuple[str, list[Label]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "positions.csv").write_text(positions[0], encoding="utf-8")

    def rows(script: str) -> list[tuple[str | None, ...]]:
        command = ["psql", "--quiet", "--tuples-only", "--csv", "--set=ON_ERROR_STOP=1"]
        done = subprocess.run(command, input=script, capture_output=True, text=True, timeout=PATIENCE_S)
        assert (done.returncode, done.stderr) == (0, "")
        return [tuple(cell or None for cell in row) for row in csv.reader(done.stdout.splitlines())]

    with postgresql() as variables:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        run_shell(block(service, "CREATE EXTENSION", "sh"))
        (counted,) = rows("SELECT count(*) FROM zones")
        assert counted == (str(len(service.ids("zones"))),)
        *summed, here = rows(block(service, "sum(area_km2)", "sql"))
        assert {state: float(area or 0) for state, area in summed} == pytest.approx(areas(service))
        assert here == (zone_at(service),)
        labelled = rows(block(service, "positions", "sql"))
    assert sorted(labelled) == positions[1]


def test_qgis_has_layers_and_colours(service: Service, tmp_path: Path) -> None:
    lines = block(service, "OAPIF") + block(service, "loadDefaultStyle")
    layers = json.loads(run_qgis("qgis_recipe.py", tmp_path, given=lines))
    assert list(layers["Zones, live"]["ids"]) == service.ids("zones")
    assert layers.pop("Zones, live")["counted"] == len(service.ids("zones"))
    assert sorted(layers) == ["boundaries", "limits", "sectors", "zones"]
    for name, layer in layers.items():
        assert sorted(layer["ids"]) == sorted(service.ids(name))
        assert layer["renderer"] == "categorizedSymbol"


@pytest.fixture
def own_site(service: Service, tmp_path: Path) -> Iterator[str]:
    """The page of the recipe on a site of its own, with Leaflet beside it; where it is."""
    (tmp_path / "index.html").write_text(block(service, "L.map", "html"), encoding="utf-8")
    (tmp_path / "favicon.ico").touch()  # which browsers ask for themselves
    (tmp_path / "leaflet").symlink_to(leaflet.BASE_DIR)
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        serving.join()


def test_leaflet_draws_every_zone_and_names_it(service: Service, browser: Browser, own_site: str) -> None:
    complaints: list[str] = []
    with browser.new_context() as context:
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda one: None if one.url.startswith((own_site, service.url)) else complaints.append(one.url),
        )
        page.goto(own_site)
        paths = page.locator("#map path.leaflet-interactive")
        expect(paths).to_have_count(len(service.ids("zones")))
        names = set()
        for path in paths.all():
            path.dispatch_event("mouseover")
            names.add(page.locator(".leaflet-tooltip").inner_text())
            path.dispatch_event("mouseout")
    assert names == set(service.ids("zones"))
    assert complaints == []
