"""Whose water a position is: one by query, many by body."""

from __future__ import annotations

import numpy as np
from flask import Blueprint, Response, current_app

from api.batch import checked, classify_rows
from api.bodies import json_body
from api.errors import ParameterError
from api.geojson import MEDIA_TYPE as GEOJSON
from api.json_text import read_json
from api.points import feature_collection, points_request
from api.position import parse_position
from api.query import Query
from api.responses import atlases, json_response, query
from zones.errors import CoordinateError

blueprint = Blueprint("classify", __name__)


@blueprint.get("/classify")
def classify_one() -> Response:
    """The record of one position."""
    asked = query("lon", "lat", "position", "edition", "compare")
    lon, lat = _lon_lat(asked)
    compare = asked.truth("compare", default=True)
    batch = checked(np.array([lon]), np.array([lat]))
    if batch.errors:
        raise CoordinateError(lon, lat)
    edition = atlases().get(asked.text("edition")).edition
    return json_response(classify_rows(edition, batch, compare=compare)[0])


@blueprint.post("/classify")
def classify_many() -> Response:
    """The records of many positions in their order."""
    asked = query("edition", "compare")
    compare = asked.truth("compare", default=False)
    body = json_body()
    asked_points = points_request(read_json(body), most=int(current_app.config["MAX_POINTS"]))
    edition = atlases().get(asked.text("edition")).edition
    rows = classify_rows(edition, asked_points.batch, compare=compare)
    if asked_points.features is None:
        return json_response({"edition": edition.name, "results": rows})
    return json_response(feature_collection(asked_points.features, rows, edition.name), GEOJSON)


def _lon_lat(asked: Query) -> tuple[float, float]:
    """The position by either of its two ways in. [deg]"""
    position = asked.text("position")
    if position is not None:
        if "lon" in asked or "lat" in asked:
            raise ParameterError("position", "give either position, or lon and lat, not both")
        return parse_position(position)
    lon, lat = asked.number("lon"), asked.number("lat")
    if lon is None or lat is None:
        missing = "lon" if lon is None else "lat"
        raise ParameterError(
            missing, f"{missing} is missing: give lon and lat in decimal degrees, or position"
        )
    return lon, lat
