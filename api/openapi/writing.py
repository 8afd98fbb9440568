"""Pieces that every operation is written with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Json = dict[str, Any]

JSON = "application/json"
HTML = "text/html"
TEXT: Json = {"type": "string"}
BINARY: Json = {"type": "string", "format": "binary"}


def ref(kind: str, name: str) -> Json:
    """A reference to a component."""
    return {"$ref": f"#/components/{kind}/{name}"}


def schema(name: str) -> Json:
    """A reference to a schema among the components."""
    return ref("schemas", name)


def parameter(name: str) -> Json:
    """A reference to a parameter among the components."""
    return ref("parameters", name)


def in_query(name: str, value: Json, description: str, **members: Any) -> Json:
    """A query parameter."""
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": value,
        **members,
    }


def in_path(name: str, value: Json, description: str, **members: Any) -> Json:
    """A part of the path."""
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": value,
        **members,
    }


def words(known: Iterable[str]) -> Json:
    """One of some words."""
    return {"type": "string", "enum": list(known)}


def or_null(value: Json) -> Json:
    """A schema that null satisfies, too."""
    known = {"enum": [*value["enum"], None]} if "enum" in value else {}
    return {**value, **known, "nullable": True}


def array(items: Json, **members: Any) -> Json:
    """A list of things of one kind."""
    return {"type": "array", "items": items, **members}


def record(required: Mapping[str, Json], optional: Mapping[str, Json] | None = None, **members: Any) -> Json:
    """An object with these members; others may be added one day."""
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **(optional or {})},
        **members,
    }


def answer(
    description: str,
    content: Mapping[str, Json],
    headers: Mapping[str, Json] | None = None,
    example: Json | None = None,
) -> Json:
    """A response, its schema by media type; the example is of the first of them."""
    written: Json = {"description": description}
    if headers:
        written["headers"] = {name: dict(header) for name, header in headers.items()}
    written["content"] = {media_type: {"schema": value} for media_type, value in content.items()}
    if example is not None:
        written["content"][next(iter(content))]["example"] = example
    return written


def header(value: Json, description: str) -> Json:
    """A header of a response."""
    return {"description": description, "schema": value}


def operation(
    identity: str,
    tag: str,
    summary: str,
    ok: Mapping[str, Json],
    *,
    parameters: Iterable[Json] = (),
    problems: Iterable[int] = (),
    **members: Any,
) -> Json:
    """An operation: what it answers when all is well, and the problems that it may answer instead.

    A name that it does not know is a problem of every operation, and so is a fault of the service.
    """
    statuses = sorted({400, 429, 500, *problems})
    return {
        "operationId": identity,
        "tags": [tag],
        "summary": summary,
        **members,
        "parameters": list(parameters),
        "responses": {**ok, **{str(status): ref("responses", f"Problem{status}") for status in statuses}},
    }
