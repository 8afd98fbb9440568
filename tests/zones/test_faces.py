"""Noding of lines with shores, and faces between them."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from zones.errors import BaselineError
from zones.geodesy.faces import NODE_TOLERANCE_DEG, faces_within, node_segments

SQUARE = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]


def noded(shore, *lines):
    chains = [np.array(chain, dtype=float) for chain in (shore, *lines)]
    start, end = (np.vstack([chain[part] for chain in chains]) for part in (slice(None, -1), slice(1, None)))
    movable = np.arange(len(start)) >= len(shore) - 1
    found = node_segments(start, end, movable)
    return found, movable[found.source]


def faces_of(found):
    edges = shapely.linestrings(np.stack([found.start, found.end], axis=1))
    return faces_within(shapely.box(-9, -9, 9, 9), edges)[0]


def edges_of(found, rows):
    both = np.hstack([found.start, found.end])[rows]
    return {tuple(map(tuple, sorted((tuple(row[:2]), tuple(row[2:]))))) for row in both.tolist()}


def test_a_crossing_becomes_a_vertex_of_both() -> None:
    found, movable = noded(SQUARE, [(-1, 0.5), (2, 0.5)])
    assert edges_of(found, movable) == {((-1, 0.5), (0, 0.5)), ((0, 0.5), (1, 0.5)), ((1, 0.5), (2, 0.5))}
    assert ((0, 0), (0, 0.5)) in edges_of(found, ~movable)
    assert sorted(face.area for face in faces_of(found)) == pytest.approx([0.5, 0.5])


def test_a_vertex_on_a_shore_is_a_vertex_of_it() -> None:
    found, _ = noded(SQUARE, [(0, 0), (0.5, 1), (1, 0)])
    assert sorted(face.area for face in faces_of(found)) == pytest.approx([0.25, 0.25, 0.5])


def test_a_shore_stays_where_it_is() -> None:
    near = 0.9 * NODE_TOLERANCE_DEG
    found, movable = noded(SQUARE, [(0, 0), (0.5, near), (1, 0)], [(near, 1 - near), (0.5, 0.5), (1, 1)])
    shore = found.start[~movable]
    assert np.isin(shore[:, 0], (0.0, 1.0)).sum() + np.isin(shore[:, 1], (0.0, 1.0)).sum() >= 2 * 4
    assert ((0, 0), (0.5, 0)) in edges_of(found, ~movable)
    assert not [edge for edge in edges_of(found, movable) if edge[0][1] == edge[1][1] == 0]
    assert sorted(face.area for face in faces_of(found)) == pytest.approx([0.25, 0.75])


def test_what_coincides_is_kept_once_in_its_first_direction() -> None:
    found, movable = noded(SQUARE, [(1, 0), (0, 0), (0, 0.5)], [(0, 0.5), (0, 1)])
    assert not movable.any()
    assert len(found.start) == 5
    given = np.diff(np.array(SQUARE, dtype=float), axis=0)[found.source]
    assert ((found.end - found.start) * given).sum(axis=1).min() > 0


coordinate = st.integers(-4, 8).map(lambda n: n / 4)
chain = st.lists(st.tuples(coordinate, coordinate), min_size=2, max_size=5, unique=True)


@given(st.lists(chain, min_size=1, max_size=4), st.floats(-1.0, 1.0))
def test_faces_are_those_of_exact_noding(lines, off) -> None:
    lines = [np.array(line, dtype=float) + off * 0.2 * NODE_TOLERANCE_DEG for line in lines]
    found, _ = noded(SQUARE, *lines)
    truth = shapely.polygonize(shapely.get_parts(shapely.unary_union(
        [shapely.LineString(c) for c in (SQUARE, *lines)], grid_size=1e-6)))  # fmt: skip
    areas, expected = ([area for area in sorted(shapely.area(own)) if area > 1e-6] for own in (
        faces_of(found), shapely.get_parts(truth)))  # fmt: skip
    assert areas == pytest.approx(expected, abs=1e-5)


def test_what_does_not_settle_is_refused_in_words(monkeypatch) -> None:
    monkeypatch.setattr("zones.geodesy.faces._NODING_ROUNDS", 1)
    with pytest.raises(BaselineError, match="too close together"):
        noded(SQUARE, [(-1, 0.5), (2, 0.5)])
