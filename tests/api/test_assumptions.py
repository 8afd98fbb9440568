"""An edition that is not a default one says so in every way out."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from api.application import create_app
from api.languages.catalogues import messages
from api.pages.sketch import _shortened
from api.pages.wording import Wording
from api.texts.explanation import distance_of
from tests.api.fake_store import FakeEdition, FakeEditionInfo, FakeStore
from zones.words import KARA_BOGAZ_GOL_ID, KARA_BOGAZ_GOL_NAME

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
    assert not re.search(r"\d\d:\d\d UTC", text)  # the same page at every time


def test_a_map_has_as_much_of_it_as_there_is_room_for() -> None:
    words = Wording("en")
    assert _shortened("Kazakhstan 12 nm", words) == "What-if: Kazakhstan 12 nm. Not the default."
    shown = _shortened("; ".join(["straight baseline of Kazakhstan"] * 10), words)
    assert shown == "What-if: straight baseline of Kazakhstan; …. Not the default."


@pytest.mark.parametrize("language", ["en", "ru", "fa"])
def test_what_differs_is_told_apart(language: str) -> None:
    words, said = Wording(language), messages(language)
    one, other = (words.told_apart("sector_boundaries", f"KAZ-RUS-{at}", "") for at in (1, 2))
    assert one != other
    assert "KAZ-RUS-1" in one
    assert one != words.told_apart("boundaries", "KAZ-RUS-1", "")
    assert said.gettext(KARA_BOGAZ_GOL_NAME) in words.told_apart("zones", KARA_BOGAZ_GOL_ID, "")
    assert bool(re.search("[0-9]", distance_of(said, 29_290.0, None, language))) == (language != "fa")


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
