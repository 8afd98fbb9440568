"""Collections of features: what there is, their items a page at a time, single features.

OGC API - Features: Part 1, the core, Part 2, reference systems, Part 3, filters in CQL2, and the
schemas of Part 5.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, current_app

from api.atlas import Atlas
from api.collections.cql2.reading import CLASSES as CQL2_CLASSES
from api.collections.descriptions import SCHEMA_MEDIA_TYPE, describe, enclosures, queryables_of, schema_of
from api.collections.filters import SHAPING, parameters_of, selection_of
from api.collections.names import ALL
from api.collections.offsets import PARAMETER as OFFSET
from api.collections.properties import SHAPES
from api.collections.selection import Page, Selection, select
from api.collections.shaping import shape_asked
from api.errors import UnknownThingError
from api.http.bodies import admitted, deadline
from api.http.negotiation import HTML, wants_page
from api.http.query import Query
from api.http.responses import JSON, absolute, atlases, link, own_links, query, text_response
from api.pages.rendering import page, represent
from api.routes.processes import CLASSES as PROCESSES_CLASSES
from api.texts.geojson import MEDIA_TYPE as GEOJSON
from api.texts.geojson import collection_text
from api.texts.json_text import write_json
from api.texts.reference_systems import BY_URI
from zones.atlas.features import Feature
from zones.crossings.path import no_checkpoint

blueprint = Blueprint("features", __name__)

_FEATURES = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf"
_SYSTEMS = "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf"
_FILTERING = "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf"
_CQL2 = "http://www.opengis.net/spec/cql2/1.0/conf"
_SCHEMAS = "http://www.opengis.net/spec/ogcapi-common-3/1.0/conf"
CLASSES = (
    f"{_FEATURES}/core",
    f"{_FEATURES}/oas30",
    f"{_FEATURES}/html",
    f"{_FEATURES}/geojson",
    f"{_SYSTEMS}/crs",
    *(f"{_FILTERING}/{name}" for name in ("queryables", "queryables-query-parameters", "filter")),
    f"{_FILTERING}/features-filter",
    *(f"{_CQL2}/{name}" for name in CQL2_CLASSES),
    f"{_SCHEMAS}/schemas",
    f"{_SCHEMAS}/returnables-and-receivables",
)


@blueprint.get("/conformance")
def conformance() -> Response:
    """The conformance classes that are met."""
    asked = query("f")
    links = own_links(asked, "/conformance", "conformance")
    classes = [*CLASSES, *(PROCESSES_CLASSES if current_app.extensions["jobs"].is_on else ())]
    return represent(asked, {"conformsTo": classes, "links": links}, "conformance.html")


@blueprint.get("/collections")
def collections() -> Response:
    """All collections of an edition."""
    asked = query("edition", "f")
    edition = asked.text("edition")
    atlas = atlases().get(edition)
    value = {
        **_provenance(atlas),
        "collections": [describe(atlas, one, asked) for one in atlas.edition.collections],
        "crs": list(BY_URI),
        "links": [*own_links(asked, "/collections", "collections", edition=edition), *enclosures(atlas, ALL)],
    }
    return represent(asked, value, "collections.html", atlas_name=atlas.name)


@blueprint.get("/collections/<collection>")
def collection(collection: str) -> Response:
    """One collection."""
    asked = query("edition", "f")
    atlas = _atlas_with(collection, asked)
    value = {**describe(atlas, collection, asked), **_provenance(atlas)}
    return represent(asked, value, "collection.html", **_shown_of(atlas, collection))


@blueprint.get("/collections/<collection>/schema")
def schema(collection: str) -> Response:
    """What the features of a collection carry, as JSON Schema."""
    asked = query("edition", "f")
    atlas = _atlas_with(collection, asked)
    value = {**schema_of(atlas.collection(collection)), **_provenance(atlas)}
    shown = _shown_of(atlas, collection) | {"queryables": False}
    return represent(asked, value, "schema.html", media_type=SCHEMA_MEDIA_TYPE, **shown)


@blueprint.get("/collections/<collection>/queryables")
def queryables(collection: str) -> Response:
    """What a filter may name of a collection, as JSON Schema."""
    asked = query("edition", "f")
    atlas = _atlas_with(collection, asked)
    value = {**queryables_of(atlas.collection(collection)), **_provenance(atlas)}
    shown = _shown_of(atlas, collection) | {"queryables": True}
    return represent(asked, value, "schema.html", media_type=SCHEMA_MEDIA_TYPE, **shown)


@blueprint.get("/collections/<collection>/items")
def items(collection: str) -> Response:
    """Features of a collection: those asked for, a page of them, with links to the other pages."""
    _known(collection)
    asked = query(*parameters_of(collection))
    selection = selection_of(asked, collection)
    if selection.filter is None or not selection.filter.is_heavy:
        return _items(collection, asked, selection, no_checkpoint)
    return admitted(is_heavy=True)(lambda: _items(collection, asked, selection, deadline().check))()


def _items(collection: str, asked: Query, selection: Selection, checkpoint: Callable[[], None]) -> Response:
    limit = asked.whole("limit", int(current_app.config["PAGE_LIMIT"]), least=1)
    limit = min(limit, int(current_app.config["MAX_PAGE_LIMIT"]))
    offset = asked.whole("offset", 0, least=0)
    shape = shape_asked(asked, collection)
    as_page = wants_page(asked, GEOJSON)
    atlas = atlases().get(asked.text("edition"))
    chosen = atlas.collection(collection)
    found = select(atlas, collection, selection, limit=limit, offset=offset, checkpoint=checkpoint)
    # A link says what was asked, and the limit, so that all pages have one size.
    names = (name for name in parameters_of(collection) if name not in ("f", "limit", "offset"))
    kept = {name: asked.text(name) for name in names}
    members = {
        **_provenance(atlas),
        **shape.members,
        "numberMatched": found.matched,
        "numberReturned": len(found.rows),
        "links": _page_links(asked, collection, found, {**kept, "limit": limit}, offset),
    }
    if as_page:
        features = [chosen.everything[row] for row in found.rows]
        shown = _shown_of(atlas, collection)
        return page("items.html", value=members, features=features, item=_item_links(asked), **shown)
    texts = (f"{{{one}}}" for one in shape.texts(atlas, collection, found.rows))
    return shape.labelled(text_response(collection_text(texts, members), GEOJSON))


@blueprint.get("/collections/<collection>/items/<path:feature>")
def item(collection: str, feature: str) -> Response:
    """One feature."""
    _known(collection)
    asked = query("edition", "f", OFFSET, *SHAPING)
    edition = asked.text("edition")
    shape = shape_asked(asked, collection)
    atlas = _atlas_with(collection, asked)
    row = atlas.row(collection, feature)
    found = atlas.collection(collection).everything[row]
    kept = {name: asked.text(name) for name in ("edition", OFFSET, *SHAPING)}
    path = f"/collections/{collection}"
    links = [
        *own_links(asked, f"{path}/items/{feature}", feature, GEOJSON, **kept),
        link("collection", path, collection, edition=edition),
    ]
    if wants_page(asked, GEOJSON):
        return page("item.html", value={"links": links}, feature=found, **_shown_of(atlas, collection))
    (text,) = shape.texts(atlas, collection, [row])
    members = write_json({**_provenance(atlas), **shape.members, "links": links})
    return shape.labelled(text_response(f"{{{text},{members[1:]}", GEOJSON))


def _item_links(asked: Query) -> Callable[[str, Feature], str]:
    """Addresses of single features that keep the edition, and how their data are shaped.

    A page shows features whole, in longitude and latitude, and leads to data as they were asked for.
    """
    kept = {name: asked.text(name) for name in ("edition", OFFSET, *SHAPING)}
    return lambda collection, one: absolute(f"/collections/{collection}/items/{one.id}", kept)


def _shown_of(atlas: Atlas, collection: str) -> dict[str, Any]:
    """What every page about a collection shows of it."""
    known = atlas.collection(collection)
    return {"collection": known, "atlas_name": atlas.name, "metadata": atlas.edition.metadata}


def _provenance(atlas: Atlas) -> dict[str, str | None]:
    return {"edition": atlas.name, "assumptions": atlas.edition.assumptions}


def _known(collection: str) -> None:
    if collection not in SHAPES:
        known = list(SHAPES)
        raise UnknownThingError(
            f"no collection {collection[:80]!r}; there are {', '.join(known)}", known=known
        )


def _atlas_with(collection: str, asked: Query) -> Atlas:
    """The edition asked for, which has this collection."""
    _known(collection)
    atlas = atlases().get(asked.text("edition"))
    atlas.collection(collection)
    return atlas


def _page_links(
    asked: Query, collection: str, found: Page, parameters: dict[str, Any], offset: int
) -> list[dict[str, str]]:
    path = f"/collections/{collection}/items"
    media_type = HTML if wants_page(asked, GEOJSON) else GEOJSON
    # The first page is named without an offset: one page, one address.
    links = own_links(asked, path, "this page", GEOJSON, **parameters, offset=offset or None)
    form = asked.text("f")
    for rel, title, at in (("next", "next", found.following), ("prev", "previous", found.preceding)):
        if at is not None:
            links.append(
                link(rel, path, f"{title} page", media_type, **parameters, offset=at or None, f=form)
            )
    whole = f"/collections/{collection}"
    return [*links, link("collection", whole, collection, JSON, edition=parameters["edition"])]
