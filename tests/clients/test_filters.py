"""Clients that can leave filtering to the server do so: what they ask for is noted on its way in."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import pyogrio
import pytest
from owslib.ogcapi.features import Features

from tests.api.service import PATIENCE_S, ROOT
from tests.clients.running import Service, run, tool
from zones.editions.store import Store

Asked = list[dict[str, list[str]]]
Json = dict[str, Any]

CONDITIONS: tuple[tuple[str, Callable[[Json], bool]], ...] = (
    ("area_km2 > 20000", lambda p: p["area_km2"] > 20000),
    ("state = 'KAZ' OR state = 'RUS'", lambda p: p["state"] in ("KAZ", "RUS")),
    ("zone LIKE 'fish%' AND breadth_nm >= 20", lambda p: p["zone"] == "fishery_zone"),
    ("NOT (state = 'KAZ')", lambda p: p["state"] not in (None, "KAZ")),
    ("state IS NULL", lambda p: p["state"] is None),
    ("in_sums = 0", lambda p: not p["in_sums"]),
    ("area_km2 BETWEEN 5000 AND 20000", lambda p: 5000 <= p["area_km2"] <= 20000),
)


@dataclass
class Noting:
    """A running service and its notes."""

    url: str
    notes: Path

    def asked(self) -> Asked:
        """The queries of items since it was asked last."""
        queries = [parse_qs(line) for line in self.notes.read_text(encoding="utf-8").splitlines()]
        self.notes.write_text("")
        return queries


@pytest.fixture(scope="module")
def noting(real_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Noting]:
    notes = tmp_path_factory.mktemp("noting") / "queries"
    notes.touch()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.clients.noting", str(real_store.folder), str(notes)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield Noting(process.stdout.readline().strip(), notes)
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def zones(real_store: Store) -> dict[str, Json]:
    return {one.id: dict(one.properties) for one in real_store.edition("osm").collections["zones"].features}


@pytest.mark.parametrize(("condition", "meaning"), CONDITIONS, ids=[one for one, _ in CONDITIONS])
def test_gdal_leaves_conditions_to_the_server(
    noting: Noting, zones: Any, condition: str, meaning: Callable[[Json], bool], tmp_path: Path
) -> None:
    """pyogrio's GDAL 3.12 and Debian's 3.6."""
    url = noting.url
    expected = [name for name, properties in zones.items() if meaning(properties)]
    assert 0 < len(expected) < len(zones)
    noting.asked()
    frame = pyogrio.read_dataframe(f"OAPIF:{url}", layer="zones", where=condition)
    assert list(frame["id"]) == expected
    assert_filtered(noting, len(expected))
    target = tmp_path / "zones.fgb"
    program = tool("ogr2ogr", "gdal-bin")
    run(program, "-lco", "SPATIAL_INDEX=NO", "-where", condition, str(target), f"OAPIF:{url}", "zones")
    assert list(pyogrio.read_dataframe(target)["id"]) == expected
    assert_filtered(noting, len(expected))


def assert_filtered(noting: Noting, count: int) -> None:
    """The client asked with a filter, by which the server finds just what is right."""
    (query, *_) = [one for one in noting.asked() if "filter" in one]
    assert query["filter-lang"] == ["cql-text"]
    found = Features(noting.url).collection_items(
        "zones", **{name: values[0] for name, values in query.items()}
    )
    assert found["numberMatched"] == count


def test_owslib_sends_filters_in_both_languages(noting: Noting, zones: Any) -> None:
    expected = [name for name, one in zones.items() if one["state"] == "KAZ" and one["area_km2"] > 5000]
    assert expected
    features = Features(noting.url)
    as_json = {
        "op": "and",
        "args": [
            {"op": "=", "args": [{"property": "state"}, "KAZ"]},
            {"op": ">", "args": [{"property": "area_km2"}, 5000]},
        ],
    }
    text = {"filter": "state = 'KAZ' AND area_km2 > 5000"}
    for sent in (text, {"filter": json.dumps(as_json), "filter-lang": "cql2-json"}):
        noting.asked()
        found = features.collection_items("zones", limit=1000, skipGeometry="true", **sent)
        assert [one["id"] for one in found["features"]] == expected
        assert noting.asked()[0]["filter"] == [sent["filter"]]
    assert set(features.collection_queryables("zones")["properties"]) >= {"zone", "state", "area_km2"}


def test_the_line_of_a_request_has_room_for_so_much(service: Service) -> None:
    """Filters of every permitted length in ASCII, and of some 1,300 letters that are escaped."""
    for letter, most in (("x", 1_990), ("ж", 1_300)):
        query = urlencode({"filter": f"name='{letter * most}'", "f": "json"})
        assert service.json(f"collections/zones/items?{query}")["numberMatched"] == 0
    query = urlencode({"filter": f"name='{'ж' * 1_400}'"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{service.url}collections/zones/items?{query}", timeout=PATIENCE_S)
    assert refused.value.code == 414
    refused.value.close()
