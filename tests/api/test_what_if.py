"""What-ifs on the real sea: built, shown, shared, made room for, built again; and in no list."""

from __future__ import annotations

import io
import json
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import lxml.html
import pytest
from flask.testing import FlaskClient
from owslib.ogcapi.processes import Processes

from api.application import create_app
from api.errors import BusyError, StorageError
from api.http.metrics import downloads_made
from api.processes.description import islands
from api.processes.forms import read_form
from api.processes.keeping import keep_within
from api.settings import settings
from tests.api.conftest import Caspian
from tests.api.service import ROOT, running, until
from zones.atlas.differences import area_differences
from zones.editions.identity import read_inputs
from zones.editions.store import Store
from zones.parameters import Parameters
from zones.words import STATE_NAMES

EXECUTION = "/processes/edition/execution"
FORM = {
    "breadth-KAZ": "12,0",
    "breadth-AZE": "15",
    "effect-Chilov": "1",
    "line-0-state": "AZE",
    "line-0-kind": "closing_line",
    "line-0-line_type": "geodesic",
    "line-0-name": "Bay <of> one",
    "line-0-positions": "40°18.78'N 049°50.22'E\r\n\r\n40.331 N, 49.983 E\r\n",
    "title": "My <own> line",
    "coast": "osm",
}
OWN = {"Sec-Fetch-Site": "same-origin"}
HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def client(real_store: Store) -> Any:
    """The service as it is run: editions are built by jobs alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASPIAN_CACHE", str(real_store.folder))
        yield create_app().test_client()


def ended(client: FlaskClient, address: str) -> dict[str, Any]:
    until(lambda: client.get(address).get_json()["status"] not in ("accepted", "running"))
    return dict(client.get(address).get_json())


@pytest.fixture(scope="module")
def job(client: FlaskClient) -> str:
    """The address of a job, begun by the form, that has built an edition."""
    answer = client.post("/what-if", data=FORM, headers=OWN)
    assert answer.status_code == 303, answer.text
    address = answer.headers["Location"].removeprefix("http://localhost")
    status = ended(client, address)
    assert (status["status"], status["message"]) == ("successful", "built")
    return str(address)


@pytest.fixture(scope="module")
def results(client: FlaskClient, job: str) -> dict[str, Any]:
    return dict(client.get(f"{job}/results").get_json())


@pytest.mark.whole
def test_results_are_those_of_the_edition(results: dict[str, Any], real_store: Store) -> None:
    edition, usual = real_store.edition(results["edition"]), real_store.edition("osm")
    assert results["assumptions"] == edition.assumptions == "Kazakhstan 12 nm; closing line of Azerbaijan"
    assert results["title"] == "My <own> line"
    assert results["compared_with"] == usual.name
    found = {one["id"]: one for one in results["differences"]["areas"]}
    for one in area_differences(usual.collections, edition.collections):
        assert found[one.id]["gained_km2"] == one.gained_km2
        assert found[one.id]["lost_km2"] == one.lost_km2
    assert found["territorial_waters-KAZ"]["lost_km2"] > 6000
    (bay,) = (one for one in found.values() if one["id"].startswith("internal_waters-AZE"))
    assert (bay["before_km2"], bay["lost_km2"]) == (0.0, 0.0)
    assert bay["gained_km2"] == bay["after_km2"] > 50
    moved = {one["id"]: one["moved_m"] for one in results["differences"]["lines"]}
    assert moved["territorial_waters-KAZ"] > 3 * 1852


@pytest.mark.thorough
def test_links_lead_to_the_edition(client: FlaskClient, results: dict[str, Any]) -> None:
    for one in results["links"]:
        answer = client.get(one["href"].removeprefix("http://localhost"))
        assert answer.status_code == 200, one
    answer = client.get(f"/classify?lon=49.9&lat=40.34&edition={results['edition']}").get_json()
    assert (answer["zone"], answer["assumptions"]) == ("internal_waters", results["assumptions"])


def test_pages_say_what_is_assumed(client: FlaskClient, job: str, results: dict[str, Any]) -> None:
    page = client.get(job, headers=HTML)
    assert "My &lt;own&gt; line" in page.text
    assert 'http-equiv="refresh"' not in page.text
    shared = client.get(f"{job}/results", headers=HTML)
    assert shared.status_code == 303
    page = client.get(shared.headers["Location"].removeprefix("http://localhost"), headers=HTML)
    assert page.status_code == 200
    assumed = "Kazakhstan 12 nm; closing line of Azerbaijan"
    assert f"<title>What-if: {assumed}" in page.text.replace("&#39;", "'")
    assert page.text.count('<p class="notice what-if">') == 1
    assert "Bay &lt;of&gt; one" in page.text
    assert page.text.count('alt="Map of the zones"') == 2
    assert "6,302.9" in page.text
    assert "My" not in page.text  # what who began it calls it is not for those that it is shared with
    assert results["edition"] in page.text


def test_who_began_a_job_sees_what_they_have_called_it(
    client: FlaskClient, job: str, results: dict[str, Any]
) -> None:
    (followed,) = lxml.html.fromstring(client.get(job, headers=HTML).text).xpath("//main//a[@rel='next']")
    page = client.get(followed.get("href").removeprefix("http://localhost"), headers=HTML)
    assert "<bdi>My &lt;own&gt; line</bdi>" in page.text
    shared = f"http://localhost/what-if/{results['edition']}"
    assert lxml.html.fromstring(page.text).xpath("//main//code/text()")[-1] == shared
    again = client.post("/what-if", data={**FORM, "title": "Once more"}, headers=OWN)
    page = client.get(again.headers["Location"].removeprefix("http://localhost"), headers=HTML)
    assert "<bdi>Once more</bdi>" in page.text
    for other in ("0" * 32, client.post(EXECUTION, json={"inputs": {"title": "My"}}).get_json()["jobID"]):
        page = client.get(f"/what-if/{results['edition']}?job={other}", headers=HTML)
        assert page.status_code == 200
        assert "My" not in page.text


def test_the_map_is_drawn_already(client: FlaskClient, results: dict[str, Any]) -> None:
    made = downloads_made.labels("geojson")._value.get()
    for step in ("0.005", "0.002"):
        name = f"zones.geojson?max-allowable-offset={step}"
        assert client.get(f"/downloads/{results['edition']}/{name}").status_code == 200
    assert downloads_made.labels("geojson")._value.get() == made


def test_no_list_has_it(client: FlaskClient, results: dict[str, Any]) -> None:
    name = results["edition"]
    for path in ("/editions", "/", "/openapi.json", "/processes", "/downloads", "/metrics"):
        assert name not in client.get(path).text, path
    unknown = client.get("/collections?edition=nowhere")
    assert unknown.status_code == 404
    assert name not in unknown.text
    assert len(name.rpartition("-")[2]) == 32


@pytest.mark.parametrize("digits", [8, 16, 31])
def test_abbreviated_it_is_known_to_its_owner_alone(
    digits: int, client: FlaskClient, results: dict[str, Any], real_caspian: Caspian
) -> None:
    stem, _, whole = results["edition"].rpartition("-")
    short = f"{stem}-{whole[:digits]}"
    assert client.get(f"/collections?edition={short}").status_code == 404
    assert client.get(f"/what-if/{short}").status_code == 404
    answer = real_caspian("classify", 49.9, 40.34, "--edition", short, "--json", "--no-compare")
    assert answer.json["edition"] == results["edition"]


@pytest.mark.thorough
def test_what_makes_room_is_built_again(
    client: FlaskClient, results: dict[str, Any], real_store: Store
) -> None:
    name = results["edition"]
    files = client.application.extensions["jobs"].files
    other = client.post(EXECUTION, json={"inputs": {"breadth": {"RUS": 1}}}).get_json()
    assert ended(client, f"/jobs/{other['jobID']}")["status"] == "successful"
    os.utime(files.editions / name / "choices.json", (1, 1))
    keep_within(real_store, files, {**settings(), "WHAT_IF_KEPT": 1})
    assert not real_store.is_kept(name)
    fresh = create_app().test_client()
    problem = fresh.get(f"/classify?lon=50&lat=42&edition={name}")
    assert problem.status_code == 503
    assert problem.get_json()["type"] == "/problems/edition-not-built"
    page = fresh.get(f"/what-if/{name}", headers=HTML)
    assert page.status_code == 200
    assert "Build it" in page.text
    assert "6,302.9" in page.text
    again = fresh.post(EXECUTION, json=problem.get_json()["execute"])
    assert again.status_code == 201
    address = f"/jobs/{again.get_json()['jobID']}"
    assert ended(fresh, address)["status"] == "successful"
    assert fresh.get(f"{address}/results").get_json()["differences"] == results["differences"]
    assert fresh.get(f"/classify?lon=50&lat=42&edition={name}").status_code == 200


def remembered(client: FlaskClient, state: str, breadth_nm: float) -> str:
    """The name of an edition whose geometry is gone: what it is made from, and its words, are kept."""
    name = read_inputs(Parameters(breadth_nm={state: breadth_nm})).name
    files = client.application.extensions["jobs"].files
    files.remember(name, {"coast": "osm", "breadth": {state: breadth_nm}})
    files.write_results(name, {"assumptions": f"{STATE_NAMES[state]} {breadth_nm:g} nm"})
    return name


@pytest.mark.parametrize(
    ("language", "assumed"), [("en", "Turkmenistan 7 nm"), ("ru", "Туркменистан 7 мор. миль")]
)
def test_a_link_to_what_is_not_built_any_more_says_that_it_is_a_what_if(
    client: FlaskClient, language: str, assumed: str
) -> None:
    name = remembered(client, "TKM", 7.0)
    path = f"/?position=39.5%2052&edition={name}&lang={language}"
    assert client.get(path).get_json()["assumptions"] == "Turkmenistan 7 nm"
    answer = client.get(path, headers=HTML)
    assert answer.status_code == 503
    page = lxml.html.fromstring(answer.text)
    assert assumed in page.find(".//title").text
    assert assumed in page.find_class("what-if")[0].text_content()
    (form,) = (one for one in page.forms if one.action.partition("?")[0].endswith(name))
    assert form.fields["back"] == path
    assert ("execution" in answer.text) is False  # it is for programs


def test_what_differs_is_a_what_if_by_its_title_whether_it_is_built_or_not(client: FlaskClient) -> None:
    """As the address to share opens it."""
    page = client.get(f"/what-if/{remembered(client, 'TKM', 6.5)}?lang=ru", headers=HTML)
    assert page.status_code == 200
    title = lxml.html.fromstring(page.text).findtext(".//title")
    assert title.startswith("Что если: Туркменистан 6,5 мор. миль · Что отличается · ")


def test_who_has_it_built_again_comes_back(client: FlaskClient) -> None:
    name = remembered(client, "TKM", 7.0)
    back = f"/?position=39.5%2052&edition={name}&lang=ru"
    begun = client.post(f"/what-if/{name}", data={"build": "yes", "back": back}, headers=OWN)
    job = begun.headers["Location"].removeprefix("http://localhost")
    assert ended(client, job)["status"] == "successful"
    (on,) = lxml.html.fromstring(client.get(job, headers=HTML).text).xpath("//main//a[@rel='next']/@href")
    assert on == f"http://localhost/?position=39.5+52&edition={name}&lang=ru"
    assert "Turkmenistan 7 nm" in client.get(on.replace("lang=ru", "lang=en"), headers=HTML).text
    for place, leads_to in (
        (back, on),
        ("//elsewhere.example/a", "http://localhost/a"),
        ("https://elsewhere.example", f"http://localhost/what-if/{name}"),
        ("", f"http://localhost/what-if/{name}"),
    ):
        answer = client.post(f"/what-if/{name}", data={"build": "yes", "back": place}, headers=OWN)
        assert (answer.status_code, answer.headers["Location"]) == (303, leads_to)


def test_choices_are_forgotten_in_the_end(client: FlaskClient, real_store: Store) -> None:
    files = client.application.extensions["jobs"].files
    done = {"coast": "osm", "breadth": {"TKM": 9.0}}
    files.remember("osm-2024.08-" + "a" * 32, done)
    os.utime(files.editions / ("osm-2024.08-" + "a" * 32) / "choices.json", (0, 0))
    count = len(list(files.remembered()))
    keep_within(real_store, files, {**settings(), "WHAT_IF_CHOICES": count - 1})
    assert files.choices("osm-2024.08-" + "a" * 32) is None
    assert len(list(files.remembered())) == count - 1


def test_no_link_builds_an_edition(
    real_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path / "cache")  # that has none
    (store.folder / "compiled").symlink_to(real_store.folder / "compiled")
    monkeypatch.setenv("CASPIAN_CACHE", str(store.folder))
    client = create_app().test_client()
    name = next(info.name for info in store.default_editions() if info.coast == "dcw")
    for asked in ("dcw", name):
        answer = client.get(f"/collections?edition={asked}")
        assert (answer.status_code, answer.get_json()["type"]) == (503, "/problems/edition-not-built")
        assert answer.get_json()["execute"] == {"inputs": {"coast": "dcw"}}
    page = client.get("/collections?edition=dcw", headers=HTML)
    assert f'action="http://localhost/what-if/{name}"' in page.text
    assert page.headers["Referrer-Policy"] == "same-origin"
    begun = client.post(f"/what-if/{name}", data={"build": "yes"}, headers=OWN)
    assert begun.status_code == 303
    assert ended(client, begun.headers["Location"].removeprefix("http://localhost"))["status"] == "successful"
    assert client.get("/collections?edition=dcw").status_code == 200


def test_lines_that_the_coast_refuses(client: FlaskClient) -> None:
    for coordinates, said in (
        ([[49.837, 40.313], [50.3, 41.9]], "lies 118082 m from the nearest shore"),
        ([[0.0, 0.0], [49.837, 40.313]], "from the nearest"),
    ):
        line = {
            "type": "Feature",
            "properties": {"state": "AZE", "kind": "straight"},
            "geometry": {"type": "LineString", "coordinates": coordinates},
        }
        inputs = {"straight_lines": {"type": "FeatureCollection", "features": [line]}}
        job = client.post(EXECUTION, json={"inputs": inputs}).get_json()["jobID"]
        status = ended(client, f"/jobs/{job}")
        assert status["status"] == "failed"
        assert said in status["message"]
        answer = client.get(f"/jobs/{job}/results")
        assert (answer.status_code, answer.get_json()["pointer"]) == (400, "/inputs/straight_lines")


def test_a_line_that_crosses_itself_is_said_at_its_field(client: FlaskClient) -> None:
    crossed = "40.313 N 49.837 E\n40.2 N 50.2 E\n40.1 N 49.98 E\n40.331 N 49.99 E"
    given = {**FORM, "line-1-positions": crossed, "line-1-state": "AZE", "line-1-kind": "straight"}
    begun = client.post("/what-if", data=given, headers=OWN)
    job = begun.headers["Location"].removeprefix("http://localhost")
    assert "crosses itself" in ended(client, job)["message"]
    form = client.get(f"/what-if?job={job.rpartition('/')[2]}").text
    assert said_at(form, "line-1-positions") == ["line 2 of AZE crosses itself"]
    assert said_at(form, "line-0-positions") == []


def test_a_line_over_land_cuts_off_water_alone(client: FlaskClient) -> None:
    """It leaves the sea and comes back: the water is as much as before, some of it internal."""
    inland = "40.313 N 49.837 E\n40.0 N 49.3 E\n40.331 N 49.983 E"
    given = {"line-0-positions": inland, "line-0-state": "AZE", "line-0-kind": "straight"}
    begun = client.post("/what-if", data=given, headers=OWN)
    job = begun.headers["Location"].removeprefix("http://localhost")
    assert ended(client, job)["status"] == "successful"
    areas = client.get(f"{job}/results").get_json()["differences"]["areas"]
    zones = [one for one in areas if one["collection"] == "zones"]
    before, after = (sum(one[name] for one in zones) for name in ("before_km2", "after_km2"))
    assert after == pytest.approx(before, abs=0.01)
    (bay,) = (one for one in zones if one["id"].startswith("internal_waters-AZE"))
    assert 0.0 < bay["after_km2"] < 1000.0


@pytest.mark.parametrize(
    ("text", "breadth"),
    [("12,5", 12.5), (" 12.5 ", 12.5), ("\u06f1\u06f2\u066b\u06f5", 12.5), ("\u0661\u0662", 12.0), ("", None),
     ("15", None), ("15,0", None)],
)  # fmt: skip
def test_numbers_as_people_write_them(text: str, breadth: float | None) -> None:
    """With a decimal comma, in digits of other scripts; nothing, or what is usual, is no choice."""
    choices, faults = read_form({"breadth-KAZ": text}, most_vertices=10)
    assert (choices is not None, faults) == (True, [])
    assert dict(choices.breadth_nm) == ({} if breadth is None else {"KAZ": breadth})  # type: ignore[union-attr]


def test_effects_are_built_as_the_fields_show_them() -> None:
    """Chilov and a part of Pirallahi lie in the box of the Absheron islands: a full effect there is kept."""
    shown = {f"effect-{name}": "1" for name in islands()}
    group, inside = "Absheron islands", {"Chilov": 1.0, "Pirallahi": 1.0}
    for changed, built in (
        ({}, {}),
        ({group: "0,5"}, {group: 0.5, **inside}),
        ({group: "0.5", "Chilov": "0.5"}, {group: 0.5, "Pirallahi": 1.0}),
        ({"Chilov": "0.5"}, {"Chilov": 0.5}),
    ):
        fields = {**shown, **{f"effect-{name}": text for name, text in changed.items()}}
        choices, faults = read_form(fields, most_vertices=10)
        assert choices is not None
        assert (dict(choices.effects), faults) == (built, [])
        assert choices.parameters.applied_effects == built
    choices, _ = read_form({f"effect-{group}": "0.5", "effect-Chilov": ""}, most_vertices=10)
    assert dict(choices.effects) == {group: 0.5}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text", ["12,5,1", "1 2", "0x10", "\u216b", "\u0bf0", "-", "1e9999", "nan", "15 nm", "-1"]
)
def test_what_is_no_number_is_said(text: str) -> None:
    choices, faults = read_form({"effect-Chilov": text, "breadth-RUS": text}, most_vertices=10)
    assert choices is None
    assert [one.field for one in faults] == ["breadth-RUS", "effect-Chilov"]


def test_a_form_that_failed_comes_back_as_it_was(client: FlaskClient) -> None:
    line = {
        "type": "Feature",
        "properties": {"state": "AZE", "kind": "straight"},
        "geometry": {"type": "LineString", "coordinates": [[49.83, 40.3], [49.98, 40.33]]},
    }
    given = {
        **FORM,
        "line-0-positions": "",
        "line-1-positions": FORM["line-0-positions"],
        "line-1-state": "AZE",
        "line-1-kind": "closing_line",
        "line-2-positions": "40.0 50.5\n37.3 49.5",
        "line-2-state": "AZE",
        "line-2-kind": "straight",
        "title": "Not <this> one",
        "file": (io.BytesIO(json.dumps(line).encode()), "lines.geojson"),
    }
    begun = client.post("/what-if", data=given, headers=OWN, content_type="multipart/form-data")
    job = begun.headers["Location"].removeprefix("http://localhost")
    assert "start of straight line 2 of AZE" in ended(client, job)["message"]
    page = client.get(job, headers=HTML).text
    assert "start of line 3 of AZE" in page
    assert f'href="http://localhost/what-if?job={job.rpartition("/")[2]}"' in page
    form = client.get(f"/what-if?job={job.rpartition('/')[2]}").text
    assert "start of line 3 of AZE" in form
    assert re.search('name="line-2-positions"[^>]* aria-invalid="true"', form)
    assert form.count("aria-invalid") == 1
    for text in ("40.0 50.5\n37.3 49.5", "Not &lt;this&gt; one", 'value="12,0"', "49.83, 40.3"):
        assert text in form, text
    assert client.get(f"/what-if?job={'0' * 32}").status_code == 404


def test_choices_of_a_default_edition_are_answered_at_once(client: FlaskClient, real_store: Store) -> None:
    none: dict[str, Any] = {"type": "FeatureCollection", "features": []}
    inputs = {"straight_lines": none, "breadth": {"KAZ": 15}}
    status = client.post(EXECUTION, json={"inputs": inputs}).get_json()
    assert (status["status"], status["progress"]) == ("successful", 100)
    found = client.get(f"/jobs/{status['jobID']}/results").get_json()
    assert (found["edition"], found["assumptions"]) == (real_store.edition("osm").name, None)
    assert found["differences"] is None


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("breadth-KAZ", "twelve", "&#39;twelve&#39; is not a number"),
        ("breadth-KAZ", "۱۲,x", "&#39;۱۲,x&#39; is not a number"),
        ("breadth-KAZ", "0", "more than 0"),
        ("breadth-KAZ", "15,1", "at most 15"),
        ("effect-Chilov", "2", "from 0"),
        ("line-0-positions", "42,56,49,88", "line 1, row 1"),
        ("line-0-positions", "40 N 50 E", "one point only"),
        ("line-2-positions", "\n40 N 50 E", "line 3 has state &#39;&#39;, one of"),
        ("line-0-positions", "\n\n49.98 40.33", "line 1, row 3: latitude 49.98, longitude 40.33 is far"),
        ("geojson", "{", "is not JSON"),
        ("geojson", "[]", "no Feature"),
        ("title", "x" * 101, "100 characters"),
    ],
)
def test_what_cannot_be_read_stays_in_the_form(field: str, text: str, said: str, client: FlaskClient) -> None:
    answer = client.post("/what-if", data={**FORM, field: text}, headers=OWN)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert said in answer.text
    assert text.replace('"', "&#34;") in answer.text
    assert "Bay &lt;of&gt; one" in answer.text


def said_at(page: str, field: str) -> list[str]:
    """What a form says at a field, which refers to it, and says first of all in a list of links."""
    document = lxml.html.fromstring(page)
    (given,) = document.xpath(f"//*[@name='{field}']")
    if given.get("aria-invalid") is None:
        return []
    (place,) = document.xpath(f"//*[@id='{given.get('aria-describedby')}']")
    said = [one.text_content() for one in place.xpath("./span")]
    linked = document.xpath(f"//*[@role='alert']//a[@href='#{given.get('id')}']")
    assert [one.text_content() for one in linked] == said
    return said


def test_all_faults_are_said_at_once_each_at_its_field(client: FlaskClient) -> None:
    given = {
        **FORM,
        "breadth-KAZ": "twelve",
        "breadth-IRN": "15,1",
        "breadth-RUS": "12",
        "effect-Pirallahi": "2",
        "line-0-name": "x" * 101,
        "line-1-state": "AZE",
        "line-1-kind": "straight",
        "line-1-positions": "north\n40.313 N 49.837 E\n\n49.98 40.33\n",
        "line-2-positions": "40.313 N 49.837 E",
        "geojson": "{",
        "file": (io.BytesIO(b"[]"), "lines.geojson"),
        "title": "y" * 101,
        "coast": "nowhere",
    }
    answer = client.post("/what-if", data=given, headers=OWN, content_type="multipart/form-data")
    assert answer.status_code == 400
    expected = {
        "breadth-KAZ": ["'twelve' is not a number"],
        "breadth-IRN": ["at most 15"],
        "effect-Pirallahi": ["from 0"],
        "line-0-name": ["100 characters"],
        "line-1-positions": ["line 2, row 1", "line 2, row 4: latitude 49.98, longitude 40.33 is far"],
        "line-2-positions": ["line 3 has state"],
        "geojson": ["is not JSON"],
        "file": ["no Feature"],
        "title": ["100 characters"],
        "coast": ["nowhere"],
    }
    for field, parts in expected.items():
        said = said_at(answer.text, field)
        assert len(said) == len(parts), (field, said)
        assert all(part in text for part, text in zip(parts, said, strict=True)), (field, said)
    assert answer.text.count("aria-invalid") == len(expected)
    assert said_at(answer.text, "breadth-RUS") == said_at(answer.text, "effect-Chilov") == []
    order = [one.get("href") for one in lxml.html.fromstring(answer.text).xpath("//*[@role='alert']//a")]
    assert [one[1:] for one in dict.fromkeys(order)] == sorted(
        (name.replace(" ", "_") for name in expected), key=lambda name: answer.text.index(f'id="{name}"')
    )


def test_faults_of_very_many_rows_are_said_of_some(client: FlaskClient) -> None:
    answer = client.post("/what-if", data={**FORM, "line-0-positions": "north\n" * 5000}, headers=OWN)
    assert answer.status_code == 400
    assert len(said_at(answer.text, "line-0-positions")) == 20


def with_file(content: bytes) -> dict[str, Any]:
    return {**FORM, "file": (io.BytesIO(content), "lines.geojson")}


def test_all_lines_of_a_file_that_cannot_be_used_are_said(client: FlaskClient) -> None:
    def feature(shape: str, coordinates: object, **properties: str) -> dict[str, Any]:
        geometry = {"type": shape, "coordinates": coordinates}
        return {"type": "Feature", "properties": properties, "geometry": geometry}

    line, known = [[49.837, 40.313], [49.983, 40.331]], {"state": "AZE", "kind": "straight"}
    features = [
        feature("Point", line[0], **known),
        feature("LineString", line, **known),
        feature("LineString", line, kind="straight"),
        feature("LineString", [one[::-1] for one in line], **known),
    ]
    for count, more in ((len(features), []), (16, ["and 5 more"])):
        given = features + [{"type": "Feature"}] * (count - len(features))
        content = json.dumps({"type": "FeatureCollection", "features": given}).encode()
        answer = client.post("/what-if", data=with_file(content), headers=OWN)
        assert answer.status_code == 400
        said = said_at(answer.text, "file")
        assert said[:3] == [
            "straight line 1: a LineString is needed",
            "straight line 3 has state '', one of AZE IRN KAZ RUS TKM is expected",
            "straight line 4: longitude 40.313, latitude 49.837 looks swapped: longitude comes first",
        ]
        assert said[10:] == more
    in_russian = client.post("/what-if?lang=ru", data=with_file(content), headers=OWN)
    assert said_at(in_russian.text, "file")[0] == "прямая линия 1: нужен LineString"


def test_a_file_that_is_no_text_costs_nothing_that_was_typed(client: FlaskClient) -> None:
    answer = client.post("/what-if", data=with_file(b"\xff"), headers=OWN)
    assert answer.status_code == 400
    assert said_at(answer.text, "file") == ["the file is no text in UTF-8"]
    assert 'value="12,0"' in answer.text
    assert "Bay &lt;of&gt; one" in answer.text
    assert answer.text.count("aria-invalid") == 1


@pytest.mark.parametrize(("error", "status"), [(BusyError, 503), (StorageError, 507)])
def test_what_was_filled_in_is_kept_while_others_build(
    error: type[Exception], status: int, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise error("8 editions are being built or wait for it")

    monkeypatch.setattr(client.application.extensions["jobs"], "begin", refuse)
    content = (ROOT / "docs" / "straight-lines.geojson").read_bytes()
    answer = client.post("/what-if?lang=ru", data=with_file(content), headers=OWN)
    assert answer.status_code == status
    assert ("Retry-After" in answer.headers) is (status == 503)
    assert "строятся или ждут очереди издания: 8" in answer.text
    assert "Baku bay (example)" in answer.text  # of the file
    assert 'value="12,0"' in answer.text


def test_lines_that_are_too_many_together_are_said_once(client: FlaskClient) -> None:
    given = {**FORM, "line-1-state": "AZE", "line-1-kind": "straight"}
    rows = [f"{40.3 + at / 1000:.3f} N 49.8 E" for at in range(300)]
    given |= {"line-0-positions": "\n".join(rows), "line-1-positions": "\n".join(rows[:201])}
    answer = client.post("/what-if", data=given, headers=OWN)
    assert answer.status_code == 400
    assert answer.text.count("at most 500 are taken") == 2  # in the list and at a field


def test_lines_of_a_file(client: FlaskClient) -> None:
    content = (ROOT / "docs" / "straight-lines.geojson").read_bytes()
    given = {**FORM, "line-0-positions": "", "file": (io.BytesIO(b"\xef\xbb\xbf" + content), "lines.geojson")}
    answer = client.post("/what-if", data=given, headers=OWN, content_type="multipart/form-data")
    assert answer.status_code == 303
    job = answer.headers["Location"].removeprefix("http://localhost")
    assert ended(client, job)["status"] == "successful"
    results = client.get(f"{job}/results").get_json()
    (line,) = results["differences"]["straight_lines"]
    assert line["name"] == "Baku bay (example)"
    for content in (b"\xff", b"GIF89a"):
        given = {**FORM, "file": (io.BytesIO(content), "lines.geojson")}
        answer = client.post("/what-if", data=given, headers=OWN, content_type="multipart/form-data")
        assert answer.status_code == 400


def test_fields_of_others_are_refused(client: FlaskClient) -> None:
    assert client.post("/what-if", data={"nonsense": "1"}, headers=OWN).status_code == 400
    assert (
        client.post(
            "/what-if", data=b"a=%ff", headers=OWN, content_type="application/x-www-form-urlencoded"
        ).status_code
        == 400
    )
    assert client.post("/what-if", json={}, headers=OWN).status_code == 415
    for body in (b"--x", b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--"):
        kind = "multipart/form-data; boundary=x"
        assert client.post("/what-if", data=body, headers=OWN, content_type=kind).status_code == 400
    many = {f"n{number}": "1" for number in range(200)}
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        assert client.post("/what-if", data=many, headers=OWN, content_type=kind).status_code == 400
    assert client.post("/what-if/dismiss", data={"job": "0" * 32}, headers=OWN).status_code == 404
    assert client.post("/what-if/nowhere", data={"build": "yes"}, headers=OWN).status_code == 404


@pytest.mark.thorough
def test_a_client_of_others_begins_a_job(real_store: Store, tmp_path: Any) -> None:
    with running(tmp_path / "log", "what_if(" + repr(str(tmp_path / "cache")) + ")") as service:
        known = Processes(service.address)
        assert [one["id"] for one in known.processes()] == ["edition"]
        assert "breadth" in known.process("edition")["inputs"]
        inputs = {"breadth": {"value": {"KAZ": 12}}}
        status = known.execute("edition", inputs, {"edition": {"transmissionMode": "value"}}, async_=True)
        assert status["type"] == "process"


def previewed(client: FlaskClient, language: str = "en", **fields: str) -> list[dict[str, Any]]:
    answer = client.post(f"/what-if/lines?lang={language}", data=fields, headers=OWN)
    assert answer.status_code == 200, answer.text
    return list(answer.get_json()["lines"])


def test_lines_are_previewed_as_they_are_built(client: FlaskClient, results: dict[str, Any]) -> None:
    (one,) = previewed(client, **{name: text for name, text in FORM.items() if name.startswith("line-0")})
    (line,) = results["differences"]["straight_lines"]
    assert (one["field"], one["is_refused"]) == ("line-0-positions", False)
    moved = [line["snapped_start_m"], line["snapped_end_m"]]
    assert [end["away_m"] for end in one["shore"]] == pytest.approx(moved, abs=0.06)
    assert one["said"] == [
        f"Its ends move {moved[0]:.0f} m and {moved[1]:.0f} m to the shore.",
        f"Length {line['length_km'] / 1.852:.1f} nm.",
        f"It departs from the coast's general direction by {line['departure_deg']:.0f}° at most.",
    ]


@pytest.mark.parametrize(
    ("state", "positions", "said"),
    [
        ("AZE", "42.0 50.5", "Its start lies 74.5 nm"),
        ("IRN", "40.313 N 49.837 E", "Its start is on the shore of Azerbaijan; a State's line runs"),
        ("AZE", "40.313 N 49.837 E\n42.0 50.5", "Its end lies"),
        ("AZE", "40.313 N 49.837 E\n43.0 47.5", "Its end is on the shore of Russia"),
        ("AZE", "42,56,49,88", "line 1, row 1"),
        ("AZE", "40.313 N 49.837 E", "A second position is needed."),
        ("AZE", "40.313 N 49.837 E\n40.313 N 49.837 E", "Length 0.0 nm."),
    ],
)
def test_what_is_said_of_lines(client: FlaskClient, state: str, positions: str, said: str) -> None:
    (one,) = previewed(client, **{"line-0-state": state, "line-0-positions": positions})
    assert said in " ".join(one["said"])
    is_usable = said.startswith(("A second", "Length"))
    assert one["is_refused"] is not is_usable


@pytest.mark.whole
def test_previews_are_bounded_translated_and_for_own_pages(client: FlaskClient) -> None:
    given = {"line-0-state": "IRN", "line-0-positions": "40.313 N 49.837 E"}
    (one,) = previewed(client, "ru", **given)
    assert "Азербайджан" in one["said"][0]
    (one,) = previewed(client, "ru", **{"line-0-positions": "north"})
    assert one["said"][0].startswith("линия 1, строка 1: место \u2066'north'\u2069: в тексте нет числа")
    assert previewed(client, **{"line-2-positions": " \n "}) == []
    many = {"line-0-positions": "40.3 49.8\n" * 300, "line-1-positions": "40.3 49.8\n" * 201}
    answer = client.post("/what-if/lines", data=many, headers=OWN)
    assert (answer.status_code, answer.get_json()["limit"]) == (413, 500)
    assert client.post("/what-if/lines", data=given).status_code == 403
    assert client.post("/what-if/lines?lang=xx", data=given, headers=OWN).status_code == 400
    assert client.post("/what-if/lines", data={"nonsense": "1"}, headers=OWN).status_code == 400
    other = client.post("/what-if/lines", data={**given, "coast": "gshhg"}, headers=OWN)
    assert (other.status_code, other.get_json()["type"]) == (503, "/problems/edition-not-built")


def test_the_page_says_how_lines_depart(client: FlaskClient, results: dict[str, Any]) -> None:
    (line,) = results["differences"]["straight_lines"]
    assert 0.0 < line["departure_deg"] < 20.0
    page = client.get(f"/what-if/{results['edition']}", headers=HTML)
    assert f">{line['departure_deg']:.0f}°</td>" in page.text
    assert 0.0 <= line["over_land_km"] < line["length_km"]
    assert "Of it over land" in page.text
    assert "It sets no number." in page.text
    for part in ("script-src 'self'", "connect-src 'self'"):
        assert part in page.headers["Content-Security-Policy"]


def test_results_without_departures_are_shown(client: FlaskClient, results: dict[str, Any]) -> None:
    files, name = client.application.extensions["jobs"].files, results["edition"]
    kept = files.results(name)
    (line,) = kept["differences"]["straight_lines"]
    fewer = {
        key: value
        for key, value in line.items()
        if not key.startswith(("departure", "coast", "longest", "over"))
    }
    files.write_results(name, {**kept, "differences": {**kept["differences"], "straight_lines": [fewer]}})
    page = client.get(f"/what-if/{name}", headers=HTML)
    assert page.status_code == 200
    assert "Bay &lt;of&gt; one" in page.text
    assert "It sets no number." not in page.text
    files.write_results(name, kept)


def test_what_was_built_before_is_shown_at_once(client: FlaskClient, results: dict[str, Any]) -> None:
    answer = client.post("/what-if", data=FORM, headers=OWN)
    assert answer.status_code == 303
    assert urlsplit(answer.headers["Location"]).path == f"/what-if/{results['edition']}"


def test_an_edition_whose_choices_are_not_kept_is_compared(
    client: FlaskClient, results: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one that a command has built: what differs is shown, in the form and language asked for."""
    files, name = client.application.extensions["jobs"].files, results["edition"]
    monkeypatch.setattr(type(files), "choices", lambda *_: None)
    for more in ("", "?f=json", "?lang=ru", "?f=html&lang=fa"):
        answer = client.get(f"/what-if/{name}{more}")
        assert (answer.status_code, answer.data) == (303, b"")
        asked = more.replace("?", "&")
        assert answer.headers["Location"] == f"http://localhost/compare?b={name}{asked}"
    compared = client.get(f"/compare?b={name}&f=json").get_json()
    assert (compared["a"], compared["b"]) == (results["compared_with"], name)
    assert {one["id"] for one in compared["differences"]["areas"]} == {
        one["id"] for one in results["differences"]["areas"]
    }
    report = client.get(f"/what-if/{name}?f=pdf")
    assert (report.status_code, report.get_json()["type"]) == (406, "/problems/not-acceptable")
    assert "`caspian report --edition` makes the report where it was built" in report.get_json()["detail"]
    assert client.get("/what-if/nowhere").status_code == 404


def test_the_name_of_a_coast_leads_to_the_form(client: FlaskClient) -> None:
    """It is of no edition of own choices: programs are told so."""
    for path, place in (("/what-if/gshhg", "/what-if"), ("/what-if/osm?lang=ru", "/what-if?lang=ru")):
        answer = client.get(path, headers=HTML)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"http://localhost{place}")
        assert "Accept" in answer.headers["Vary"]
    for path in ("/what-if/osm", "/what-if/osm?f=json", "/what-if/osm?f=pdf"):
        assert client.get(path).status_code == 404
    assert client.get("/what-if/nowhere", headers=HTML).status_code == 404
