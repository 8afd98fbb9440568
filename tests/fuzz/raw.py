"""Requests that no client would make: bytes on a socket, made by a seed, and what came back for them."""

from __future__ import annotations

import contextlib
import json
import random
import re
import socket
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

# What the service may answer with from 500 up: a transfer coding nobody knows, and work beyond its budget.
ALLOWED_FROM_500 = frozenset({501, 503})

ANSWER_S = 300.0  # the first to ask for a file has it made, on a slow machine too
_MOST_READ = 4_000_000
_STATUS_LINE = re.compile(rb"HTTP/1\.\d (\d{3}) ")  # gunicorn answers with the version it was asked in

_PATHS = (
    "/", "/classify", "/classify?lon=49.97&lat=40.1", "/classify?position=42N+50E", "/collections",
    "/collections/zones/items", "/collections/limits/items?limit=2",
    "/collections/zones/items/fishery_zone-KAZ", "/crossings", "/downloads", "/downloads/osm/limits.csv",
    "/downloads/osm/zones.geojson", "/editions",
    "/health/live", "/health/ready", "/metrics", "/openapi.json", "/docs", "/vocabulary", "/version",
    "/problems/not-found", "/static/page.css", "/conformance", "/processes", "/processes/edition",
    "/processes/edition/execution", "/jobs/0123456789abcdef0123456789abcdef", "/jobs/x/results", "/what-if",
    "/what-if/osm-2024.08-0123456789abcdef0123456789abcdef", "/what-if/dismiss",
)  # fmt: skip
_TYPES = (
    "application/json", "application/geo+json", "text/csv", "application/x-ndjson",
    "application/geo+json-seq", "text/plain", "application/xml", "multipart/form-data; boundary=x", "*/*",
)  # fmt: skip
_METHODS = ("GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "BREW", "get", "")
_VALUES = (
    "osm", "gshhg", "osm-2024.08-00000000", "..", "%00", "%ff%fe", "49.97", "1e400", "nan", "-0", "A" * 3000,
    "zone,state", "zone,zone", "true", "2018-08-12T00:00:00Z/..", "0,0,0,0", "49,39,51,41", "-1", "9" * 40,
    "٤٢°", "42°33.6'N 49°53.3'E", "*", "'", '"', "\\", "<script>", "json", "html",
)  # fmt: skip
_NAMES = (
    "lon",
    "lat",
    "position",
    "fields",
    "compare",
    "edition",
    "f",
    "bbox",
    "limit",
    "offset",
    "datetime",
)
_HEADERS = (
    "Accept", "Accept-Encoding", "Accept-Language", "Range", "If-Match", "If-None-Match", "If-Range",
    "If-Modified-Since", "If-Unmodified-Since", "Host", "X-Forwarded-For", "X-Forwarded-Proto",
    "X-Forwarded-Host", "X-Forwarded-Prefix", "X-Request-ID", "Origin", "Expect", "Connection", "Upgrade",
    "Content-Encoding", "Transfer-Encoding", "Content-Length", "TE", "Cookie", "Authorization", "Forwarded",
)  # fmt: skip
_HEADER_VALUES = (
    "*/*", "text/html", "application/json;q=0", "gzip, br", "identity;q=0", "bytes=0-10", "bytes=-1",
    "bytes=0-1,2-3", "bytes=99999999999-", '"x"', "W/\"x\"", "*", "Thu, 01 Jan 1970 00:00:00 GMT", "nonsense",
    "127.0.0.1", "a!b", "[::1]:80", "http", "https, http", "100-continue", "200-maybe", "close",
    "keep-alive", "h2c", "gzip", "chunked", "chunked, chunked", "gzip, chunked", "xyz", "0", "-1", "1e3",
    "9" * 30, "\t", "\x01", "é" * 10, "a" * 9000, "null",
)  # fmt: skip


@dataclass
class Outcome:
    """What came back, over all requests."""

    # answers by status; 0 for a connection that ended without one
    statuses: Counter[int] = field(default_factory=Counter)
    # answers that may not be, with the request that brought them
    faults: list[str] = field(default_factory=list)


def fuzz(host: str, port: int, count: int, seed: int) -> Outcome:
    """Send requests one after another, each on a connection of its own."""
    outcome = Outcome()
    chance = random.Random(seed)
    for number in range(count):
        request = made(chance)
        try:
            answer = exchanged(host, port, request)
        except TimeoutError:
            outcome.faults.append(f"no answer in {ANSWER_S:g} s to {number}: {request[:300]!r}")
            continue
        found = _STATUS_LINE.match(answer)
        status = int(found[1]) if found else 0
        outcome.statuses[status] += 1
        if (status >= 500 and status not in ALLOWED_FROM_500) or (answer and not found):
            outcome.faults.append(f"{answer[:300]!r} to {number}: {request[:600]!r}")
    return outcome


def exchanged(host: str, port: int, request: bytes) -> bytes:
    """What comes back for bytes with nothing after them."""
    with socket.create_connection((host, port), timeout=ANSWER_S) as connection:
        # Whoever refuses a head does not wait for the rest.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(request)
        with contextlib.suppress(OSError):  # the service may have closed by now
            connection.shutdown(socket.SHUT_WR)  # a body shorter than announced would be waited for
        answer = bytearray()
        with contextlib.suppress(ConnectionResetError):
            while len(answer) < _MOST_READ and (part := connection.recv(65536)):
                answer += part
        return bytes(answer)


def made(chance: random.Random) -> bytes:
    """One request: a right one with some of it made wrong."""
    path = _path(chance)
    body, media_type = _body(chance) if chance.random() < 0.6 else (b"", "")
    method = "POST" if body and chance.random() < 0.9 else chance.choice(_METHODS)
    if body and chance.random() < 0.8:
        path = chance.choice(
            ("/classify", "/crossings", "/classify?fields=zone,state", "/classify?compare=true")
        )
    headers = [("Host", "127.0.0.1"), ("Connection", "close")]
    if body:
        headers += [("Content-Type", media_type), *_framing(chance, body)]
        if chance.random() < 0.3:
            body = _chunked(chance, body)
            headers = [one for one in headers if one[0] != "Content-Length"] + [
                ("Transfer-Encoding", "chunked")
            ]
    for _ in range(chance.choice((0, 0, 1, 2, 5))):
        headers.append((chance.choice(_HEADERS), chance.choice(_HEADER_VALUES)))
    if chance.random() < 0.02:
        headers += [(f"X-{n}", "v" * chance.randrange(50)) for n in range(chance.randrange(300))]
    version = chance.choice(
        ("HTTP/1.1",) * 20 + ("HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/1.1 ", "FTP/1.1", "")
    )
    end = "\r\n" if chance.random() < 0.97 else chance.choice(("\n", "\r", "\r\n ", "\0\r\n"))
    head = f"{method} {path} {version}{end}" + "".join(f"{name}: {value}{end}" for name, value in headers)
    request = (head + end).encode("utf-8", "surrogateescape") + body
    return _spoiled(chance, request) if chance.random() < 0.15 else request


def _path(chance: random.Random) -> str:
    path = chance.choice(_PATHS)
    while chance.random() < 0.4:
        value = chance.choice(_VALUES)
        if chance.random() < 0.7:
            value = "".join(one if one.isalnum() else f"%{one.encode()[0]:02X}" for one in value)
        path += f"{'&' if '?' in path else '?'}{chance.choice(_NAMES)}={value.replace(' ', '+')}"
    if chance.random() < 0.1:
        at = chance.randrange(len(path) + 1)
        path = (
            path[:at] + chance.choice(("//", "/../", "%2e%2e/", "%", "%zz", "#", "?", "\\", "é")) + path[at:]
        )
    return f"http://127.0.0.1{path}" if chance.random() < 0.03 else path


def _body(chance: random.Random) -> tuple[bytes, str]:
    make: Callable[[random.Random], tuple[bytes, str]] = chance.choice((_json, _json, _csv, _lines, _noise))
    body, media_type = make(chance)
    if chance.random() < 0.05:
        media_type = chance.choice(_TYPES)
    return (_spoiled(chance, body) if chance.random() < 0.2 else body), media_type


def _number(chance: random.Random) -> object:
    return chance.choice(
        (
            chance.uniform(46, 55), chance.uniform(36, 48), chance.uniform(-180, 180), 0, -0.0, 180, -180, 90,
            1e308, -1e-320, "49.9", None, True, [], {}, 10**30, "nan",
        )
    )  # fmt: skip


def _position(chance: random.Random) -> object:
    if chance.random() < 0.85:
        return [round(chance.uniform(47, 54), chance.randrange(12)), round(chance.uniform(36.5, 47), 4)]
    return [_number(chance) for _ in range(chance.randrange(5))]


def _geometry(chance: random.Random) -> object:
    kind = chance.choice(
        (
            "Point",
            "MultiPoint",
            "LineString",
            "MultiLineString",
            "Polygon",
            "MultiPolygon",
            "GeometryCollection",
        )
    )
    several = [_position(chance) for _ in range(chance.choice((0, 1, 2, 3, 5, 60)))]
    nested = {"Point": _position(chance), "MultiPoint": several, "LineString": several}
    ring = [*several, several[0]] if several else []
    coordinates = nested.get(kind, {"MultiLineString": [several], "Polygon": [ring]}.get(kind, [[ring]]))
    value: dict[str, object] = {"type": kind, "coordinates": coordinates}
    if kind == "GeometryCollection":
        value = {"type": kind, "geometries": [{"type": "Point", "coordinates": _position(chance)}]}
    return value if chance.random() < 0.95 else chance.choice((None, [], {}, "Point", 7))


def _feature(chance: random.Random) -> object:
    properties = chance.choice(({}, None, {"zone": "mine", "a" * 200: [1, {"b": None}]}, [], {"lon": 3}))
    return {
        "type": "Feature",
        "id": chance.choice((1, "x", None, 1.5, [], True)),
        "properties": properties,
        "geometry": _geometry(chance),
    }


def _json(chance: random.Random) -> tuple[bytes, str]:
    value = chance.choice(
        (
            lambda: {"points": [_position(chance) for _ in range(chance.choice((0, 1, 9, 400)))]},
            lambda: _geometry(chance),
            lambda: _feature(chance),
            lambda: {"type": "FeatureCollection", "features": [_feature(chance) for _ in range(7)]},
            lambda: {"points": [[]] * chance.randrange(50_000)},
            lambda: _number(chance),
        )
    )()
    if chance.random() < 0.03:
        depth = chance.randrange(20_000)
        return b"[" * depth + b"]" * depth, "application/json"
    return json.dumps(value).encode(), chance.choice(("application/json", "application/geo+json"))


def _csv(chance: random.Random) -> tuple[bytes, str]:
    header = chance.choice(
        ("lon,lat", "name,lon,lat", "lat;lon", "Lon,Lat,zone,State", "a", "lon,lon,lat", "", '"lon,lat')
    )
    cells = ("49.97", "40.1", "", "x", '"', '""', "1e9", "42°N", "a\x00b", "é", "9" * 500, "-", ",")
    rows = [
        ",".join(chance.choice(cells) for _ in range(chance.randrange(5)))
        for _ in range(chance.choice((0, 3, 200)))
    ]
    if chance.random() < 0.02:
        header = ",".join(["lon", "lat"] + [f"c{n}" for n in range(chance.randrange(30_000))])
    return "\n".join([header, *rows]).encode(), "text/csv"


def _lines(chance: random.Random) -> tuple[bytes, str]:
    mark, media_type = chance.choice((("", "application/x-ndjson"), ("\x1e", "application/geo+json-seq")))
    rows = [mark + json.dumps(_feature(chance)) for _ in range(chance.choice((0, 1, 5, 40)))]
    return "\n".join(rows).encode(), media_type


def _noise(chance: random.Random) -> tuple[bytes, str]:
    noise = chance.randbytes(chance.choice((1, 100, 70_000)))
    return (zlib.compress(bytes(100_000)) if chance.random() < 0.2 else noise), chance.choice(_TYPES)


def _framing(chance: random.Random, body: bytes) -> list[tuple[str, str]]:
    length = len(body)
    if chance.random() < 0.93:
        return [("Content-Length", str(length))]
    wrong = chance.choice(
        (length - 1, length + 1, 0, -1, 10**15, f"{length}, {length}", f"+{length}", "x", f" {length}")
    )
    return [("Content-Length", str(wrong))] * chance.choice((1, 1, 2))


def _chunked(chance: random.Random, body: bytes) -> bytes:
    size = chance.choice((1, 7, 1000, 65536)) if len(body) < 5000 else 65536
    chunks = b"".join(
        b"%x\r\n%s\r\n" % (len(part), part)
        for part in (body[at : at + size] for at in range(0, len(body), size))
    )
    end = (
        b"0\r\n\r\n"
        if chance.random() < 0.9
        else chance.choice((b"", b"0\r\nX: y\r\n\r\n", b"zz\r\n", b"-1\r\n\r\n", b"0"))
    )
    return chunks + end


def _spoiled(chance: random.Random, text: bytes) -> bytes:
    spoiled = bytearray(text)
    for _ in range(chance.choice((1, 1, 3, 20))):
        at = chance.randrange(len(spoiled) + 1)
        way = chance.randrange(4)
        if way == 0:
            spoiled[at:at] = chance.randbytes(chance.choice((1, 4)))
        elif way == 1:
            del spoiled[at : at + chance.choice((1, 5, 100))]
        elif way == 2 and at < len(spoiled):
            spoiled[at] ^= 1 << chance.randrange(8)
        else:
            spoiled[at:at] = spoiled[max(0, at - 40) : at]
    return bytes(spoiled)
