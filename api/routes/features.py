"""Collections of features: what there is, their items a page at a time, single features."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, current_app

from api.atlas import Atlas
from api.features import Page, Selection, select
from api.geojson import MEDIA_TYPE, collection_text, feature_members
from api.json_text import write_json
from api.responses import absolute, atlases, json_response, link, query, text_response
from zones.words import STATES, STATUSES, ZONES

blueprint = Blueprint("features", __name__)

_CRS = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


@blueprint.get("/collections")
def collections() -> Response:
    """All collections of an edition."""
    edition = query("edition").text("edition")
    atlas = atlases().get(edition)
    return json_response(
        {
            "edition": atlas.name,
            "collections": [_description(atlas, one, edition) for one in atlas.edition.collections],
            "links": [link("self", "/collections", "collections", edition=edition)],
        }
    )


@blueprint.get("/collections/<collection>")
def collection(collection: str) -> Response:
    """One collection."""
    edition = query("edition").text("edition")
    return json_response(_description(atlases().get(edition), collection, edition))


@blueprint.get("/collections/<collection>/items")
def items(collection: str) -> Response:
    """Features of a collection: those asked for, a page of them, with links to the other pages."""
    asked = query("bbox", "limit", "offset", "state", "zone", "status", "edition")
    selection = Selection(
        bbox=asked.bbox(),
        state=asked.one_of("state", STATES),
        zone=asked.one_of("zone", ZONES),
        status=asked.one_of("status", STATUSES),
    )
    limit = asked.whole("limit", int(current_app.config["PAGE_LIMIT"]), least=1)
    limit = min(limit, int(current_app.config["MAX_PAGE_LIMIT"]))
    offset = asked.whole("offset", 0, least=0)
    atlas = atlases().get(asked.text("edition"))
    page = select(atlas.collection(collection), selection, limit=limit, offset=offset)
    texts = atlas.texts(collection)
    kept = {name: asked.text(name) for name in ("bbox", "state", "zone", "status", "edition")}
    members = {
        "edition": atlas.name,
        "numberMatched": page.matched,
        "numberReturned": len(page.rows),
        "timeStamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "links": _page_links(collection, page, {**kept, "limit": limit}, offset),
    }
    return text_response(collection_text((texts[row] for row in page.rows), members), MEDIA_TYPE)


@blueprint.get("/collections/<collection>/items/<path:feature>")
def item(collection: str, feature: str) -> Response:
    """One feature."""
    edition = query("edition").text("edition")
    atlas = atlases().get(edition)
    found = atlas.feature(collection, feature)
    path = f"/collections/{collection}"
    links = [
        link("self", f"{path}/items/{feature}", feature, MEDIA_TYPE, edition=edition),
        link("collection", path, collection, edition=edition),
    ]
    members = f'"edition":{write_json(atlas.name)},"links":{write_json(links)}'
    return text_response(f"{{{feature_members(found)},{members}}}", MEDIA_TYPE)


def _description(atlas: Atlas, identity: str, edition: str | None) -> dict[str, Any]:
    chosen = atlas.collection(identity)
    path = f"/collections/{identity}"
    answer: dict[str, Any] = {
        "id": chosen.id,
        "title": chosen.title,
        "description": chosen.description,
        "itemType": "feature",
        "crs": [_CRS],
        "edition": atlas.name,
        "numberOfFeatures": len(chosen.features),
    }
    if chosen.bbox is not None:
        answer["extent"] = {"spatial": {"bbox": [list(chosen.bbox)], "crs": _CRS}}
    answer["links"] = [
        link("self", path, chosen.title, edition=edition),
        link("items", f"{path}/items", f"features of {chosen.id}", MEDIA_TYPE, edition=edition),
        link(
            "enclosure",
            f"/downloads/{atlas.name}/{identity}.geojson",
            f"{chosen.id} as one file",
            MEDIA_TYPE,
        ),
    ]
    return answer


def _page_links(collection: str, page: Page, parameters: dict[str, Any], offset: int) -> list[dict[str, str]]:
    path = f"/collections/{collection}/items"

    def to(rel: str, title: str, at: int) -> dict[str, str]:
        # The first page is named without an offset: one page, one address.
        asked = {**parameters, "offset": at or None}
        return {
            "rel": rel,
            "href": absolute(path, asked),
            "type": MEDIA_TYPE,
            "title": title,
        }

    links = [to("self", "this page", offset)]
    if page.following is not None:
        links.append(to("next", "next page", page.following))
    if page.preceding is not None:
        links.append(to("prev", "previous page", page.preceding))
    edition = parameters["edition"]
    links.append(link("collection", f"/collections/{collection}", collection, edition=edition))
    return links
