"""Reports: what stands in them in every language, what they carry, and whether one still holds."""

from __future__ import annotations

import hashlib
import io
import json
import re
import socket
import unicodedata
import zlib
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pypdf
import pytest
from flask.testing import FlaskClient
from pypdf.generic import DictionaryObject, IndirectObject

from api.application import create_app
from api.atlas import Atlas
from api.errors import BusyError, NoReportsError, ReportFileError
from api.http.admission import MOST_HEAVY
from api.http.caching import cacheable
from api.languages.catalogues import messages
from api.languages.choice import LANGUAGES
from api.pages.map_layers import SCALE_SHARE
from api.pages.square_maps import around_lines
from api.processes.differences import results_of_default
from api.processes.files import JobFiles
from api.reports import apart, attached, typesetting
from api.reports.answering import report_response
from api.reports.checking import DIFFERS, HOLDS, Checked, check
from api.reports.content import Report
from api.reports.crossings import MOST_LEGS, MOST_VERTICES
from api.reports.making import position_report, what_if_report
from api.reports.pictures import for_print
from api.reports.typesetting import pdf_of
from api.texts.explanation import explained
from api.texts.sentences import sentence, split
from api.version import version
from tests.api.conftest import Caspian
from tests.api.real import POSITIONS
from zones.editions.store import Store

ROOT = Path(__file__).resolve().parents[2]
ROUTE = ROOT / "examples" / "kuryk-baku-tanker.geojson"
AREA = {"type": "Polygon", "coordinates": [[[50, 42], [51, 42], [51, 43], [50, 43], [50, 42]]]}
ASKED = "/classify?lon=49.3&lat=38.35"  # near a boundary that is not agreed
IN_DOUBT = (51.5, 46.35)
INVISIBLE = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # of UAX 9


@pytest.fixture(scope="module")
def client(real_store: Store) -> FlaskClient:
    return create_app(store=real_store).test_client()


@pytest.fixture(scope="module")
def pdf(client: FlaskClient) -> bytes:
    """A report of a position by HTTP."""
    answer = client.get(f"{ASKED}&f=pdf&lang=en")
    assert answer.status_code == 200
    return answer.data


def reader(content: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(content))


def carried(content: bytes) -> dict[str, bytes]:
    return {name: files[0] for name, files in reader(content).attachments.items()}


def written(content: bytes) -> str:
    """All letters and digits of the pages in the order in which they are extracted, without spaces."""
    return letters("".join(page.extract_text() for page in reader(content).pages))


def letters(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    return "".join(one for one in plain if unicodedata.category(one)[0] in "LN" or one in ".,-")


def has(text: str, words: str) -> bool:
    """Whether every word is in the text; of those written from right to left the letters, in any order."""
    return all(one in text or _is_scattered(text, one) for one in map(letters, words.split()))


def _is_scattered(text: str, word: str) -> bool:
    if not any(unicodedata.bidirectional(one) in ("R", "AL") or "۰" <= one <= "۹" for one in word):
        return False
    wanted, long = sorted(word), len(word)
    return any(sorted(text[at : at + long]) == wanted for at in range(len(text) - long + 1))


def recarried(content: bytes, **files: bytes) -> bytes:
    """The file with something else attached."""
    copied = pypdf.PdfWriter(clone_from=reader(content))
    for one in copied.attachment_list:
        name = one.name.removesuffix(".json")
        if name in files:
            one.content = files[name]
    target = io.BytesIO()
    copied.write(target)
    return target.getvalue()


def with_record(content: bytes, **values: object) -> bytes:
    record = json.loads(carried(content)["record.json"])
    return recarried(content, record=json.dumps({**record, **values}).encode())


def with_about(content: bytes, **values: object) -> bytes:
    about = json.loads(carried(content)["report.json"])
    return recarried(content, report=json.dumps({**about, **values}).encode())


def without_about(content: bytes, name: str) -> bytes:
    about = json.loads(carried(content)["report.json"])
    del about[name]
    return recarried(content, report=json.dumps(about).encode())


def test_the_record_is_that_of_classify(client: FlaskClient, pdf: bytes) -> None:
    assert carried(pdf)["record.json"] == client.get(ASKED).data
    about = json.loads(carried(pdf)["report.json"])
    assert about["made_with"]["caspian-zones"] == version()
    assert about["edition"] == json.loads(carried(pdf)["record.json"])["edition"]
    again = client.get(about["address"].removeprefix("http://localhost"))
    assert again.data == carried(pdf)["record.json"]


def test_nothing_else_that_the_service_was_asked_changes_it(
    client: FlaskClient, pdf: bytes, real_store: Store
) -> None:
    """As the choices of a default edition, which a job for it has kept."""
    name = real_store.edition("osm").name
    JobFiles(real_store.folder).remember(name, {"coast": "osm"})
    assert client.get(f"{ASKED}&f=pdf&lang=en").data == pdf


def test_it_is_a_file_for_archives(pdf: bytes) -> None:
    """PDF/A-3b, ISO 19005-3: what it says of itself, embedded fonts, associated files, no script."""
    read = reader(pdf)
    assert read.pdf_header == "%PDF-1.7"
    catalogue = read.root_object
    metadata = catalogue["/Metadata"].get_object().get_data().decode()
    assert re.search(r"pdfaid:part>3<|pdfaid:part=\"3\"", metadata)
    assert re.search(r"pdfaid:conformance>B<|pdfaid:conformance=\"B\"", metadata)
    assert "/DestOutputProfile" in catalogue["/OutputIntents"][0].get_object()
    files = [one.get_object() for one in catalogue["/AF"]]
    assert sorted(one["/UF"] for one in files) == ["record.json", "report.json"]
    assert {one["/AFRelationship"] for one in files} == {"/Data"}
    assert {one["/EF"]["/F"].get_object()["/Subtype"] for one in files} == {"/application/json"}
    assert read.trailer["/ID"]
    assert "/Encrypt" not in read.trailer
    assert catalogue["/MarkInfo"]["/Marked"]
    fonts = [one for one in objects(read) if one.get("/Type") == "/FontDescriptor"]
    assert fonts
    assert all(any(f"/FontFile{kind}" in one for kind in ("", "2", "3")) for one in fonts)
    assert not [one for one in objects(read) if one.get("/S") in ("/JavaScript", "/Launch", "/URI")]


def objects(read: pypdf.PdfReader) -> list[DictionaryObject]:
    every = [read.get_object(IndirectObject(number, 0, read)) for number in range(1, len(read.xref[0]) + 500)]
    return [one for one in every if isinstance(one, DictionaryObject)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_of_the_answer_stands_on_one_page(client: FlaskClient, language: str) -> None:
    answer = client.get(f"{ASKED}&f=pdf&lang={language}")
    assert answer.status_code == 200
    assert answer.content_type == "application/pdf"
    assert answer.headers["Content-Language"] == language
    assert {"Accept", "Accept-Language"} <= set(answer.vary)
    assert len(reader(answer.data).pages) == 1
    assert reader(answer.data).root_object["/Lang"] == language
    text = written(answer.data)
    said = messages(language)
    record = client.get(ASKED).get_json()
    for name, value in record.items():
        if name in ("caveat", "hint"):
            assert all(has(text, sentence(one, language)) for one in split(value or "")), value
        elif value is not None:
            assert has(text, str(value).lower() if isinstance(value, bool) else str(value)), value
    for message in ("Position report", "As given", "Notations", "Fishery zone", "Which shoreline says what",
                    "File number", "Name, signature", "Key", "outer limit"):  # fmt: skip
        assert has(text, said.gettext(message)), message
    told = explained(record, language)
    for one in (*told.distances, *told.boundary, *told.articles, *told.seabed, *told.reserves):
        assert has(text, one), one
    about = json.loads(carried(answer.data)["report.json"])
    assert about["sha256"] in text
    assert letters(about["address"]) in text
    marks = {one for page in reader(answer.data).pages for one in page.extract_text()} & set(INVISIBLE)
    assert not marks  # what is copied from it is what is seen


@pytest.mark.parametrize("name", POSITIONS)
def test_every_kind_of_answer(name: str, real_store: Store) -> None:
    edition = real_store.edition("osm")
    lon, lat = POSITIONS[name]
    record = edition.classify_one(lon=lon, lat=lat, compare=True)
    report = position_report(Atlas(edition), record, compare=True, given=f"{lat} {lon}", language="ru")
    assert bool(report.content.pictures) == (name != "outside_caspian")
    assert report.content.doubt
    if name == "outside_caspian":  # far off what each shoreline says is of no use
        assert report.content.doubt == "Далеко от всех береговых линий: сомнений нет"
        assert report.content.beside_table is None
        assert len(report.content.beside) == 1
    made = reader(pdf_of(report))
    assert len(made.pages) == 1
    assert bool(report.content.key) == bool(report.content.pictures)


def test_doubt_is_said_before_anything_else(real_store: Store) -> None:
    edition = real_store.edition("osm")
    doubtful = next(
        record
        for lat in range(4600, 4700, 5)
        for record in [edition.classify_one(lon=IN_DOUBT[0], lat=lat / 100, compare=True)]
        if record["certain"] is False
    )
    report = position_report(Atlas(edition), doubtful, compare=True, given="x", language="en")
    assert report.content.doubt_kind == "in-doubt"
    assert report.content.doubt.startswith("▲ In doubt:")
    assert " or " in report.content.headline
    assert report.content.beside_table is not None
    assert len(report.content.beside_table.rows) == 4
    text = written(pdf_of(report))
    assert text.index("Indoubt") < text.index("Convention")


@pytest.mark.parametrize("compare", [True, False])
def test_a_line_that_is_not_agreed_stands_in_the_headline(real_store: Store, compare: bool) -> None:
    """As it does on the page."""
    edition = real_store.edition("osm")
    record = edition.classify_one(lon=49.0, lat=38.45, compare=compare)
    report = position_report(Atlas(edition), record, compare=compare, given="x", language="en")
    assert report.content.headline == ("Territorial waters of Azerbaijan, up to a line that is not agreed")


def test_nothing_is_fetched(pdf: bytes, real_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The template names no package, all that typst would fetch; a proxy that it heeds is asked for none."""
    template = (ROOT / "api" / "reports" / "report.typ").read_text(encoding="utf-8")
    assert not re.search(r"@preview|@local|\bimport\b|\binclude\b|https?://", template)
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.getsockname()[1]}")
        assert pdf_of(made(real_store)).startswith(b"%PDF")
        proxy.setblocking(False)
        with pytest.raises(BlockingIOError):
            proxy.accept()
    assert b"/URI" not in pdf


def test_the_same_answer_is_the_same_file(client: FlaskClient, pdf: bytes) -> None:
    assert client.get(f"{ASKED}&f=pdf&lang=en").data == pdf


@pytest.mark.parametrize(("inputs", "kept"), [(None, "public, no-cache"), ({}, "public, max-age=3600")])
def test_a_report_without_choices_that_may_come_to_be_known(
    client: FlaskClient, real_store: Store, inputs: dict[str, Any] | None, kept: str
) -> None:
    report = made(real_store)
    of_choices = replace(report, about=report.about | {"assumptions": "KAZ 12 nm", "inputs": inputs})
    edition = client.get(ASKED).get_json()["edition"]
    with client.application.test_request_context(f"{ASKED}&edition={edition}&f=pdf"):
        assert cacheable(report_response(of_choices)).headers["Cache-Control"] == kept


def test_what_a_client_accepts(client: FlaskClient, pdf: bytes) -> None:
    accepted = client.get(ASKED, headers={"Accept": "application/pdf", "Accept-Language": "en"})
    assert accepted.data == pdf
    edition = client.get(ASKED).get_json()["edition"]
    named = f'attachment; filename="caspian-position-{edition}.pdf"'
    assert accepted.headers["Content-Disposition"] == named
    fixed = client.get(f"{ASKED}&edition={edition}&f=pdf&lang=en")
    assert fixed.data == pdf
    assert fixed.headers["Cache-Control"] == "public, max-age=3600"  # a release changes its bytes
    assert accepted.headers["Cache-Control"] == "public, no-cache"
    assert fixed.headers["ETag"] == accepted.headers["ETag"]
    known = {"If-None-Match": f"W/{fixed.headers['ETag']}"}
    again = client.get(f"{ASKED}&edition={edition}&f=pdf&lang=en", headers=known)
    assert (again.status_code, again.data) == (304, b"")
    for accept in ("*/*", "application/json, application/pdf;q=0.9", "text/html, application/pdf;q=0.8"):
        answer = client.get(ASKED, headers={"Accept": accept})
        assert answer.content_type != "application/pdf", accept
    wrong = client.get(f"{ASKED}&f=xml")
    assert (wrong.status_code, wrong.get_json()["known"]) == (400, ["json", "html", "pdf"])
    assert client.get("/collections?f=pdf").status_code == 400
    for address, headers in ((f"{ASKED}&f=pdf", {}), (ASKED, {"Accept": "application/pdf"})):
        problem = client.get(f"{address}&fields=zone", headers=headers)
        assert (problem.status_code, problem.get_json()["parameter"]) == (400, "fields")


def test_texts_of_users_are_no_markup(real_store: Store) -> None:
    """Nothing that somebody writes is read by the typesetter but as letters, whatever its script."""
    edition = real_store.edition("osm")
    record = edition.classify_one(lon=50.5, lat=42.5)
    given = '#panic("x") $x^2$ *b* @ref <l> `r` \\u{41} #read("/etc/passwd") \u202eabc 中文 😀 \x07'
    for language in ("en", "fa"):
        report = position_report(Atlas(edition), record, compare=False, given=given, language=language)
        text = "".join(page.extract_text() for page in reader(pdf_of(report)).pages)
        for part in ('#panic("x")', "$x^2$", "*b*", "@ref", "`r`", "\\u{41}", 'read("/etc/passwd")'):
            assert part in text or language == "fa", part
        assert "root:" not in text
        assert "\u202e" not in report.content.facts[0][1]
        assert "abc [U+4E2D U+6587] 😀" in report.content.facts[0][1]  # no boxes


@pytest.mark.parametrize("text", ["४२°३३.६'N ४९°५३.३'E", "໔໒°໓໓.໖'N ໔໙°໕໓.໓'E"])
def test_digits_that_the_font_lacks_are_shown_as_others(client: FlaskClient, text: str) -> None:
    """Devanagari, which it lacks; Lao, which it has. What was written is attached to the letter."""
    content = client.get("/classify", query_string={"position": text, "f": "pdf"}).data
    shown = text if "໔" in text else "42°33.6'N 49°53.3'E"
    assert has(written(content), shown)
    assert json.loads(carried(content)["report.json"])["given"] == text
    fonts = {
        str(one.get_object()["/BaseFont"]) for one in reader(content).pages[0]["/Resources"]["/Font"].values()
    }
    assert not any("LastResort" in one for one in fonts)


def test_texts_that_are_no_unicode(client: FlaskClient, real_store: Store) -> None:
    """JSON may write half of a letter, which stays in what is attached."""
    line = {"type": "LineString", "coordinates": [[50, 42], [51, 43]], "name": "\ud800"}
    answer = client.post("/crossings?f=pdf", json=line)
    assert answer.content_type == "application/pdf"
    assert json.loads(carried(answer.data)["report.json"])["asked"] == line
    assert check_of(answer.data, client).verdict == HOLDS
    edition = real_store.edition("osm")
    record = edition.classify_one(lon=50.5, lat=42.5)
    report = position_report(Atlas(edition), record, compare=False, given="\udcff", language="en")
    assert json.loads(carried(pdf_of(report))["report.json"])["given"] == "\udcff"


def test_long_texts_still_make_one_page(real_store: Store) -> None:
    edition = real_store.edition("osm")
    record = edition.classify_one(lon=49.3, lat=38.35, compare=True)
    record |= {"caveat": "caveat " * 200, "hint": "hint " * 200}
    address = f"https://{'a' * 600}.example/"
    report = position_report(
        Atlas(edition), record, compare=True, given="8" * 5000, language="kk", address=address
    )
    assert report.content.code == ""  # too long for one
    assert len(reader(pdf_of(report)).pages) == 1


@pytest.mark.parametrize("language", ["en", "fa"])
def test_a_route(client: FlaskClient, language: str) -> None:
    route = json.loads(ROUTE.read_bytes())
    answer = client.post(f"/crossings?f=pdf&lang={language}", json=route)
    assert answer.content_type == "application/pdf"
    plain = client.post("/crossings", json=route)
    assert carried(answer.data)["record.json"] == plain.data
    text = written(answer.data)
    if language == "en":
        for leg in plain.get_json()["legs"]:
            assert f"{leg['start_km']:,.3f}" in text
    assert has(text, messages(language).gettext("Route report"))
    lines = "".join(f"{lon!r},{lat!r}\n" for lon, lat in vertices_of(route))
    assert hashlib.sha256(lines.encode()).hexdigest() in text
    for lon, lat in vertices_of(route):
        assert f"{lon}" in text
        assert f"{lat}" in text
    assert not has(text, messages(language).gettext("The same answer, as long as the edition is kept:"))
    assert check_of(answer.data, client).verdict == HOLDS


def test_a_long_table_has_its_head_on_every_page(client: FlaskClient) -> None:
    to_and_fro = [[49.75 + 0.4 * (at % 2), 38.9 + at * 1e-5] for at in range(120)]
    answer = client.post("/crossings?f=pdf&lang=en", json={"type": "LineString", "coordinates": to_and_fro})
    pages = [page.extract_text() for page in reader(answer.data).pages]
    assert len(pages) > 3
    for page in pages[: len(pages) - 1]:
        assert "from km" in page
    for at, page in enumerate(pages, start=1):
        assert f"Page {at} of {len(pages)}" in page


def vertices_of(route: dict[str, Any]) -> list[list[float]]:
    return [[float(one) for one in place] for place in route["features"][0]["geometry"]["coordinates"]]


LINE = {"type": "LineString", "coordinates": [[50.0, 42.0], [50.5, 42.0], [51.0, 42.5]]}
LINES = {"type": "MultiLineString", "coordinates": [LINE["coordinates"][:2], LINE["coordinates"][1:]]}
TIMES = ["2026-01-02T03:00:00Z", None, "2026-01-02T13:00:00Z"]


@pytest.mark.parametrize(
    ("geometry", "properties"),
    [
        (LINE, {"coordTimes": TIMES}),
        (LINE, {"coordinateProperties": {"times": TIMES}}),
        (LINE, {"times": TIMES[:2]}),  # too few: the record says so
        (LINES, {"coordTimes": [TIMES[:1] * 2, TIMES[2:] * 2]}),
    ],
)
def test_a_route_with_times(
    client: FlaskClient, geometry: dict[str, Any], properties: dict[str, Any]
) -> None:
    route = {"type": "Feature", "geometry": geometry, "properties": properties}
    answer = client.post("/crossings?f=pdf&lang=en", json=route)
    plain = client.post("/crossings", json=route)
    assert carried(answer.data)["record.json"] == plain.data
    text, value = written(answer.data), plain.get_json()
    for leg in [*value["legs"], *value["sector_legs"]]:
        assert ("entry_time" in leg) == (properties != {"times": TIMES[:2]})
        assert letters(leg.get("entry_time", "")) in text
        assert letters(leg.get("exit_time", "")) in text
    assert all(has(text, remark) for remark in value["remarks"])
    assert check_of(answer.data, client).verdict == HOLDS


def test_parts_are_told_apart(client: FlaskClient) -> None:
    """The same vertices in one part and in two are two routes."""
    places = [[50.0, 42.0], [50.5, 42.0], [51.0, 42.5], [51.0, 43.0]]
    hashes = []
    for parts in ([places], [places[:2], places[2:]]):
        answer = client.post(
            "/crossings?f=pdf&lang=en", json={"type": "MultiLineString", "coordinates": parts}
        )
        assert check_of(answer.data, client).verdict == HOLDS
        lines = "\n".join("".join(f"{lon!r},{lat!r}\n" for lon, lat in part) for part in parts)
        hashes.append(hashlib.sha256(lines.encode()).hexdigest())
        text = written(answer.data)
        assert hashes[-1] in text
        last = "4" if len(parts) == 1 else "2.2"
        assert letters(f"{last} 43°00'00.0\"N 051°00'00.0\"E 43.0 51.0") in text
        assert (letters("2.1 42°30") in text) == (len(parts) == 2)
    assert hashes[0] != hashes[1]


def test_times_that_are_too_long(client: FlaskClient) -> None:
    route = {"type": "Feature", "geometry": LINE, "properties": {"times": ["x" * 1_100_000]}}
    problem = client.post("/crossings?f=pdf", json=route)
    assert problem.status_code == 413
    assert "times of the route" in problem.get_json()["detail"]


def test_a_file_with_times(real_caspian: Caspian, tmp_path: Path) -> None:
    points = zip(LINE["coordinates"], (TIMES[0], "2026-01-02T05:00:00Z", TIMES[2]), strict=True)
    listed = "".join(
        f'<trkpt lon="{lon}" lat="{lat}"><time>{time}</time></trkpt>' for (lon, lat), time in points
    )
    path, report = tmp_path / "track.gpx", tmp_path / "report.pdf"
    path.write_text(
        '<gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1" creator="x">'
        f"<trk><trkseg>{listed}</trkseg></trk></gpx>"
    )
    assert real_caspian("report", path, "-o", report).code == 0
    assert b"entry_time" in carried(report.read_bytes())["record.json"]
    assert real_caspian("report", "--check", report).code == 0


def test_an_area(client: FlaskClient) -> None:
    answer = client.post(
        "/crossings?lang=ru&legs=loxodrome", json=AREA, headers={"Accept": "application/pdf"}
    )
    assert answer.content_type == "application/pdf"
    plain = client.post("/crossings?legs=loxodrome", json=AREA)
    assert carried(answer.data)["record.json"] == plain.data
    assert check_of(answer.data, client).verdict == HOLDS


@pytest.mark.parametrize(
    ("geometry", "said"),
    [
        ({"type": "LineString", "coordinates": [[50, 42 + at * 1e-7] for at in range(100_000)]}, "10,000"),
        ({"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": AREA}] * 2}, "one route"),
        ({"type": "LineString", "coordinates": [[50, 42]]}, "two different points"),
        ({"type": "LineString", "coordinates": []}, "two different points"),
        ({"type": "Point", "coordinates": [50, 42]}, "neither a route nor an area"),
    ],
    ids=["100,000 points", "two areas", "no end", "no points", "a point"],
)
def test_what_there_is_no_report_of(client: FlaskClient, geometry: object, said: str) -> None:
    problem = client.post("/crossings?f=pdf", json=geometry)
    assert problem.status_code in (400, 413)
    assert said in problem.get_json()["detail"]


def test_too_many_vertices_or_legs(real_caspian: Caspian, tmp_path: Path) -> None:
    path = tmp_path / "route.geojson"
    points = [[50.5, 42 + at * 1e-6] for at in range(MOST_VERTICES + 1)]
    path.write_text(json.dumps({"type": "LineString", "coordinates": points}))
    outcome = real_caspian("report", path, "-o", tmp_path / "out.pdf")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(f"caspian: {path}: more than 10,000 vertices")
    to_and_fro = [[49.75 + 0.4 * (at % 2), 38.9 + at * 1e-5] for at in range(MOST_LEGS)]
    path.write_text(json.dumps({"type": "LineString", "coordinates": to_and_fro}))
    outcome = real_caspian("report", path, "-o", tmp_path / "out.pdf")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(f"caspian: {path}: the route falls into")
    assert "legs, at most 1,000 stand in a report" in outcome.err
    assert not (tmp_path / "out.pdf").exists()


@pytest.mark.parametrize(
    "line",
    [
        [[-170, -80], [-150, -89.9], [-120, -85]],  # nowhere near
        [[20, 42], [80, 42]],  # across
        [[50, 89.9], [50, 60], [50, 30]],
    ],
)
def test_a_route_beyond_the_sea_is_drawn(client: FlaskClient, line: list[list[float]]) -> None:
    answer = client.post("/crossings?f=pdf", json={"type": "LineString", "coordinates": line})
    assert answer.status_code == 200


@pytest.mark.parametrize("end", [(51.5, 41.8), (49.9, 40.5), (50.5, 40.0), (53.0, 38.6)])
def test_a_route_is_clear_of_the_scale(real_store: Store, end: tuple[float, float]) -> None:
    """It begins in the corner of the map where the scale stands."""
    lines = [np.array([(49.7, 38.2), end])]
    drawn = around_lines(Atlas(real_store.edition("osm")), lines, is_area=False)
    start = re.search(r'<circle[^>]* class="start"[^>]*>', str(drawn.svg))
    assert start is not None
    down, radius = (float(re.search(rf' {name}="([0-9.]+)"', start[0])[1]) for name in ("cy", "r"))
    assert down + radius < drawn.side * (1 - SCALE_SHARE)


# Checking


def check_of(content: bytes, client: FlaskClient) -> Checked:
    return check(content, client.application.extensions["atlases"].store)


def test_a_report_that_holds(real_caspian: Caspian, pdf: bytes, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf)
    outcome = real_caspian("report", "--check", path)
    assert outcome.code == 0
    assert "Holds: the record is the same, and the pages are those" in outcome.out
    assert f"Made and checked by caspian-zones {version()}." in outcome.out
    assert "38°21.0'N 049°18.0'E" in outcome.out


@pytest.mark.parametrize("changed", ["number", "word", "missing", "more", "type"])
def test_a_record_that_differs(real_caspian: Caspian, pdf: bytes, tmp_path: Path, changed: str) -> None:
    record = json.loads(carried(pdf)["record.json"])
    values, said = {
        "number": ({"baseline_distance_m": 1.5}, "  baseline_distance_m: 1.5 in the report, 36517.134 now"),
        "word": ({"state": "AZE"}, '  state: "AZE" in the report, "IRN" now'),
        "missing": ({}, '  zone: nothing in the report, "fishery_zone" now'),
        "more": ({"nonsense": [1]}, "  nonsense: [1] in the report, nothing now"),
        "type": ({"certain": 1}, "  certain: 1 in the report, true now"),
    }[changed]
    record |= values
    if changed == "missing":
        del record["zone"]
    path = tmp_path / "report.pdf"
    path.write_bytes(recarried(pdf, record=json.dumps(record).encode()))
    outcome = real_caspian("report", "--check", path)
    assert outcome.code == 1
    assert "Does not hold: 1 value differs." in outcome.out
    assert said in outcome.out.splitlines()


def test_an_edition_that_is_another_now(client: FlaskClient, pdf: bytes) -> None:
    """A default edition of another version of the software is compared with today's."""
    name = "osm-2023.01-01234567"
    about = json.loads(carried(pdf)["report.json"])
    address = about["address"].replace(about["edition"], name)
    changed = with_about(with_record(pdf, edition=name), edition=name, sha256="0" * 64, address=address)
    checked = check_of(changed, client)
    assert checked.verdict == DIFFERS
    assert [one.name for one in checked.differences] == ["edition", "report.edition", "report.sha256"]
    assert {one.reported for one in checked.differences[:2]} == {f'"{name}"'}


@pytest.mark.parametrize("name", ["osm-1999.01-deadbeef", "osm"])
def test_an_edition_that_is_not_that_of_the_record(client: FlaskClient, pdf: bytes, name: str) -> None:
    checked = check_of(with_about(pdf, edition=name), client)
    assert checked.verdict == DIFFERS
    one, address = checked.differences
    assert address.name == "report.address"  # that of the other
    assert (one.name, one.reported) == ("report.edition", f'"{name}"')
    assert one.now == json.dumps(json.loads(carried(pdf)["record.json"])["edition"])


def test_pages_that_cannot_be_compared_are_vouched_for_by_nothing(
    real_caspian: Caspian, pdf: bytes, tmp_path: Path
) -> None:
    """Blank pages with an honest record, said to be made by another version of a package."""
    copied = pypdf.PdfWriter(clone_from=reader(pdf))
    made = {**json.loads(carried(pdf)["report.json"])["made_with"], "numpy": "9", "other": None}
    del copied.pages[0]["/Contents"]
    target = io.BytesIO()
    copied.write(target)
    path = tmp_path / "report.pdf"
    path.write_bytes(with_about(target.getvalue(), made_with=made))
    outcome = real_caspian("report", "--check", path)
    assert outcome.code == 3
    assert "The record holds. The pages were not compared, and may say anything:" in outcome.out
    assert "Holds" not in outcome.out
    assert "made by numpy 9 (here" in outcome.out


def test_another_version_of_the_software(
    client: FlaskClient, real_caspian: Caspian, pdf: bytes, tmp_path: Path
) -> None:
    made = json.loads(carried(pdf)["report.json"])["made_with"] | {"caspian-zones": "0.0.9"}
    path = tmp_path / "report.pdf"
    path.write_bytes(with_about(pdf, made_with=made))
    outcome = real_caspian("report", "--check", path)
    assert outcome.code == 3
    assert (
        f"Made by another version, caspian-zones 0.0.9; checked by caspian-zones {version()}." in outcome.out
    )
    assert "they were made by caspian-zones 0.0.9 (here" in outcome.out


def test_pages_that_were_changed(real_caspian: Caspian, pdf: bytes, tmp_path: Path) -> None:
    """The record holds, and the pages say something else."""
    copied = pypdf.PdfWriter(clone_from=reader(pdf))
    copied.pages[0].rotate(180)
    path = tmp_path / "report.pdf"
    with path.open("wb") as file:
        copied.write(file)
    outcome = real_caspian("report", "--check", path)
    assert outcome.code == 1
    assert "the pages are not those that are made of it" in outcome.out


def test_given_text_belongs_to_the_pages(client: FlaskClient, pdf: bytes) -> None:
    about = json.loads(carried(pdf)["report.json"])
    assert check_of(with_about(pdf, given=about["given"].replace("lon", "lon ")), client).pages == "other"


OTHERWISE = {
    "lon 49.3, lat 38.3": "another latitude",
    "38°21.1'N 049°18.0'E": "another minute",
    "38.35 49.31": "another longitude",
    "wherever": "no position",
}


@pytest.mark.parametrize("given", OTHERWISE, ids=OTHERWISE.values())
def test_a_position_as_written_that_is_not_the_one_answered(
    real_store: Store, client: FlaskClient, given: str
) -> None:
    """Though record, pages and what the file says of itself agree: as somebody makes it with our own code."""
    edition = real_store.edition("osm")
    record = edition.classify_one(lon=49.3, lat=38.35, compare=True)
    for written_so, differences in ((given, ["report.given"]), ("38°21.0'N 049°18.0'E", [])):
        report = position_report(Atlas(edition), record, compare=True, given=written_so, language="en")
        assert [one.name for one in check_of(pdf_of(report), client).differences] == differences


@pytest.mark.parametrize(
    "changed",
    [
        ("lon=49.3", "lon=49.4"),
        ("edition=osm", "edition=gshhg"),
        ("/classify", "/x?/classify"),
        ("http", "ftp"),
    ],
    ids=["a number", "an edition", "another query before", "no address"],
)
def test_an_address_that_is_not_that_of_the_answer(
    real_store: Store, client: FlaskClient, pdf: bytes, changed: tuple[str, str]
) -> None:
    address = json.loads(carried(pdf)["report.json"])["address"]
    edition = real_store.edition("osm")
    record = edition.classify_one(lon=49.3, lat=38.35, compare=True)
    report = position_report(
        Atlas(edition), record, compare=True, given="38.35N 49.3E", language="en",
        address=address.replace(*changed),
    )  # fmt: skip
    (one,) = check_of(pdf_of(report), client).differences
    assert one.name == "report.address"
    assert "/classify?lon=49.3&lat=38.35&edition=osm-" in str(one.now)


@pytest.mark.parametrize("query", ["lon=49.3&lat=38.35&compare=false", "position=38%C2%B021'N+49%C2%B018'E"])
def test_a_report_however_asked_for_holds(client: FlaskClient, query: str) -> None:
    assert check_of(client.get(f"/classify?{query}&f=pdf").data, client).verdict == HOLDS


def test_a_what_if_of_the_default_edition_holds(client: FlaskClient, real_store: Store) -> None:
    atlas = Atlas(real_store.edition("osm"))
    results = results_of_default(atlas.name, {"coast": "osm"})
    content = pdf_of(what_if_report(atlas, atlas, results, language="en"))
    assert check_of(content, client).verdict == HOLDS
    unasked = what_if_report(atlas, atlas, {**results, "inputs": None}, language="en")
    assert pdf_of(unasked) == content  # whether or not somebody has posted its choices


def test_addresses_of_routes(client: FlaskClient) -> None:
    line = {"type": "LineString", "coordinates": [[50.0, 42.0], [50.5, 42.0]]}
    content = client.post("/crossings?f=pdf", json=line).data
    assert check_of(content, client).verdict == HOLDS
    moved = json.loads(carried(content)["report.json"])["address"].replace("edition=osm", "edition=dcw")
    (one,) = check_of(with_about(content, address=moved), client).differences
    assert one.name == "report.address"


def test_choices_of_another_edition(client: FlaskClient, pdf: bytes) -> None:
    (one,) = check_of(with_about(pdf, inputs={"breadth": {"KAZ": 12}}), client).differences
    assert one.name == "report.inputs"


def bomb() -> bytes:
    """A report whose record is small in the file and large when it is read."""
    return b" " * (attached.MOST_BYTES + 1)


WITHOUT = pypdf.PdfWriter()
WITHOUT.add_blank_page(100, 100)


def _blank() -> bytes:
    target = io.BytesIO()
    WITHOUT.write(target)
    return target.getvalue()


def _with_many_files() -> bytes:
    """A file with so many attachments of others that they are not read."""
    many = pypdf.PdfWriter()
    many.add_blank_page(100, 100)
    many.add_attachment("note.txt", b"")
    names: Any = many.root_object["/Names"]["/EmbeddedFiles"]["/Names"]  # type: ignore[index]
    names.extend(names * 100_000)
    target = io.BytesIO()
    many.write(target)
    return target.getvalue()


def _encrypted(content: bytes) -> bytes:
    copied = pypdf.PdfWriter(clone_from=reader(content))
    copied.encrypt("secret", algorithm="RC4-128")
    target = io.BytesIO()
    copied.write(target)
    return target.getvalue()


BAD: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda _: b"", "no PDF"),
    "text": (lambda _: b"hello\n" * 1000, "no PDF"),
    "somebody else's": (lambda _: _blank(), "carries no record"),
    "many files": (lambda _: _with_many_files(), "a longer list of attachments than is read"),
    "encrypted": (lambda pdf: _encrypted(pdf), "a PDF that is encrypted"),
    "cut off": (lambda pdf: pdf[: len(pdf) // 2], "it cannot be read"),
    "nothing but its head": (lambda pdf: pdf[:20], "it cannot be read"),
    "huge": (lambda pdf: recarried(pdf, record=bomb()), "more than 8 MB"),
    "huge file": (lambda pdf: pdf + b"\0" * attached.LARGEST_FILE_BYTES, "more than 32 MB"),
    "no JSON": (lambda pdf: recarried(pdf, record=b"{"), "its record.json is not"),
    "not UTF-8": (lambda pdf: recarried(pdf, record=b"\xff{}"), "not UTF-8"),
    "a list": (lambda pdf: recarried(pdf, record=b"[]"), "is no object"),
    "deep": (lambda pdf: recarried(pdf, record=b"[" * 90_000 + b"]" * 90_000), "record.json"),
    "kind": (lambda pdf: with_about(pdf, report="opinion"), "no kind of report"),
    "form": (lambda pdf: with_about(pdf, form=99), "another form"),
    "language": (lambda pdf: with_about(pdf, language="xx"), "language is missing or not"),
    "asked": (lambda pdf: with_about(pdf, asked=None), "lon is no number"),
    "a number": (lambda pdf: with_about(pdf, asked={"lon": "49.3", "lat": 38.35}), "lon is no number"),
    "off the earth": (lambda pdf: with_about(pdf, asked={"lon": 1e9, "lat": 38.35}), "cannot be answered"),
    "edition": (lambda pdf: with_about(pdf, inputs=None, edition="x-0", assumptions="x"), "is not kept here"),
    "coast": (lambda pdf: with_about(pdf, inputs=None, edition="x-0", coast="/etc"), "cannot be built here"),
    "path": (lambda pdf: with_about(pdf, inputs=None, edition="../x", assumptions="x"), "is not kept here"),
    "choices": (lambda pdf: with_about(pdf, inputs={"breadth": {"KAZ": 99}}), "cannot be used"),
    "legs": (lambda pdf: with_about(pdf, legs=["spiral"]), "legs is missing or not"),
    "given": (lambda pdf: with_about(pdf, given=["x"]), "given is missing or not"),
    "address": (lambda pdf: with_about(pdf, address=7), "address is missing or not"),
    "an address that is no text": (lambda pdf: with_about(pdf, address=0), "address is missing or not"),
    "an address that is no Unicode": (
        lambda pdf: with_about(pdf, address="https://\ud800/"), "address is missing or not"
    ),
    "no address": (lambda pdf: without_about(pdf, "address"), "address is missing or not"),
    "no assumptions": (lambda pdf: without_about(pdf, "assumptions"), "assumptions is missing or not"),
    "no inputs": (lambda pdf: without_about(pdf, "inputs"), "inputs is missing or not"),
    "nothing asked": (lambda pdf: without_about(pdf, "asked"), "asked is missing or not"),
    "larger than any float": (
        lambda pdf: with_about(pdf, asked={"lon": 10**400, "lat": 38.35}), "lon is no number"
    ),
    "versions": (lambda pdf: with_about(pdf, made_with={"numpy": {"x": 1}}), "made_with is missing or not"),
    "a version": (
        lambda pdf: with_about(pdf, made_with={"caspian-zones": "1", "numpy": {"x": 1}}),
        "made_with is missing or not",
    ),
    "two lines": (lambda pdf: with_about(pdf, edition="x\nHolds"), "edition is missing or not"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_report(name: str, real_caspian: Caspian, pdf: bytes, tmp_path: Path) -> None:
    make, said = BAD[name]
    path = tmp_path / "bad.pdf"
    path.write_bytes(make(pdf))
    outcome = real_caspian("report", "--check", path)
    assert (outcome.code, outcome.out) == (2, "")
    (line,) = outcome.err.splitlines()
    assert line.startswith(f"caspian: {path}: ")
    assert said in line


MISSING = "missing"
VALUES = (MISSING, None, 0, 1.5, False, True, "", [], {}, [0], {"a": 0})
# What each member may be, of these values.
FIT: dict[str, tuple[object, ...]] = {
    "report": (),
    "form": (),
    "language": (),
    "made_with": (),
    **dict.fromkeys(("edition", "sha256", "coast", "given"), ("",)),
    **dict.fromkeys(("assumptions", "address"), (None, "")),
    **dict.fromkeys(("inputs", "asked"), (None, {}, {"a": 0})),
    "legs": (MISSING, []),
}


def is_in(value: object, values: tuple[object, ...]) -> bool:
    """Whether it is one of them, of the same type."""
    return any(type(value) is type(one) and value == one for one in values)


@pytest.mark.parametrize("name", FIT)
@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_what_a_report_says_of_itself_is_all_there_and_of_the_right_types(
    name: str, value: object, pdf: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {path: content.decode() for path, content in carried(pdf).items()}
    about = {**json.loads(files["report.json"]), name: value}
    assert set(about) <= set(FIT)
    if value == MISSING:
        del about[name]
    changed = json.dumps({**files, "report.json": json.dumps(about)})
    monkeypatch.setattr(attached, "run_apart", lambda *_: changed.encode())
    if is_in(value, FIT[name]):
        assert attached.attached_to(pdf).about == about
    else:
        said = {"report": "no kind", "form": "another form"}.get(name, f"changed: {name} is missing or not")
        with pytest.raises(ReportFileError, match=said):
            attached.attached_to(pdf)


def repacked(content: bytes, packed: bytes, kind: str) -> bytes:
    """The file with what is attached packed so."""
    copied = pypdf.PdfWriter(clone_from=reader(content))
    for one in copied.attachment_list:
        stream = one._embedded_file
        stream._data = packed
        stream[pypdf.generic.NameObject("/Filter")] = pypdf.generic.NameObject(kind)
    target = io.BytesIO()
    copied.write(target)
    return target.getvalue()


def nothing_in_codes(size: int) -> bytes:
    """Codes of LZW that become nothing: each clears its table (ISO 32000-1, 7.4.4)."""
    return int("100000000" * 8, 2).to_bytes(9) * (size // 9)


GROWING: dict[str, tuple[bytes, str]] = {
    "flate": (zlib.compress(b"\0" * 300_000_000, 9), "/FlateDecode"),
    "run length": (b"\x81\0" * 100_000, "/RunLengthDecode"),  # 128 zeros each
    "codes that become nothing": (nothing_in_codes(13_000_000), "/LZWDecode"),
    "blanks that become nothing": (b" " * 13_000_000, "/ASCII85Decode"),
}


@pytest.mark.parametrize("name", GROWING)
def test_a_stream_that_grows_without_end(
    name: str, real_caspian: Caspian, pdf: bytes, tmp_path: Path
) -> None:
    """What is compressed is not unpacked beyond bounds, and what is said is which bound."""
    path = tmp_path / "bomb.pdf"
    path.write_bytes(repacked(pdf, *GROWING[name]))
    assert path.stat().st_size < attached.LARGEST_FILE_BYTES
    outcome = real_caspian("report", "--check", path)
    assert (outcome.code, outcome.out) == (2, "")
    (line,) = outcome.err.splitlines()
    assert line.startswith(f"caspian: {path}: its ")
    assert line.endswith(".json has more than 8 MB, or takes too much to unpack")


# What is missing, or takes too long


def made(store: Store) -> Report:
    edition = store.edition("osm")
    record = edition.classify_one(lon=50.5, lat=42.5)
    return position_report(Atlas(edition), record, compare=False, given="x", language="en")


def test_without_the_packages(
    client: FlaskClient, real_caspian: Caspian, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = typesetting.importlib.util.find_spec
    monkeypatch.setattr(
        typesetting.importlib.util, "find_spec", lambda name: None if name == "typst" else found(name)
    )
    outcome = real_caspian("report", "49.97", "40.1", "-o", tmp_path / "out.pdf")
    assert (outcome.code, outcome.out) == (2, "")
    assert (
        outcome.err
        == "caspian: a report needs typst, not installed here: pip install 'caspian-zones[report]'\n"
    )
    problem = client.get(f"{ASKED}&f=pdf")
    assert problem.status_code == 406
    assert "pip install" in problem.get_json()["detail"]
    assert client.get(ASKED).status_code == 200


def test_without_the_fonts(real_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    report = made(real_store)
    fonts = typesetting._fonts()
    monkeypatch.setattr(typesetting, "_fonts", lambda: [fonts[0].with_name("none.ttf"), *fonts[1:]])
    with pytest.raises(NoReportsError, match=r"fonts none\.ttf"):
        pdf_of(report)


def test_a_language_without_its_letters(real_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    report = made(real_store)
    fonts = typesetting._fonts()
    monkeypatch.setattr(typesetting, "_fonts", lambda: [fonts[0].with_name("cmr10.ttf"), fonts[2]])
    with pytest.raises(NoReportsError, match="cannot be set in 'en'"):
        pdf_of(report)


def test_what_takes_too_long_is_ended(
    real_store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    report = made(real_store)
    monkeypatch.setattr(apart, "PATIENCE_S", 0.001)
    with pytest.raises(BusyError, match="takes longer than"):
        pdf_of(report)
    monkeypatch.undo()
    assert pdf_of(report).startswith(b"%PDF")  # the next one has its turn
    endless = tmp_path / "endless"
    endless.write_text("#!/bin/sh\nkill -s XCPU $$\n")  # as it ends that has computed for too long
    endless.chmod(0o700)
    monkeypatch.setattr(apart.sys, "executable", str(endless))
    with pytest.raises(BusyError, match="takes longer than 30 s"):
        pdf_of(report)


def test_one_at_a_time(real_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    report = made(real_store)
    monkeypatch.setattr(typesetting, "_LONGEST_WAIT_S", 0)
    with typesetting._setting, pytest.raises(BusyError, match="other reports"):
        pdf_of(report)


def test_a_report_is_a_heavy_answer(real_store: Store) -> None:
    """It is refused where enough heavy ones are under way, and light answers are not."""
    client = create_app({"THREADS": 32}, store=real_store).test_client()
    admission = client.application.extensions["admission"]
    with ExitStack() as held:
        for _ in range(MOST_HEAVY):
            admission.weigh(held.enter_context(admission.inside()), 0, is_heavy=True)
        problem = client.get(f"{ASKED}&f=pdf")
        assert problem.status_code == 503
        assert "other long requests" in problem.get_json()["detail"]
        assert client.get(ASKED).status_code == 200
    assert client.get(f"{ASKED}&f=pdf").status_code == 200


# The command


def test_the_command(real_caspian: Caspian, tmp_path: Path) -> None:
    for name in ("once", "twice"):
        outcome = real_caspian("report", "49.97", "40.1", "-o", tmp_path / f"{name}.pdf", "--lang", "az")
        assert (outcome.code, outcome.out, outcome.err) == (0, "", "")
    content = (tmp_path / "once.pdf").read_bytes()
    assert content == (tmp_path / "twice.pdf").read_bytes()
    record = real_caspian("classify", "49.97", "40.1", "--json").json
    assert json.loads(carried(content)["record.json"]) == record
    assert has(written(content), messages("az").gettext("Position report"))
    about = json.loads(carried(content)["report.json"])
    assert about["address"] is None
    assert about["given"] == "lon 49.97, lat 40.1"  # as over HTTP
    assert letters(f"caspian classify 49.97 40.1 --edition {about['edition']}") in written(content)


def test_the_command_joins_vertices_by_loxodromes(real_caspian: Caspian, tmp_path: Path) -> None:
    path, report, plain = (tmp_path / name for name in ("route.geojson", "out.pdf", "out.json"))
    path.write_text(json.dumps({"type": "LineString", "coordinates": [[49.5, 42], [52.5, 43]]}))
    records = {}
    for legs in ("geodesic", "loxodrome"):
        assert real_caspian("report", path, "--legs", legs, "-o", report).code == 0
        assert real_caspian("crossings", path, "--legs", legs, "-o", plain).code == 0
        records[legs] = carried(report.read_bytes())["record.json"]
        assert json.loads(records[legs]) == json.loads(plain.read_bytes())
        assert json.loads(carried(report.read_bytes())["report.json"])["legs"] == legs
        assert real_caspian("report", "--check", report).code == 0
    assert records["geodesic"] != records["loxodrome"]


RTZ = """<route xmlns="http://www.cirm.org/RTZ/1/1"><waypoints>
<waypoint id="1"><position lat="43.6" lon="51.0"/></waypoint>
<waypoint id="2"><position lat="42.9" lon="50.4"/></waypoint>
<waypoint id="3"><position lat="41.5" lon="50.9"/><leg geometryType="Orthodrome"/></waypoint></waypoints>
<schedules><schedule><manual><scheduleElement waypointId="1" etd="2026-05-01T06:00:00Z"/>
<scheduleElement waypointId="3" eta="2026-05-01T16:00:00Z"/></manual></schedule></schedules></route>"""


def test_a_route_of_waypoints_is_reported_as_it_was_given(real_caspian: Caspian, tmp_path: Path) -> None:
    path, report, plain = (tmp_path / name for name in ("route.rtz", "out.pdf", "out.json"))
    path.write_text(RTZ)
    assert real_caspian("report", path, "-o", report).code == 0
    content = report.read_bytes()
    about, record = (json.loads(carried(content)[f"{name}.json"]) for name in ("report", "record"))
    assert about["asked"]["geometry"]["coordinates"] == [[51.0, 43.6], [50.4, 42.9], [50.9, 41.5]]
    assert about["legs"] == ["loxodrome", "geodesic"]
    text = written(content)
    assert has(text, "Vertices 3;")
    assert letters("42°54'00.0\"N 050°24'00.0\"E42.950.4loxodrome") in text
    assert has(text, "Legs along loxodromes: 1, along geodesics: 1.")
    assert record["route"]["vertices"] == 3
    assert record["legs"][0]["entry_time"] == "2026-05-01T06:00:00.000Z"
    assert real_caspian("crossings", path, "-o", plain).code == 0
    assert json.loads(plain.read_bytes()) == record
    assert real_caspian("report", "--check", report).code == 0
    other = about["asked"] | {"geometry": {"type": "LineString", "coordinates": [[51, 43.6], [50.9, 41.5]]}}
    for changed in ({"legs": ["geodesic"]}, {"legs": ["geodesic"] * 3}, {"asked": other}):
        report.write_bytes(with_about(content, **changed))
        outcome = real_caspian("report", "--check", report)
        assert (outcome.code, len(outcome.err.splitlines())) == (2, 1), changed
        assert "cannot be answered" in outcome.err
    path.write_text(RTZ.replace('lat="41.5" lon="50.9"', 'lat="10" lon="-179"'))
    outcome = real_caspian("report", path, "-o", tmp_path / "far.pdf")  # no check could read it again
    assert (outcome.code, "at most 5,000 km" in outcome.err) == (2, True)
    path.write_text(RTZ.replace('lat="41.5"', 'lat="95"'))
    outcome = real_caspian("crossings", path)
    assert outcome.err == f"caspian: {path}: waypoint 2: longitude 50.9, latitude 95 is no position\n"
    report.write_bytes(with_about(content, legs=["geodesic", "geodesic"]))
    assert real_caspian("report", "--check", report).code == 1  # all is some metres elsewhere


def test_the_command_knows_the_address_of_the_service(
    real_caspian: Caspian, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CASPIAN_PUBLIC_URL", "https://zones.example")
    path = tmp_path / "out.pdf"
    assert real_caspian("report", "--position", "40°06.0'N 49°58.2'E", "-o", path).code == 0
    about = json.loads(carried(path.read_bytes())["report.json"])
    assert about["address"] == f"https://zones.example/classify?lon=49.97&lat=40.1&edition={about['edition']}"
    assert about["given"] == "40°06.0'N 49°58.2'E"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["49.97", "40.1"], "-o OUT.pdf is needed"),
        (["-o", "OUT.pdf"], "nothing was given"),
        (["1", "2", "3", "-o", "OUT.pdf"], "3 values were given"),
        (["49.97", "40.1", "--legs", "geodesic", "-o", "OUT.pdf"], "of the vertices of a FILE"),
        (["--check", "none.pdf", "--legs", "geodesic"], "nothing besides"),
        (["49.97", "40.1", "--position", "42 50", "-o", "OUT.pdf"], "give either --position"),
        (["49.97", "40.1", "-o", "OUT.txt"], "known here: .pdf"),
        (["249.97", "40.1", "-o", "OUT.pdf"], "249.97"),
        (["49.97", "40.1", "-o", "OUT.pdf", "--lang", "de"], "invalid choice"),
        (["none.geojson", "-o", "OUT.pdf"], "there is no file 'none.geojson'"),
        (["--check", "none.pdf"], "there is no file 'none.pdf'"),
        (["--check", "."], "is not an ordinary file"),
        (["--check", "none.pdf", "-o", "OUT.pdf"], "nothing besides"),
        (["49.97", "40.1", "-o", "OUT.pdf", "--edition", "nowhere"], "nowhere"),
    ],
)
def test_the_command_refuses(
    real_caspian: Caspian, arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = real_caspian("report", *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    (line,) = outcome.err.splitlines()
    assert said in line
    assert not list(tmp_path.iterdir())


@pytest.mark.thorough
def test_a_what_if_by_the_command(real_caspian: Caspian, real_store: Store, tmp_path: Path) -> None:
    name = real_caspian("build", "--breadth", "KAZ=12").out.strip()
    position, whole = tmp_path / "position.pdf", tmp_path / "whole.pdf"
    assert real_caspian("report", "51.0", "46.5", "--edition", name, "-o", position).code == 0
    assert real_caspian("report", "--edition", name, "-o", whole, "--lang", "tk").code == 0
    assert has(written(position.read_bytes()), "What-if Kazakhstan 12 nm Not the default.")
    text = written(whole.read_bytes())
    differences: Any = json.loads(carried(whole.read_bytes())["record.json"])["differences"]
    assert differences["areas"]
    assert has(text, messages("tk").gettext("Lines that have moved"))
    for path in (position, whole):
        assert real_caspian("report", "--check", path).code == 0


def test_strokes_are_in_units_of_the_drawing() -> None:
    svg = (
        '<svg viewBox="0 0 9600 9600"><path d="M0 0" stroke-width="2" stroke-dasharray="6 4" '
        'vector-effect="non-scaling-stroke"/><circle r="3" stroke-width="5"/></svg>'
    )
    printed = for_print(svg, 25.4)  # 960 pixels
    assert 'stroke-width="20"' in printed
    assert 'stroke-dasharray="60 40"' in printed
    assert '<circle r="3" stroke-width="5"/>' in printed
    assert "vector-effect" not in printed
    assert "\u202b10 nm\u202c</text>" in for_print(
        '<svg viewBox="0 0 9 9"><text direction="rtl">10 nm</text>', 1
    )
