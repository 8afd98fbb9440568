"""Lines of a recipe from standard input, as the console of QGIS runs them; by the system's Python.

What is printed is JSON: of each layer that the project has then by its name, how many features it counts,
the ids of those that it has, and the kind of its renderer.
"""

import json
import sys

from qgis.core import QgsProject
from qgis_session import qgis


def main(lines):
    exec(compile(lines, "recipe", "exec"), {})
    said = {
        layer.name(): {
            "counted": layer.featureCount(),
            "ids": [feature["id"] for feature in layer.getFeatures()],
            "renderer": layer.renderer().type(),
        }
        for layer in QgsProject.instance().mapLayers().values()
    }
    print(json.dumps(said), flush=True)
    QgsProject.instance().clear()


if __name__ == "__main__":
    with qgis():
        main(sys.stdin.read())
