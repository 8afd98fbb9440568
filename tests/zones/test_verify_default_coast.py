"""The judge on the default edition of the real coast, and on faults planted in its seabed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from zones.judge_seabed import judge_seabed
from zones.verify import verify


def test_every_bound_holds_on_the_default_coast(edition) -> None:
    report = verify(edition)
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
