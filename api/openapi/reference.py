"""The OpenAPI document laid out for a page: every operation with its parameters, bodies and answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from api.openapi.writing import Json

_METHODS = ("get", "post", "put", "delete")


@dataclass(frozen=True, slots=True)
class Parameter:
    """What may be given with a request."""

    name: str
    place: str  # "query", "path" or "header"
    required: bool
    kind: str  # its type in words, with the values it may have
    meaning: str
    example: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One status that an operation may answer with."""

    status: str
    meaning: str
    media_types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    body: tuple[str, ...]  # media types that a body may have
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Operations of one subject."""

    name: str
    description: str
    operations: tuple[Operation, ...]


def sections(document: Json) -> list[Section]:
    """The operations of a document by their subjects (the document's tags), in its order."""
    found = list(_operations(document))
    return [
        Section(tag["name"], tag["description"], tuple(one for name, one in found if name == tag["name"]))
        for tag in document["tags"]
    ]


def _operations(document: Json) -> Iterator[tuple[str, Operation]]:
    """Each operation with the subject that it belongs to."""
    for path, methods in document["paths"].items():
        for method in _METHODS:
            if method not in methods:
                continue
            described = methods[method]
            given = [*methods.get("parameters", ()), *described.get("parameters", ())]
            body = _resolved(document, described.get("requestBody", {}))
            yield (
                described["tags"][0],
                Operation(
                    id=described["operationId"],
                    method=method.upper(),
                    path=path,
                    summary=described["summary"],
                    description=described.get("description", ""),
                    parameters=tuple(_parameter(document, one) for one in given),
                    body=tuple(body.get("content", {})),
                    answers=tuple(
                        _answer(status, _resolved(document, one))
                        for status, one in described["responses"].items()
                    ),
                ),
            )


def _parameter(document: Json, given: Json) -> Parameter:
    one = _resolved(document, given)
    schema = _resolved(document, one["schema"])
    return Parameter(
        name=one["name"],
        place=one["in"],
        required=one.get("required", False),
        kind=_kind(document, schema),
        meaning=one.get("description", ""),
        example=_written(one.get("example", schema.get("example", schema.get("default", "")))),
    )


def _kind(document: Json, schema: Json) -> str:
    """A type in words: ``number, 0 to 90``; ``one of json, html``."""
    if "enum" in schema:
        return "one of " + ", ".join(f"`{_written(value)}`" for value in schema["enum"])
    if schema.get("type") == "array":
        inner = _kind(document, _resolved(document, schema["items"]))
        return f"values with commas between, each {inner}"
    kind = str(schema.get("type", schema.get("format", "any")))
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f"{kind}, {_written(low)} to {_written(high)}"
    return kind if low is None else f"{kind}, at least {_written(low)}"


def _answer(status: str, one: Json) -> Answer:
    return Answer(status, one.get("description", ""), tuple(one.get("content", {})))


def _resolved(document: Json, value: Json) -> Json:
    """What a reference within the document points to; anything else as it is."""
    while "$ref" in value:
        found: Json = document
        for key in value["$ref"].removeprefix("#/").split("/"):
            found = found[key]
        value = found
    return value


def _written(value: object) -> str:
    """A value as it would stand in a request."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return ",".join(_written(one) for one in value)
    return "" if value is None or isinstance(value, Mapping) else str(value)
