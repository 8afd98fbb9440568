"""The OpenAPI document is valid, and says all that there is and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV30SpecValidator

from api.application import create_app
from api.collections.filters import parameters_of
from api.collections.properties import SHAPES
from api.http.problems import ALL_PROBLEMS
from api.openapi.components import EXAMPLE, RECORD
from tests.api.real import POSITIONS
from tests.api.test_errors import assert_problem
from zones.classification.records import RECORD_FIELDS
from zones.words import STATES, STATUSES, ZONES

Json = dict[str, Any]

MEDIA_TYPE = "application/vnd.oai.openapi+json;version=3.0"
# Answered by every GET and by every path; the document says so in its description.
OF_THEMSELVES = {"HEAD", "OPTIONS"}
# Paths whose example is a job, or an edition, that there is not.
OF_NOBODY = ("/jobs/", "/what-if/")
# Given by the server or the proxy before a request becomes one of the application's, or never by a
# documented method.
OF_THE_SERVER = {405, 414, 417, 431, 501, 502, 504}


@pytest.fixture
def document(client: FlaskClient) -> Json:
    response = client.get("/openapi.json")
    assert response.content_type == MEDIA_TYPE
    return dict(response.get_json())


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method.upper(), operation


def resolved(document: Json, value: Json) -> Json:
    while "$ref" in value:
        _, kind, name = value["$ref"].removeprefix("#/").split("/")
        value = document["components"][kind][name]
    return value


def parameters(document: Json, operation: Json, place: str) -> dict[str, Json]:
    every = [resolved(document, one) for one in operation["parameters"]]
    return {one["name"]: one for one in every if one["in"] == place}


def filled(document: Json, path: str, operation: Json) -> str:
    """The path with something in the place of its parameters."""
    for name, one in parameters(document, operation, "path").items():
        value = one.get("example") or one["schema"].get("enum", ["anything"])[0]
        path = path.replace(f"{{{name}}}", value)
    return path


def test_the_document_is_valid(document: Json) -> None:
    OpenAPIV30SpecValidator(document).validate()
    assert document["openapi"] == "3.0.3"
    assert document["info"]["license"]
    identities = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(set(identities)) == len(identities)
    tags = {tag["name"] for tag in document["tags"]}
    assert {tag for _, _, operation in operations(document) for tag in operation["tags"]} == tags
    unused = json.dumps(document)
    for kind, named in document["components"].items():
        for name in named:
            assert f'"#/components/{kind}/{name}"' in unused, (kind, name)


def test_parameters_have_examples_that_are_answered(real_client: FlaskClient) -> None:
    """Each of its kind, and taken by the service."""
    document = dict(real_client.get("/openapi.json").get_json())
    tried = 0
    for path, method, operation in operations(document):
        if method != "GET" or "items/" in path or path.startswith(OF_NOBODY):
            continue
        for name, one in parameters(document, operation, "query").items():
            if one["schema"].get("format") == "job-id":  # nobody has begun it
                continue
            example = one["example"]
            assert example in one["schema"].get("enum", [example])
            text = ",".join(map(str, example)) if isinstance(example, list) else str(example)
            text = text.lower() if isinstance(example, bool) else text
            needed = {"lon": "50", "lat": "42"} if path == "/classify" and name != "position" else {}
            asked = urlencode({**needed, name: text}, safe=",")
            address = f"{filled(document, path, operation)}?{asked}"
            assert real_client.get(address).status_code == 200, address
            tried += 1
    assert tried > 100


def test_every_route_is_described_and_nothing_else(app: Flask, document: Json) -> None:
    routes = app.url_map.bind("localhost")
    described: set[tuple[str, str]] = set()
    for path, method, operation in operations(document):
        rule, _ = routes.match(filled(document, path, operation), method, return_rule=True)
        described.add((rule.rule, method))
    there = {
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - OF_THEMSELVES
    }
    assert {one for one in described if one[1] not in OF_THEMSELVES} == there
    assert {one for one, _ in described} == {rule.rule for rule in app.url_map.iter_rules()}


def test_the_parameters_are_those_that_are_read(client: FlaskClient, document: Json) -> None:
    for path, method, operation in operations(document):
        if path.startswith("/static/"):
            continue
        response = client.open(f"{filled(document, path, operation)}?nonsense=1", method=method)
        assert response.status_code == 400, path
        if method == "HEAD":
            continue
        problem = assert_problem(response, 400, "unknown-parameter")
        assert set(problem["known"]) == set(parameters(document, operation, "query")), path


def test_the_filters_are_the_properties(document: Json) -> None:
    for collection, shape in SHAPES.items():
        operation = document["paths"][f"/collections/{collection}/items"]["get"]
        given = parameters(document, operation, "query")
        assert list(given) != []
        assert set(given) == set(parameters_of(collection))
        for one in shape.properties:
            assert one.name in given
            if one.words:
                assert given[one.name]["schema"]["enum"] == list(one.words)
        page = resolved(
            document, {"$ref": f"#/components/schemas/{collection.title().replace('_', '')}Properties"}
        )
        assert list(page["properties"]) == page["required"] == [one.name for one in shape.properties]
    zones = parameters(document, document["paths"]["/collections/zones/items"]["get"], "query")
    assert zones["zone"]["schema"]["enum"] == list(ZONES)
    assert zones["state"]["schema"]["enum"] == list(STATES)
    assert zones["status"]["schema"]["enum"] == list(STATUSES)


def test_the_limits_are_those_that_are_set(store: Any) -> None:
    chosen = {
        "PAGE_LIMIT": 17,
        "MAX_PAGE_LIMIT": 71,
        "MAX_POINTS": 12345,
        "MAX_ROUTE_VERTICES": 54321,
        "MAX_BODY_BYTES": 98765,
        "MAX_REQUEST_MEMORY_MB": 234,
        "MAX_REQUEST_S": 56,
        "PUBLIC_URL": "https://sea.example/zones",
    }
    document = create_app(chosen, store=store).test_client().get("/openapi.json").get_json()
    limit = document["components"]["parameters"]["limit"]["schema"]
    assert limit == {"type": "integer", "minimum": 1, "maximum": 71, "default": 17}
    assert document["components"]["schemas"]["Points"]["properties"]["points"]["maxItems"] == 12345
    assert "54321" in document["paths"]["/crossings"]["post"]["description"]
    for path in ("/classify", "/crossings", "/events", "/summarise"):
        description = document["paths"][path]["post"]["description"]
        for limit_of_a_body in ("98765 bytes", "234 MB", "56 seconds"):
            assert limit_of_a_body in description
    assert document["servers"] == [{"url": "https://sea.example/zones"}]


def test_every_status_of_a_problem_is_described(document: Json) -> None:
    described = {
        int(status)
        for _, _, operation in operations(document)
        for status in operation["responses"]
        if status >= "400"
    }
    assert {one.status for one in ALL_PROBLEMS.values()} - OF_THE_SERVER <= described
    for response in document["components"]["responses"].values():
        assert response["content"]["application/problem+json"]["schema"] == {
            "$ref": "#/components/schemas/Problem"
        }


def test_what_bodies_conditions_and_busy_workers_are_answered(document: Json) -> None:
    bodies = {path: one for path, _, one in operations(document) if "requestBody" in one}
    of_forms = {path for path in bodies if path.startswith("/what-if")}
    assert set(bodies) - of_forms == {
        "/classify", "/crossings", "/events", "/summarise", "/processes/{processId}/execution",
    }  # fmt: skip
    for operation in bodies.values():
        assert {"400", "413", "415", "429", "500", "503", "507"} <= set(operation["responses"])
    files = [one for path, _, one in operations(document) if path.startswith("/downloads/")]
    assert len(files) == 4
    for operation in files:
        assert {"If-Match", "If-None-Match"} <= set(parameters(document, operation, "header"))
        assert {"304", "412", "503"} <= set(operation["responses"])


def test_ways_to_comparisons_are_described(document: Json, client: FlaskClient) -> None:
    (edition,) = (one["name"] for one in client.get("/editions").get_json()["editions"] if one["default"])
    answer = client.get(f"/what-if/{edition}")  # its choices are nobody's
    assert answer.status_code == 303
    responses = document["paths"]["/what-if/{edition}"]["get"]["responses"]
    assert "Location" in resolved(document, responses["303"])["headers"]


def test_what_comparing_fills_is_named(document: Json, real_client: FlaskClient) -> None:
    address = f"/classify?lon={EXAMPLE['lon']}&lat={EXAMPLE['lat']}&compare=true"
    compared = real_client.get(address).get_json()
    filled_by_it = {name for name, value in compared.items() if EXAMPLE[name] is None and value is not None}
    assert filled_by_it == {"coast_spread_m", "certain", "by_coast"}
    for operation in document["paths"]["/classify"].values():
        described = parameters(document, operation, "query")["compare"]["description"]
        assert all(f"`{name}`" in described for name in filled_by_it)


def test_the_record_has_every_field(document: Json, real_client: FlaskClient) -> None:
    assert tuple(RECORD) == RECORD_FIELDS
    described = document["components"]["schemas"]["Record"]["properties"]
    for name, one in described.items():
        unit = re.search(r"_(m|nm|deg)$", name)
        assert unit is None or f"[{unit[1]}]" in one["description"]
    null = set()
    for lon, lat in POSITIONS.values():
        record = real_client.get(f"/classify?lon={lon}&lat={lat}").get_json()
        assert list(record) == list(described)
        null |= {name for name, value in record.items() if value is None}
    assert null <= {name for name, one in described.items() if one.get("nullable")}


def test_the_example_is_what_is_answered(real_client: FlaskClient) -> None:
    address = f"/classify?lon={EXAMPLE['lon']}&lat={EXAMPLE['lat']}&compare=false"
    assert real_client.get(address).get_json() == EXAMPLE
