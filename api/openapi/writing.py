"""Pieces that the document is written with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

Json = dict[str, Any]

TEXT: Final[Json] = {"type": "string"}
BINARY: Final[Json] = {"type": "string", "format": "binary"}
NUMBER: Final[Json] = {"type": "number"}
OBJECT: Final[Json] = {"type": "object"}
_FORMS: Final = ("f", "formOrReport", "jsonOrReport")  # the parameters that choose one of several forms


def ref(kind: str, name: str) -> Json:
    """A reference to a component."""
    return {"$ref": f"#/components/{kind}/{name}"}


def schema(name: str) -> Json:
    """A reference to a schema among the components."""
    return ref("schemas", name)


def parameter(place: str, name: str, value: Json, description: str, **members: Any) -> Json:
    """A parameter in the ``query`` or the ``path``."""
    given = {"name": name, "in": place, "required": place == "path"}
    return {**given, "description": description, "schema": value, **members}


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


def record(properties: Mapping[str, Json], **members: Any) -> Json:
    """An object with these members; others may be added one day."""
    return {"type": "object", "required": list(properties), "properties": dict(properties), **members}


def answer(description: str, content: Mapping[str, Json], headers: Mapping[str, Json] | None = None) -> Json:
    """A response, its schema by media type."""
    written: Json = {"description": description}
    if headers:
        written["headers"] = dict(headers)
    written["content"] = {media_type: {"schema": value} for media_type, value in content.items()}
    return written


def header(value: Json, description: str) -> Json:
    """A header of a response."""
    return {"description": description, "schema": value}


def operation(
    identity: str,
    summary: str,
    ok: Mapping[str, Json],
    *,
    parameters: Sequence[Json | str] = (),
    problems: Iterable[int] = (),
    **members: Any,
) -> Json:
    """An operation: what it answers when all is well, and the problems that it may answer instead.

    Parameters are given by their names among the components, or in full. A name that is not known is a
    problem of every operation, and so is a fault of the service; an edition may be unknown or not to be
    had. What comes in several forms comes in several languages.
    """
    if any(one in parameters for one in _FORMS) and "lang" not in parameters:
        parameters = [*parameters, "lang"]
    named = [ref("parameters", one) if isinstance(one, str) else one for one in parameters]
    statuses = {400, 429, 500, *problems, *((404, 503) if "edition" in parameters else ())}
    return {
        "operationId": identity,
        "summary": summary,
        **members,
        "parameters": named,
        "responses": {
            **ok,
            **{str(status): ref("responses", f"Problem{status}") for status in sorted(statuses)},
        },
    }
