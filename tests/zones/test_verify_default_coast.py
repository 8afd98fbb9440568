"""The judge on the default edition of the real coast, and on faults planted in its seabed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.zones.work import assert_whole_and_no_more_work
from zones.judge.seabed import judge_seabed
from zones.judge.verify import Samples, verify
from zones.parameters import Parameters

FEW = Samples(an_edge=1, in_box=3_000, beside=3_000)
SOME = Samples(in_box=10_000, beside=10_000)  # of every edge as many as `caspian verify` takes


@pytest.mark.parametrize("samples", [FEW, pytest.param(SOME, marks=pytest.mark.thorough)])
def test_every_bound_holds_on_the_default_coast(edition, samples) -> None:
    report = verify(edition, samples=samples)
    assert report.ok, "\n".join(report.lines())
    names = {row.name for row in report.rows}
    assert {"sectors", "zones", "random positions", "beside the lines"} <= names
    assert sum(name.startswith("limit ") for name in names) == 10
    assert sum(name.startswith("sector line ") for name in names) == 10


@pytest.mark.parametrize(("pair", "moved_m"), [("AZE-TKM", 0.01), ("AZE-KAZ", 0.01), ("AZE-RUS", 200.0)])
def test_a_sector_line_moved_is_found(edition, pair, moved_m) -> None:
    number, line = [(n, one) for n, one in enumerate(edition.seabed.lines) if one.pair == pair][-1]
    lon_lat = line.lon_lat.copy()
    lon_lat[len(lon_lat) // 2] += moved_m / 80_000
    lines = list(edition.seabed.lines)
    lines[number] = replace(line, lon_lat=lon_lat)
    rows = list(
        judge_seabed(
            edition.rule.baseline,
            replace(edition.seabed, lines=tuple(lines)),
            edition.sectors,
            edition.collections,
            {},
            np.random.default_rng(1),
        )
    )
    assert any(not row.ok and pair in row.name for row in rows)


@pytest.mark.thorough
def test_every_bound_holds_with_ten_straight_lines(store, edition) -> None:
    path = Path(__file__).parent / "data" / "ten_straight_lines.geojson"
    lined = store.build(Parameters(straight_lines=str(path)))
    lines = [line for line in lined.rule.baseline.straight_lines if not line.closes_kara_bogaz_gol]
    assert len(lines) == 10
    termini = {(terminus.lon, terminus.lat) for terminus in lined.rule.baseline.termini}
    assert sum(tuple(line.coordinates[0]) in termini for line in lines) == 2
    assert_whole_and_no_more_work(lined, edition)
    report = verify(lined, samples=SOME)
    assert report.ok, "\n".join(report.lines())
