"""What the map first draws of an edition is there when somebody comes, and making it counts as progress."""

from __future__ import annotations

import json
import re
from pathlib import Path

from flask.testing import FlaskClient

from api.application import create_app
from api.atlas import build_apart
from api.collections import first_map
from api.collections.first_map import STAGE, make_first_map
from api.http.metrics import downloads_made
from api.processes.builder import Work
from api.processes.files import JobFiles
from tests.api.conftest import Caspian
from tests.api.service import ROOT
from zones.editions.store import Store

SCRIPT = (ROOT / "api" / "pages" / "static" / "geography.js").read_text(encoding="utf-8")


def counted() -> float:
    return float(downloads_made.labels("geojson")._value.get())


def drawn_first() -> list[str]:
    """What the map asks for, of the whole sea on a small screen and on a large one."""
    offsets = json.loads("[" + re.findall(r"OFFSETS = \[(.*)\];", SCRIPT)[0] + "]")
    layers = json.loads(re.findall(r"water: (\[.*?\])", SCRIPT)[0])
    return [
        f"{collection}.geojson?max-allowable-offset={offset}"
        for least, offset in offsets
        for collection in layers
        if least <= 6
    ]


def test_it_is_what_the_map_asks_for() -> None:
    named = [f"{one}.geojson" for one in first_map._COLLECTIONS]
    wanted = [f"{name}?max-allowable-offset={step}" for step in first_map._STEPS_DEG for name in named]
    assert sorted(wanted) == sorted(drawn_first())


def test_what_a_command_has_built_is_not_made_when_it_is_asked_for(
    real_caspian: Caspian, real_client: FlaskClient
) -> None:
    edition = real_caspian("build", "--breadth", "TKM=11").out.strip()
    before = counted()
    for name in drawn_first():
        answer = real_client.get(f"/downloads/{edition}/{name}")
        assert answer.status_code == 200
        assert answer.get_json()["features"]
    assert counted() == before
    real_client.get(f"/downloads/{edition}/zones.geojson?max-allowable-offset=0.02")
    assert counted() == before + 1  # of what nobody has made


def test_it_counts_as_progress(real_store: Store, tmp_path: Path) -> None:
    files = JobFiles(tmp_path)
    files.make_folders()
    work = Work(files, files.new_job("name", "raw", None), seconds=1.0)
    said: list[tuple[str, int]] = []
    work.say = lambda state, message, progress, **_: said.append((message, progress))  # type: ignore[method-assign]
    work.progress("walking", 1.0)
    make_first_map(tmp_path, real_store.edition("osm"), work.progress_of_map)
    assert {message for message, _ in said[1:]} == {STAGE}
    shares = [share for _, share in said]
    assert shares == sorted(set(shares))
    assert shares[-1] < 100


def test_where_it_cannot_be_kept_nothing_fails(real_store: Store, tmp_path: Path) -> None:
    (tmp_path / "downloads").write_text("in the way", encoding="utf-8")
    make_first_map(tmp_path, real_store.edition("osm"))


def test_what_the_service_builds_itself_has_it(real_store: Store, tmp_path: Path) -> None:
    store = Store(tmp_path / "cache")
    (store.folder / "compiled").symlink_to(real_store.folder / "compiled")
    build_apart(store, "dcw")
    client = create_app({"EDITION": "dcw"}, store=store).test_client()
    before = counted()
    for name in drawn_first():
        assert client.get(f"/downloads/dcw/{name}").status_code == 200
    assert counted() == before
