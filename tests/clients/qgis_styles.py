"""Layers as QGIS styles and draws them; run by the system's Python, for which QGIS is installed::

    python3 tests/clients/qgis_styles.py all.gpkg picture.png zones limits sectors
    python3 tests/clients/qgis_styles.py zones.geojson picture.png zones

Layers are given from top to bottom. What is printed is JSON: of each layer whence its style is, the kind
of its renderer, its categories as ``[value, label, colour]``, and how many features no category draws.
"""

import json
import sys

from qgis.core import (
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor
from qgis_session import qgis

SEA = (46.4, 36.4, 55.2, 47.4)
SIZE = (880, 1400)


def described(layer, style):
    renderer = layer.renderer()
    categories = renderer.categories() if renderer.type() == "categorizedSymbol" else []
    known = {one.value() for one in categories}
    expression = QgsExpression(renderer.classAttribute() if categories else "''")
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    undrawn = 0
    for feature in layer.getFeatures():
        context.setFeature(feature)
        undrawn += expression.evaluate(context) not in known
    return {
        "layer": layer.name(),
        "style": style,
        "renderer": renderer.type(),
        "categories": [[one.value(), one.label(), one.symbol().color().name()] for one in categories],
        "undrawn": undrawn,
    }


def draw(source, picture, names):
    """Load the layers, each with the style that lies with it, print what they are, and draw them."""
    layers, said = [], []
    for name in names:
        of_many = source.endswith(".gpkg")
        layer = QgsVectorLayer(f"{source}|layername={name}" if of_many else source, name, "ogr")
        if not layer.isValid():
            sys.exit(f"{name} is no valid layer")
        message, is_found = layer.loadDefaultStyle()
        said.append(described(layer, message if is_found else None))
        layers.append(layer)
    print(json.dumps(said), flush=True)
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setDestinationCrs(layers[0].crs())
    settings.setBackgroundColor(QColor("#f5f0e6"))
    settings.setOutputSize(QSize(*SIZE))
    settings.setExtent(QgsRectangle(*SEA))
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    job.renderedImage().save(picture, "PNG")


if __name__ == "__main__":
    with qgis():
        draw(sys.argv[1], sys.argv[2], sys.argv[3:])
