"""Cleaning and directing of rings."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from coastlines.rings import clean_ring, directed_ring, shared_edges, signed_area

SQUARE = [(50, 40), (51, 40), (51, 41), (50, 41), (50, 40)]
POSITIONS = st.tuples(st.integers(50, 54), st.integers(38, 42))


@pytest.mark.parametrize(
    "ring",
    [
        SQUARE,
        SQUARE[:-1],
        [SQUARE[0], SQUARE[0], *SQUARE[1:]],
        [*SQUARE[:2], (52, 40.5), *SQUARE[1:]],
        [*SQUARE[:2], (52, 40.5), (53, 40), (52, 40.5), *SQUARE[1:]],
        [(49, 40), *SQUARE[:-1], (50, 40), (49, 40)],
        [(x + 2e-9, y - 2e-9, -28.0) for x, y in SQUARE],
    ],
    ids=["closed", "open", "repeated", "spike", "long spike", "spike at the start", "digits"],
)
def test_cleans_to_a_square(ring: list) -> None:
    cleaned = clean_ring(ring)
    assert len(cleaned) == 5
    assert set(map(tuple, cleaned)) == set(SQUARE)
    assert abs(signed_area(cleaned)) == 1.0


@pytest.mark.parametrize("ring", [[(50, 40)], SQUARE[:2], [SQUARE[0], SQUARE[1], SQUARE[0]], SQUARE[:1] * 5])
def test_nothing_is_left_of_a_ring_without_area(ring: list) -> None:
    assert clean_ring(ring).shape == (0, 2)


@given(st.lists(POSITIONS, min_size=3, max_size=12))
def test_cleaning_leaves_no_repetition_and_no_spike_and_keeps_the_area(ring: list) -> None:
    cleaned = clean_ring(ring)
    closed = np.array([*ring, ring[0]], dtype=float)
    if len(cleaned):
        points = cleaned[:-1]
        assert (points != np.roll(points, 1, axis=0)).any(axis=1).all()
        assert (np.roll(points, -1, axis=0) != np.roll(points, 1, axis=0)).any(axis=1).all()
        assert signed_area(cleaned) == pytest.approx(signed_area(closed))
        assert np.array_equal(clean_ring(cleaned), cleaned)
    else:
        assert signed_area(closed) == pytest.approx(0)


@pytest.mark.parametrize("shift", range(4))
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("counter_clockwise", [False, True])
def test_a_ring_is_the_same_wherever_and_whichever_way_it_begins(
    shift: int, backwards: bool, counter_clockwise: bool
) -> None:
    points = np.roll(np.array(SQUARE[:-1], dtype=float), shift, axis=0)
    ring = clean_ring(points[::-1] if backwards else points)
    directed = directed_ring(ring, counter_clockwise=counter_clockwise)
    assert tuple(directed[0]) == tuple(directed[-1]) == (50, 40)
    assert shapely.LinearRing(directed).is_ccw == counter_clockwise


def test_shared_edges_are_found_in_either_direction() -> None:
    first = np.array(SQUARE, dtype=float)
    beside = first + np.array([1, 0])
    assert shared_edges([first, beside]).tolist() == [[51, 40, 51, 41]]
    assert shared_edges([first, beside[::-1]]).tolist() == [[51, 40, 51, 41]]
    assert len(shared_edges([first, first + np.array([2, 0])])) == 0
