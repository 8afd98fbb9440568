"""An edition that is not a default one says so in every way out."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from api.application import create_app
from tests.api.fake_store import FakeEdition, FakeEditionInfo, FakeStore

ASSUMED = "Kazakhstan 12 nm; half effect of Chilov & <others>"


class AssumingEdition(FakeEdition):
    assumptions = ASSUMED


class AssumingStore(FakeStore):
    def edition(self, name: str = "osm", **_: Any) -> FakeEdition:
        return AssumingEdition("osm")

    def editions(self) -> tuple[FakeEditionInfo, ...]:
        return (FakeEditionInfo("osm-0123abcd", "osm", "Coast osm", True, {"assumptions": ASSUMED}),)


@pytest.fixture
def client(tmp_path) -> FlaskClient:
    return create_app(store=AssumingStore(folder=tmp_path)).test_client()


@pytest.mark.parametrize(
    "path",
    [
        "/classify?lon=48.1&lat=42", "/collections", "/collections/zones", "/collections/zones/items",
        "/collections/zones/items/territorial_waters-AZE", "/downloads", "/downloads/osm/zones.geojson",
    ],
)  # fmt: skip
def test_json_has_the_member(client: FlaskClient, path: str) -> None:
    assert client.get(path).get_json(force=True)["assumptions"] == ASSUMED


@pytest.mark.parametrize(
    "path",
    ["/", "/classify?lon=48.1&lat=42", "/collections", "/collections/zones", "/collections/zones/items",
     "/collections/zones/items/territorial_waters-AZE", "/downloads", "/editions"],
)  # fmt: skip
def test_pages_show_it(client: FlaskClient, path: str) -> None:
    client.get("/collections")  # opens the edition
    text = client.get(path, headers={"Accept": "text/html"}).get_data(as_text=True)
    assert "half effect of Chilov &amp; &lt;others&gt;" in text
    assert text.count('<p class="notice what-if">What-if: ') == 1


@pytest.mark.parametrize("accept", ["application/json", "text/csv", "application/geo+json-seq"])
def test_batches_have_the_column(client: FlaskClient, accept: str) -> None:
    answer = client.post("/classify", json={"points": [[48.1, 42]]}, headers={"Accept": accept})
    assert ASSUMED in answer.get_data(as_text=True)
    assert "assumptions" in answer.get_data(as_text=True)


def test_the_list_of_editions_has_it(client: FlaskClient) -> None:
    (one,) = client.get("/editions").get_json()["editions"]
    assert one["assumptions"] == ASSUMED


@pytest.mark.parametrize("form", ["geojson", "kml", "gpkg", "fgb", "zip"])
def test_files_say_it(client: FlaskClient, form: str) -> None:
    content = client.get(f"/downloads/osm/limits.{form}").get_data()
    assert b"Kazakhstan 12 nm; half effect of Chilov" in content
