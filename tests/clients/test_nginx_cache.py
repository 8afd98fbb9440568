"""nginx as it is deployed keeps what holds for ever, and never gives one answer for another."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from api.application import create_app
from tests.api.service import PATIENCE_S, Reply, Wire, get, until
from tests.clients.nginx import proxied
from tests.clients.running import serving
from zones.editions.store import Store
from zones.parameters import Parameters

DATA = (
    "/collections",
    "/collections/zones",
    "/collections/zones/schema",
    "/collections/zones/items?limit=1",
    "/collections/zones/items?limit=2",
    "/classify?lon=50&lat=42",
)
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
CHROMIUM = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
    "application/signed-exchange;v=b3;q=0.7"
)

GDAL_ITEMS, GDAL_JSON = (
    "application/geo+json, application/json",
    "application/json, text/xml, application/xml, */*",
)


# Every route that is asked by GET: an address of it that names a fixed edition; None where nothing is of one.
# One of own choices is told to nobody but who has chosen it, so that its address holds its name alone.
ROUTES: dict[str, str | None] = {
    "/": "/?position=42,50.5&edition={}",
    "/classify": "/classify?lon=50&lat=42&edition={}",
    "/collections": "/collections?edition={}",
    "/collections/<collection>": "/collections/limits?edition={}",
    "/collections/<collection>/items": "/collections/limits/items?edition={}&properties=zone",
    "/collections/<collection>/items/<path:feature>": "/collections/zones/items/fishery_zone-KAZ?edition={}",
    "/collections/<collection>/queryables": "/collections/zones/queryables?edition={}",
    "/collections/<collection>/schema": "/collections/zones/schema?edition={}",
    "/compare": "/compare?a={0}&b={0}&position=42,50.5",
    "/downloads": "/downloads?edition={}",
    "/downloads/<edition>/<name>": "/downloads/{}/limits.csv",
    "/downloads/<edition>/sha256.txt": "/downloads/{}/sha256.txt",
    "/map.svg": "/map.svg?edition={}&position=42,50.5",
    **dict.fromkeys(
        ("/assets/<version>/<name>", "/conformance", "/docs", "/docs/<name>", "/docs/try", "/editions",
         "/health/live", "/health/ready", "/jobs/<job>", "/jobs/<job>/results", "/metrics", "/openapi.json",
         "/problems/<slug>", "/processes", "/processes/<process>", "/static/<path:filename>", "/version",
         "/vocabulary", "/what-if")
    ),
    "/what-if/<edition>": "/what-if/{what_if}",
}  # fmt: skip


@dataclass(frozen=True)
class Origin:
    """The service that the proxy asks."""

    port: int
    edition: str
    log: Path

    def lines(self) -> list[str]:
        return self.log.read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def service(real_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Origin]:
    log = tmp_path_factory.mktemp("service") / "log"
    with serving(real_store, log, TRUSTED_PROXIES=1) as one:
        yield Origin(int(one.url.rstrip("/").rpartition(":")[2]), one.edition, log)


@pytest.fixture(scope="module")
def what_if(service: Origin) -> str:
    """The name of an edition of own choices that the service has built."""
    execution = json.dumps({"inputs": {"breadth": {"KAZ": 11.25}}}).encode()
    root = f"http://127.0.0.1:{service.port}"
    request = urllib.request.Request(
        f"{root}/processes/edition/execution", execution, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
        job = f"/jobs/{json.load(answer)['jobID']}"
    until(lambda: json.loads(ask(service.port, job).body)["status"] not in ("accepted", "running"))
    return str(json.loads(ask(service.port, f"{job}/results").body)["edition"])


@pytest.fixture(scope="module")
def unchosen(real_store: Store) -> str:
    """The name of one that a command has built: the service does not know from what."""
    return real_store.build(Parameters(breadth_nm={"KAZ": 11.5})).name


@pytest.fixture
def port(service: Origin, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A proxy that has kept nothing yet."""
    with proxied(tmp_path_factory.mktemp("proxy") / "nginx", service.port) as one:
        yield one


def ask(port: int, path: str, *fields: str, method: str = "GET") -> Reply:
    with Wire(port) as wire:
        wire.send(get(path, *fields, method=method))
        return wire.answer()


def with_edition(path: str, edition: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}edition={edition}"


def assert_reached(service: Origin, port: int, replies: list[Reply], expected: list[bool]) -> None:
    """Which of the requests the service has logged, once it has logged one that came after them.

    A worker may log an answer later than another one the next: those that are expected are waited for.
    """
    ids = [one.headers["x-request-id"] for one in replies]
    last = ask(port, "/health/live").headers["x-request-id"]
    awaited = [last, *(one for one, is_expected in zip(ids, expected, strict=True) if is_expected)]
    until(lambda: all(any(one in line for line in service.lines()) for one in awaited))
    log = "\n".join(service.lines())
    assert [one in log for one in ids] == expected


@pytest.mark.parametrize("path", DATA)
@pytest.mark.parametrize("accept", ["*/*", "application/json", BROWSER, CHROMIUM, GDAL_ITEMS, GDAL_JSON])
def test_the_service_is_asked_once(service: Origin, port: int, path: str, accept: str) -> None:
    asked = (with_edition(path, service.edition), f"Accept: {accept}")
    replies = [ask(port, *asked) for _ in range(3)]
    assert [one.status for one in replies] == [200, 200, 200]
    assert_reached(service, port, replies, [True, False, False])
    assert replies[1].body == replies[0].body
    assert len({one.headers["x-request-id"] for one in replies}) == 3
    etag = replies[0].headers["etag"]
    direct = ask(service.port, asked[0], *asked[1:])
    assert direct.headers["etag"] == etag
    for name in ("cache-control", "content-type", "vary", "link"):
        assert replies[2].headers.get(name) == direct.headers.get(name)
    for validator in (etag, f"W/{etag}", f'"other", {etag}'):
        answer = ask(port, *asked, f"If-None-Match: {validator}")
        assert (answer.status, answer.body) == (304, b"")
        assert_reached(service, port, [answer], [False])
    assert ask(port, *asked, 'If-None-Match: "other"').body == replies[0].body


def test_every_route_is_known_here(real_store: Store) -> None:
    rules = create_app(store=real_store).url_map.iter_rules()
    assert {one.rule for one in rules if "GET" in (one.methods or ())} == set(ROUTES)


@pytest.mark.parametrize("path", [one for one in ROUTES.values() if one is not None])
def test_of_every_route_the_service_is_asked_once(
    service: Origin, port: int, what_if: str, path: str
) -> None:
    path = path.format(service.edition, what_if=what_if)
    for accept in (BROWSER, "*/*"):
        asked = (path, f"Accept: {accept}")
        replies = [ask(port, *asked) for _ in range(2)]
        assert [one.status for one in replies] == [200, 200]
        assert_reached(service, port, replies, [True, False])
        assert without_secret(replies[0]) == without_secret(replies[1])
        answer = ask(port, *asked, f"If-None-Match: {replies[0].headers['etag']}")
        assert (answer.status, answer.body) == (304, b"")


def test_the_service_is_asked_once_for_a_what_if(service: Origin, port: int, what_if: str) -> None:
    for form in ("lang=fa", "f=json", "f=pdf"):
        replies = [ask(port, f"/what-if/{what_if}?{form}") for _ in range(2)]
        assert [one.status for one in replies] == [200, 200]
        assert_reached(service, port, replies, [True, False])
        for name in ("content-type", "content-language"):
            assert replies[0].headers.get(name) == replies[1].headers.get(name)


def test_the_way_to_a_comparison_ends_once_somebody_posts_the_choices(
    service: Origin, port: int, unchosen: str
) -> None:
    """It is not kept: who posts them would be led to a comparison rather than to what came of them."""
    for accept in ("*/*", BROWSER):
        replies = [ask(port, f"/what-if/{unchosen}", f"Accept: {accept}") for _ in range(2)]
        assert [one.status for one in replies] == [303, 303]
        assert_reached(service, port, replies, [True, True])
        assert "max-age" not in replies[0].headers.get("cache-control", "")


@pytest.mark.parametrize("edition", ["&edition={}", ""])
def test_an_address_may_have_any_length_that_the_service_reads(
    service: Origin, port: int, edition: str
) -> None:
    """nginx keeps the key, which has the address, before the head of the answer, in one buffer."""
    beginning = f"/collections/zones/items?skipGeometry=true{edition.format(service.edition)}&filter=state="
    for letters in range(300, 1300, 25):
        path = f"{beginning}%27{'%D0%B6' * letters}%27"
        assert ask(port, path).status == 200, len(path)


def test_the_service_is_asked_once_for_all_else_of_an_edition(service: Origin, port: int) -> None:
    name = service.edition
    for path in (
        f"/compare?a={name}&b={name}&position=42,50.5",
        f"/map.svg?edition={name}&position=42,50.5",
        f"/collections/zones/queryables?edition={name}",
        f"/downloads/{name}/zones.geojson?max-allowable-offset=0.05",
        f"/classify?lon=50&lat=42&edition={name}&f=pdf",
    ):
        replies = [ask(port, path) for _ in range(2)]
        assert [one.status for one in replies] == [200, 200]
        assert_reached(service, port, replies, [True, False])
        assert replies[0].body == replies[1].body
        known = f"If-None-Match: {replies[0].headers['etag']}"
        assert ask(port, path, known).status == 304


def test_forms_that_the_address_names_are_in_the_language_that_the_client_prefers(
    service: Origin, port: int
) -> None:
    path = with_edition("/classify?lon=50&lat=42", service.edition)
    for form in ("html", "pdf"):
        asked = [
            (f"{path}&f={form}", f"Accept: {accept}", f"Accept-Language: {language}")
            for language in ("fa", "ru-RU,ru;q=0.9")
            for accept in ("*/*", BROWSER)
        ]
        for _ in range(2):
            replies = [ask(port, *one) for one in asked]
            assert [one.headers["content-language"] for one in replies] == ["fa", "fa", "ru", "ru"]
        assert_reached(service, port, replies, [False] * 4)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/classify?lon=49&lat=95&f=pdf", 400),
        ("/classify?position=abc&f=pdf", 400),
        ("/classify?lon=49&lat=42&f=pdf&fields=zone", 400),
        ("/classify?lon=49&lat=95&edition={}&f=pdf", 400),
        ("/classify?lon=49&lat=42&edition=osm-2024.08-01234567&f=pdf", 404),
        ("/what-if/{unchosen}?f=pdf", 406),
        ("/downloads?edition={}&f=pdf", 400),
        ("/classify?lon=49&lat=95&edition={}&f=html", 400),
    ],
)
def test_a_refusal_is_told_as_by_the_service(
    service: Origin, port: int, unchosen: str, path: str, status: int
) -> None:
    path = path.format(service.edition, unchosen=unchosen)
    for accept in (BROWSER, CHROMIUM, "*/*", "application/pdf", "text/html", "application/json"):
        for language in ("ru", "fa", "de,kk;q=0.5"):
            asked = (path, f"Accept: {accept}", f"Accept-Language: {language}")
            direct, reply = (ask(one, *asked) for one in (service.port, port))
            assert (direct.status, reply.status) == (status, status), asked
            for name in ("content-type", "content-language"):
                assert reply.headers.get(name) == direct.headers.get(name), asked
            if accept == BROWSER:
                assert reply.headers["content-type"].startswith("text/html")


def test_hashes_have_byte_ranges(service: Origin, port: int) -> None:
    for edition in (service.edition, "osm"):
        for _ in range(2):
            asked = (f"/downloads/{edition}/sha256.txt", "Accept-Encoding: gzip")
            whole, part = ask(port, *asked), ask(port, *asked, "Range: bytes=5-9")
            assert (whole.status, whole.headers["accept-ranges"]) == (200, "bytes")
            assert (part.status, part.body) == (206, whole.body[5:10])
            assert part.headers["etag"] == whole.headers["etag"]
            assert whole.headers["x-request-id"] != part.headers["x-request-id"]


def test_an_answer_that_is_packed_has_a_validator_too(service: Origin, port: int) -> None:
    asked = (with_edition("/collections", service.edition), "Accept-Encoding: gzip, br")
    packed, again = (ask(port, *asked) for _ in range(2))
    assert packed.headers["content-encoding"] == again.headers["content-encoding"] == "gzip"
    assert_reached(service, port, [packed, again], [True, False])
    assert ask(port, *asked, f"If-None-Match: {packed.headers['etag']}").status == 304
    for refused in ("Accept-Encoding: gzip;q=0", "Accept-Encoding: identity"):
        plain = ask(port, asked[0], refused)
        assert "content-encoding" not in plain.headers
        assert plain.body.startswith(b"{")


def test_no_edition_form_or_language_is_given_for_another(service: Origin, port: int) -> None:
    """Everything is asked twice, and the second time answered as the service itself would."""
    paths = [with_edition(path, edition) for path in DATA for edition in (service.edition, "osm")]
    paths += [f"{with_edition('/collections', service.edition)}&lang={language}" for language in ("fa", "ru")]
    headers = [
        ("Accept: */*",),
        ("Accept: application/geo+json",),
        ("Accept: application/xml;q=0.2, text/html;q=0.1",),
        ("Accept: text/html;q=0.1, application/json",),
        (f"Accept: {BROWSER.replace('*/*', 'application/json,*/*')}",),
        ("Accept: application/json", "Accept-Language: fa"),
        *(
            (f"Accept: {BROWSER}", f"Accept-Language: {languages}")
            for languages in ("fa", "ru-RU,ru;q=0.9,en;q=0.8", "de,kk;q=0.5", "fa;q=0.1,az", "EN-us", "ar")
        ),
    ]
    direct = {
        (path, fields): ask(service.port, path, *fields, "X-Forwarded-Host: x")
        for path in paths
        for fields in headers
    }
    assert len({one.body for one in direct.values()}) > 2 * len(DATA) * 3
    for _ in range(2):
        for (path, fields), expected in direct.items():
            reply = ask(port, path, *fields)
            assert reply.status == expected.status
            assert reply.headers.get("content-type") == expected.headers.get("content-type")
            if expected.status == 200:
                assert reply.headers.get("content-language") == expected.headers.get("content-language")
                assert without_secret(reply) == without_secret(expected), (path, fields)


def test_a_form_in_escapes_has_its_language(service: Origin, port: int) -> None:
    path = f"{with_edition('/classify?lon=50&lat=42', service.edition)}&f=ht%6Dl"
    for language in ("ru", "fa", "ru"):
        assert ask(port, path, f"Accept-Language: {language}").headers["content-language"] == language


def test_a_form_in_capitals_is_refused_as_by_the_service(service: Origin, port: int) -> None:
    path = with_edition("/classify?lon=50&lat=42", service.edition)
    for form in ("F=html", "F=pdf", "f=HTML", "f=html&F=html"):
        for accept in ("*/*", BROWSER):
            asked = (f"{path}&{form}", f"Accept: {accept}", "Accept-Language: ru")
            direct, reply = (ask(one, *asked) for one in (service.port, port))
            assert (direct.status, reply.status) == (400, 400)
            for name in ("content-type", "content-language"):
                assert reply.headers.get(name) == direct.headers.get(name), asked


def test_an_answer_to_one_site_is_not_given_to_another(service: Origin, port: int) -> None:
    """The service may name the site in its answer (CASPIAN_CORS_ORIGINS)."""
    path = with_edition("/classify?lon=50&lat=42", service.edition)
    sites = ([], ["Origin: https://a.example"], ["Origin: https://b.example"], ["Origin: https://a.example"])
    replies = [ask(port, path, *fields) for fields in sites]
    assert_reached(service, port, replies, [True, True, True, False])


def without_secret(reply: Reply) -> bytes:
    """A body without the request's own id, and without the minute in which a page was made."""
    body = reply.body.replace(reply.headers["x-request-id"].encode(), b"")
    return re.sub(rb"\d{4}-\d\d-\d\d \d\d:\d\d UTC", b"", body)


def test_what_may_change_is_asked_for_each_time(service: Origin, port: int) -> None:
    for path in ("/collections", with_edition("/collections", "osm"), "/", "/classify?lon=50&lat=42"):
        replies = [ask(port, path) for _ in range(2)]
        assert_reached(service, port, replies, [True, True])
        if "etag" in replies[0].headers:
            known = f"If-None-Match: {replies[0].headers['etag']}"
            assert (ask(port, path, known).status, ask(port, path, 'If-None-Match: "x"').status) == (304, 200)
    assert ask(port, "/downloads/osm/zones.geojson", "Range: bytes=0-99").status == 206
    for path, status in (
        (with_edition("/classify?lon=950&lat=42", service.edition), 400),
        (with_edition("/nowhere", service.edition), 404),
    ):
        replies = [ask(port, path) for _ in range(2)]
        assert [one.status for one in replies] == [status, status]
        assert_reached(service, port, replies, [True, True])
