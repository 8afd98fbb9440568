"""Layers of a running service as QGIS has them, printed as JSON.

Run by the system's Python, for which QGIS is installed::

    python3 tests/clients/qgis_features.py http://127.0.0.1:8000/ 49.4,39,52.7,42.4 zones limits

Every layer is read at a page size of 2 and at the default, one line each: ``{"layer": ...,
"page_size": ..., "counted": ..., "ids": [...], "properties": [...], "wkb": [...], "in_box": [...]}``.
``in_box`` are ids of what a map of the box (west, south, east, north) asks for.
"""

import json
import sys

from qgis.core import NULL, QgsFeatureRequest, QgsRectangle, QgsVectorLayer
from qgis_session import qgis

PAGE_SIZES = (2, None)


def read(url, box, name, page_size):
    """One layer, made as the dialog "Add WFS / OGC API - Features layer" makes it."""
    # First by box, from a layer of its own: what has been read whole is not asked for again.
    request = QgsFeatureRequest(QgsRectangle(*box)).setFlags(QgsFeatureRequest.ExactIntersect)
    in_box = [feature["id"] for feature in _layer(url, name, page_size).getFeatures(request)]
    layer = _layer(url, name, page_size)
    if layer.crs().authid() not in ("OGC:CRS84", "EPSG:4326"):
        sys.exit(f"{name} has the coordinate system {layer.crs().authid()}")
    features = list(layer.getFeatures())
    names = layer.fields().names()
    return {
        "layer": name,
        "page_size": page_size,
        "counted": layer.featureCount(),
        "ids": [feature["id"] for feature in features],
        "properties": [{one: _plain(feature[one]) for one in names} for feature in features],
        "wkb": [bytes(feature.geometry().asWkb()).hex() for feature in features],
        "in_box": in_box,
    }


def _layer(url, name, page_size):
    source = f"url='{url}' typename='{name}'" + (f" pagesize='{page_size}'" if page_size else "")
    layer = QgsVectorLayer(source, name, "OAPIF")
    if not layer.isValid():
        sys.exit(f"{name} is no valid layer: {layer.error().message()}")
    return layer


def _plain(value):
    return None if value == NULL else value


def main(url, box, names):
    """Print all layers."""
    for name in names:
        for page_size in PAGE_SIZES:
            print(json.dumps(read(url, box, name, page_size)), flush=True)


if __name__ == "__main__":
    with qgis():
        main(sys.argv[1], [float(value) for value in sys.argv[2].split(",")], sys.argv[3:])
