"""How others label positions: spatial joins of DuckDB and PostGIS, cells of H3."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from importlib.resources import files

import duckdb
import h3.api.numpy_int as h3
import numpy as np
import pyarrow
import shapely

from zones.editions.edition import Edition
from zones.words import ANSWERS, STATES

H3_RESOLUTION = 8  # cells of 0.7 km2; those of the sea still fit into memory with ease
LAYERS = ("zones", "sectors")


def join_by_duckdb(edition: Edition, lon: np.ndarray, lat: np.ndarray) -> Callable[[], object]:
    """Zone, State and sector by two spatial joins, in one thread."""
    connection = duckdb.connect(config={"threads": 1})
    extension = files("duckdb_extension_spatial") / "extensions" / f"v{duckdb.__version__}"
    connection.execute(f"LOAD '{extension / 'spatial.duckdb_extension'}'")
    connection.register("positions", pyarrow.table({"lon": lon, "lat": lat}))
    connection.execute("CREATE TABLE points AS SELECT ST_Point(lon, lat) AS place FROM positions")
    for layer in LAYERS:
        features = edition.features(layer).features
        shapes = pyarrow.table(
            {
                "name": [feature.id for feature in features],
                "wkb": [shapely.to_wkb(feature.geometry) for feature in features],
            }
        )
        connection.register("shapes", shapes)
        connection.execute(f"CREATE TABLE {layer} AS SELECT name, ST_GeomFromWKB(wkb) AS area FROM shapes")
        connection.unregister("shapes")

    def run() -> object:
        return [
            connection.execute(
                f"SELECT name FROM points LEFT JOIN {layer} ON ST_Within(place, area)"
            ).fetch_arrow_table()
            for layer in LAYERS
        ]

    return run


def by_h3(edition: Edition, lon: np.ndarray, lat: np.ndarray) -> Callable[[], tuple[np.ndarray, np.ndarray]]:
    """Zone and State by the cell that a position is in: those of the cell's centre."""
    cells, codes = [], []
    for feature in edition.features("zones").features:
        state = feature.properties["state"]
        code = ANSWERS.index(feature.properties["zone"]), STATES.index(state) if state else -1
        found = np.asarray(h3.geo_to_cells(feature.geometry, H3_RESOLUTION))
        cells.append(found)
        codes.append(np.tile(np.array(code), (len(found), 1)))
    known, first = np.unique(np.concatenate(cells), return_index=True)
    code_of = np.concatenate(codes)[first]

    def run() -> tuple[np.ndarray, np.ndarray]:
        asked = np.array(
            [h3.latlng_to_cell(y, x, H3_RESOLUTION) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)],
            dtype=known.dtype,
        )
        at = np.minimum(np.searchsorted(known, asked), len(known) - 1)
        found = np.where((known[at] == asked)[:, None], code_of[at], -1)
        return found[:, 0], found[:, 1]

    return run


def seconds_by_postgis(connection: str, edition: Edition, lon: np.ndarray, lat: np.ndarray) -> float:
    """Execution time of the two joins by the server's own clock. [s]"""
    rows = "\n".join(f"{x!r}\t{y!r}" for x, y in zip(lon.tolist(), lat.tolist(), strict=True))
    script = [
        "SET max_parallel_workers_per_gather = 0;",
        "CREATE TEMP TABLE positions (lon float8, lat float8);",
        f"COPY positions FROM stdin;\n{rows}\n\\.",
        "CREATE TEMP TABLE points AS SELECT ST_SetSRID(ST_Point(lon, lat), 4326) AS place FROM positions;",
        "ANALYZE points;",
    ]
    for layer in LAYERS:
        shapes = "\n".join(
            f"{feature.id}\t{shapely.to_wkb(feature.geometry, hex=True, include_srid=True)}"
            for feature in edition.features(layer).features
        )
        script += [
            f"CREATE TEMP TABLE {layer} (name text, area geometry);\nCOPY {layer} FROM stdin;\n{shapes}\n\\.",
            # Small parts, so that most positions meet a few edges alone, as PostGIS's makers advise.
            f"CREATE TEMP TABLE {layer}_parts AS SELECT name,"
            f" ST_Subdivide(ST_SetSRID(area, 4326), 128) AS area FROM {layer};",
            f"CREATE INDEX ON {layer}_parts USING gist (area);\nANALYZE {layer}_parts;",
            "EXPLAIN (ANALYZE, TIMING OFF) SELECT name FROM points"
            f" LEFT JOIN {layer}_parts ON ST_Intersects(area, place);",
        ]
    done = subprocess.run(
        ["psql", connection, "-q", "-v", "ON_ERROR_STOP=1"],
        input="\n".join(script),
        capture_output=True,
        text=True,
        check=True,
    )
    times_ms = [float(one) for one in re.findall(r"Execution Time: ([\d.]+) ms", done.stdout)]
    assert len(times_ms) == len(LAYERS), done.stdout
    return sum(times_ms) / 1000.0
