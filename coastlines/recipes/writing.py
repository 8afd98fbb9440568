"""Writing of data files: beside and renamed, then entered in the registry."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from coastlines.bundled import DATA_DIRECTORY, REGISTRY_NAME
from coastlines.errors import CoastlinesError
from coastlines.files import made_beside
from coastlines.recipes.packages import RecipeError
from coastlines.rings import Ring

__all__ = ["feature_collection", "run_recipe", "update_registry", "write_file", "write_record"]


def write_file(path: Path, content: str) -> None:
    """Write a text file beside its place and rename it into it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with made_beside(path) as beside:
        beside.write_text(content, encoding="utf-8", newline="\n")


def write_record(path: Path, record: Mapping[str, Any]) -> None:
    """Write a record as indented JSON."""
    write_file(path, json.dumps(record, ensure_ascii=False, indent=2) + "\n")


def feature_collection(
    features: Sequence[tuple[Mapping[str, Any], str, Sequence[Any] | Ring]],
) -> str:
    """Give features as compact GeoJSON, a ring or line to a text line.

    Args:
        features: Coordinates are one ring or line of shape (n, 2) for a LineString, a sequence of rings for a
            Polygon, a sequence of those for a MultiPolygon.

    Returns:
        GeoJSON, coordinates with as many decimals as they have.
    """
    depth = {"LineString": 0, "Polygon": 1, "MultiPolygon": 2}
    texts = [
        '{"type":"Feature","properties":'
        + json.dumps(properties, ensure_ascii=False)
        + f',"geometry":{{"type":"{kind}","coordinates":'
        + _coordinates(coordinates, depth[kind])
        + "}}"
        for properties, kind, coordinates in features
    ]
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(texts) + "\n]}\n"


def _coordinates(coordinates: Sequence[Any] | Ring, depth: int) -> str:
    if depth == 0:
        return "[" + ",".join(f"[{float(lon)!r},{float(lat)!r}]" for lon, lat in coordinates) + "]"
    return "[" + ",\n".join(_coordinates(part, depth - 1) for part in coordinates) + "]"


def update_registry(folder: str) -> None:
    """Enter every file of a folder below ``coastlines/data`` in the registry anew."""
    path = DATA_DIRECTORY / REGISTRY_NAME
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    pairs = [line.split("  ", 1) for line in lines]
    entries = {name: sha for sha, name in pairs if not name.startswith(folder + "/")}
    for file in sorted((DATA_DIRECTORY / folder).iterdir()):
        entries[f"{folder}/{file.name}"] = hashlib.sha256(file.read_bytes()).hexdigest()
    write_file(path, "".join(f"{entries[name]}  {name}\n" for name in sorted(entries)))


def run_recipe(make: Callable[[Path | None], None], description: str | None) -> None:
    """Run a recipe from the command line; a failure is one line and exit status 1."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--package", type=Path, metavar="FILE", help="the package, if here already")
    try:
        make(parser.parse_args().package)
    except (RecipeError, CoastlinesError, OSError) as error:
        sys.exit(f"error: {error}")
