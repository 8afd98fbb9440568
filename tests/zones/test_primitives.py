"""Primitives at their degenerate cases, and compiled code against the same functions as plain Python."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.zones.primitives import AZE, BARE_RULE, CASES, FIRST, LEFT, POINT, RIGHT, RUS, SECOND, A, B, given
from zones.cache_folder import CACHE_VARIABLE
from zones.classification.measuring import measure_many, measure_one
from zones.compiled import PLAIN_VARIABLE
from zones.editions.edition import Edition
from zones.editions.store import Store
from zones.rule.rule import COMMON, ON_LAND, OUTSIDE, TERRITORIAL

ROOT = Path(__file__).resolve().parents[2]
POSITIONS = 10_000


def plain(*arguments: str, cache: Path | None = None) -> str:
    """What a program in plain Python prints; it fails where numbers are divided by zero or overflow."""
    environment = {**os.environ, PLAIN_VARIABLE: "1"}
    if cache is not None:
        environment[CACHE_VARIABLE] = str(cache)
    return subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=500,
    ).stdout  # fmt: skip


def test_plain_and_compiled_agree_at_every_degenerate_case() -> None:
    printed = {
        name: [float.fromhex(text) for text in texts]
        for name, *texts in (line.split("\t") for line in plain("-m", "tests.zones.primitives").splitlines())
    }
    assert list(printed) == list(CASES)
    differing = [name for name in CASES if not np.array_equal(printed[name], given(name))]
    assert differing == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("length: the same point", [0.0]),
        ("position: pole", [0.0, 90.0]),
        ("position: date line", [180.0, 0.0]),
        ("foot: at the start", [0.0, *A]),
        ("foot: at the end", [1.0, *B]),
        ("foot: before the start", [0.0, *A]),
        ("foot: behind the end", [1.0, *B]),
        ("foot: no length", [0.0, *A]),
        ("foot: no length, at it", [0.0, *A]),
        ("side: at the start", [0.0]),
        ("side: of a line without length", [0.0]),
        ("vertex: start", [0]),
        ("vertex: end", [1]),
        ("vertex: between", [-1]),
        ("region: left", [LEFT]),
        ("region: right", [RIGHT]),
        ("region: at a corner, outside", [RIGHT]),
        ("region: at a corner, inside", [LEFT]),
        ("nearest: no group", [-1, 0.0, math.inf]),
        ("nearest: on a shared vertex", [FIRST, 1.0, 0.0]),
        ("nearest: nothing within the bound", [-1, 0.0, 10.0]),
        ("nearest: a bound of nothing", [-1, 0.0, 0.0]),
        ("away: from a vertex, at it", [0.0, 0.0, 0.0, 0.0]),
        ("wedge: west of the bisector", [AZE]),
        ("wedge: east of it", [RUS]),
        ("wedge: at the terminus", [RUS]),
        ("blended: a State without segments", [math.inf, 0.0, 0.0, 0.0]),
    ],
)
def test_a_degenerate_case(name: str, expected: list[float]) -> None:
    assert given(name) == expected


def test_nearly_nothing() -> None:
    assert given("length: a nanometre")[0] == pytest.approx(1.7e-9, abs=1e-9)
    assert abs(given("side: on the line")[0]) < 1e-6 * given("side: left")[0]
    assert given("side: right")[0] < 0.0 < given("side: left")[0]
    assert given("nearest: no length")[0] == POINT
    assert given("placed: at nothing") == pytest.approx(given("foot: on the line")[1:], abs=1e-4)
    assert given("equidistant: of two that meet, at their vertex")[:3] == pytest.approx(B, abs=1e-6)
    away, *direction = given("away: from no length")
    assert away > 0.0
    assert np.linalg.norm(direction) == pytest.approx(1.0)
    assert {FIRST, SECOND, POINT} == {0, 1, 2}


@pytest.mark.parametrize("name", ["a terminus", "no terminus"])
def test_decided(name: str) -> None:
    zones = {where: given(f"decided: {where}, {name}")[0] for where in ("north", "south", "far")}
    assert zones == {"north": TERRITORIAL, "south": ON_LAND, "far": OUTSIDE}
    assert COMMON not in zones.values()
    assert len(BARE_RULE.wedges) == 0


PROGRAM = """
import sys
import numpy as np
from pathlib import Path
from zones.classification.measuring import measure_many, measure_one
from zones.editions.store import Store
assert "numba" not in sys.modules
edition = Store(Path(sys.argv[1])).edition("osm")
lon, lat = np.load(sys.argv[2])
ground = edition.classifier.ground
many = measure_many(ground, lon, lat, limits=True, seabed=True)
ones = [measure_one(ground, *position) for position in zip(lon[:500].tolist(), lat[:500].tolist())]
assert np.array_equal(np.array(ones).T, [column[:500] for column in many], equal_nan=True)
np.save(sys.argv[2], np.array([*many, *edition.labels(lon=lon, lat=lat)]))
"""


@pytest.mark.thorough
def test_plain_and_compiled_agree_on_positions(real_store: Store, tmp_path: Path) -> None:
    """Anywhere, near every kind of line, and on vertices of the shore."""
    edition: Edition = real_store.edition("osm")
    random = np.random.default_rng(5)
    count = POSITIONS // 5
    baseline = edition.rule.baseline
    drawn = np.vstack(
        [line.lon_lat for _, line in edition.lines] + [line.lon_lat for line in edition.seabed.lines]
    )
    ends = np.array([(terminus.lon, terminus.lat) for terminus in baseline.termini])
    positions = np.vstack(
        [
            np.column_stack([random.uniform(46.0, 55.5, count), random.uniform(36.0, 47.8, count)]),
            random.choice(baseline.start, count) + random.normal(0.0, 1e-3, (count, 2)),
            random.choice(baseline.start, count),
            random.choice(drawn, count) + random.normal(0.0, 1e-6, (count, 2)),
            random.choice(ends, count) + random.normal(0.0, 0.1, (count, 2)),
        ]
    )
    lon, lat = positions.T.copy()
    file = tmp_path / "positions.npy"
    np.save(file, [lon, lat])
    plain("-c", PROGRAM, str(real_store.folder), str(file), cache=real_store.folder)
    ground = edition.classifier.ground
    compiled = measure_many(ground, lon, lat, limits=True, seabed=True)
    assert len(lon) == POSITIONS
    labels = edition.labels(lon=lon, lat=lat)
    assert np.array_equal(np.load(file), np.array([*compiled, *labels]), equal_nan=True)
    for number in range(0, POSITIONS, 20):
        one = measure_one(ground, lon[number], lat[number])
        assert np.array_equal(one, [column[number] for column in compiled], equal_nan=True)
