"""How much there is to do for an edition, and whether its zones fill the sea."""

from __future__ import annotations

import pytest
import shapely

from zones.editions.edition import Edition


def assert_whole_and_no_more_work(lined: Edition, usual: Edition) -> None:
    """That straight lines neither lose water nor make any step three times an ordinary one."""
    whole, before = (
        sum(feature.properties["area_km2"] for feature in one.collections["zones"].features)
        for one in (lined, usual)
    )
    assert whole == pytest.approx(before, rel=1e-6)
    ordinary = _work_of(usual)
    for step, count in _work_of(lined).items():
        assert count <= 3 * ordinary[step], step


def _work_of(edition: Edition) -> dict[str, int]:
    """How much there is to do for an edition, by steps."""
    baseline, partition = edition.rule.baseline, edition.partition
    return {
        "segments": len(baseline.start),
        "pieces of lines": len(partition.lines),
        "vertices of lines": sum(len(line.lon_lat) for line in partition.lines),
        "vertices of equidistance": sum(len(line.lon_lat) for line in partition.equidistance),
        "vertices of faces": sum(
            shapely.get_num_coordinates(polygon) for polygon in partition.polygons.values()
        ),
        "words of leaves": len(edition.cells.cells.words),
        "vertices of sectors": sum(
            shapely.get_num_coordinates(feature.geometry)
            for feature in edition.collections["sectors"].features
        ),
    }
