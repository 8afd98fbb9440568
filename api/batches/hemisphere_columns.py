"""Which columns of a table hold hemispheres: by their names, by what they hold, by where they stand."""

from __future__ import annotations

from collections.abc import Sequence

from api.batches.column_headings import (
    Heading,
    is_hemisphere,
    is_of_motion,
    is_pair,
    is_serial_number,
    is_side,
    may_be_flag,
    read_heading,
    side_alone,
)
from api.batches.column_places import ColumnError, Places, called, only_one
from api.batches.column_values import (
    Sample,
    hold_capitals,
    hold_numbers,
    letters_held,
    may_be_letters,
    truths,
)


def with_sides(
    header: Sequence[str],
    headings: Sequence[Heading],
    places: Places,
    sample: Sample | None,
    *,
    is_free: bool,
) -> Places:
    """With the columns of hemispheres: by their names, else by what they hold, else where they stand.

    Raises `ColumnError`: they cannot be told for sure; where not ``is_free``, only what names tell is asked.
    """
    lon_side, lat_side = (
        _side(header, headings, places, axis, sample, is_free=is_free) for axis in ("lon", "lat")
    )
    # Beside hemispheres of the other axis such a column is of hemispheres, whatever it holds or lacks.
    if lat_side is not None and lon_side is None:
        lon_side = _side(header, headings, places, "lon", sample, is_free=is_free, heeds_all=True)
    elif lon_side is not None and lat_side is None:
        lat_side = _side(header, headings, places, "lat", sample, is_free=is_free, heeds_all=True)
    if lat_side is not None and lon_side is None and is_serial_number(headings[lat_side].letters):
        if is_free and sample is not None and letters_held(sample(lat_side)):
            raise doubtful_sides(header, places, [lat_side])
        lat_side = None
    places = _with_sides_behind(headings, places._replace(lon_side=lon_side, lat_side=lat_side), sample)
    if sample is not None and None in places[2:]:
        places = _with_held_sides(header, places, sample, is_free=is_free)
    return _with_sides_behind(headings, places, None)


def _with_sides_behind(headings: Sequence[Heading], places: Places, sample: Sample | None) -> Places:
    """With columns called hemisphere behind their coordinates, if by the sample they may hold its own."""
    found: dict[str, int | None] = {}
    for axis, place, side in (("lon", places.lon, places.lon_side), ("lat", places.lat, places.lat_side)):
        at = place + 1
        is_named = side is None and at < len(headings) and is_hemisphere(headings[at].letters)
        held = letters_held(sample(at)) if sample is not None and is_named else None
        found[axis] = at if is_named and (held is None or axis in held) else side
    return places._replace(lon_side=found["lon"], lat_side=found["lat"])


def _side(
    header: Sequence[str],
    headings: Sequence[Heading],
    places: Places,
    axis: str,
    sample: Sample | None,
    *,
    is_free: bool,
    heeds_all: bool = False,
) -> int | None:
    """Where the hemispheres of an axis stand by the name of their column."""
    found = []
    for at, heading in enumerate(headings):
        if at in places[:2] or not is_side(heading.letters, axis):
            continue
        is_flag = may_be_flag(heading.letters, axis)
        held = None if sample is None else letters_held(sample(at))
        if held is None and is_flag and not heeds_all and sample is not None and len(sample(at)) > 0:
            continue
        if held is None or held:  # empty, or letters of some axis among others
            found.append(at)
            continue
        assert sample is not None
        is_of_pair = is_pair(heading.letters, axis)
        if heeds_all and is_flag and not (is_of_pair and hold_numbers(sample(at))):
            found.append(at)
            continue
        is_sure = not is_flag or may_be_letters(sample(at)) or (is_of_pair and _are_sides(sample(at), axis))
        if is_sure and is_free:
            raise _unread(header, at)
    return only_one(header, found, f"hemisphere of {axis}") if found else None


def _are_sides(texts: Sequence[str], axis: str) -> bool:
    """Whether yes and no under both letters of an axis are hemispheres: noughts may be nanoseconds, too."""
    held = truths(texts)
    return bool(held) and not (axis == "lat" and held == {False} and hold_numbers(texts))


def _unread(header: Sequence[str], at: int) -> ColumnError:
    """That a column tells hemispheres which would be passed over."""
    said = "tells hemispheres by its name, and none can be read in it"
    return ColumnError(f"column {header[at][:80]!r} {said}; where it does not, choose both columns")


def refuse_sides_alone(
    header: Sequence[str], headings: Sequence[Heading], places: Places, sample: Sample
) -> None:
    """Refuse columns of one hemisphere, as ``is_south``, unless all is north and east, or a bound."""
    for at, heading in enumerate(headings):
        side = side_alone(heading.letters)
        if at in places or not side:
            continue
        held = truths(sample(at))
        if held is None and hold_numbers(sample(at)):  # as of a box
            continue
        if len(heading.letters) == 1 and (held is None or hold_numbers(sample(at))):  # of anything else
            continue
        if held is None or not held <= {side in "NE"}:
            raise _unread(header, at)


def _with_held_sides(header: Sequence[str], places: Places, sample: Sample, *, is_free: bool) -> Places:
    """With hemispheres in columns beside that hold nothing else, where those of both axes are clear."""
    lon, lat = places.lon, places.lat
    held: dict[str, list[int]] = {"lon": [], "lat": []}
    for at in near_columns(places, len(header)):
        if is_of_motion(read_heading(header[at]).letters):
            continue
        axes = letters_held(sample(at))
        if axes and len(axes) == 1 and "" not in axes:
            held[axes.pop()].append(at)
    sides = {}
    for axis, place, side in (("lon", lon, places.lon_side), ("lat", lat, places.lat_side)):
        behind = [place + 1] if place + 1 in held[axis] else held[axis]
        sides[axis] = [side] if side is not None else behind
    if all(len(found) == 1 for found in sides.values()):
        return places._replace(lon_side=sides["lon"][0], lat_side=sides["lat"][0])
    if not is_free:
        return places
    behind = [at for at in (lon + 1, lat + 1) if at < len(header) and at not in places]
    behind = [at for at in behind if not is_of_motion(read_heading(header[at]).letters)]
    doubtful = [
        at for at in behind if at in held["lon" if at == lon + 1 else "lat"] and hold_capitals(sample(at))
    ]
    if not doubtful and len(behind) == 2 and all(may_be_letters(sample(at)) for at in behind):
        doubtful = behind
    if doubtful:
        raise doubtful_sides(header, places, doubtful)
    return places


def doubtful_sides(header: Sequence[str], places: Places, doubtful: Sequence[int]) -> ColumnError:
    """That columns may hold hemispheres, or something else."""
    return ColumnError(
        f"columns that may hold hemispheres: {called(header, sorted(doubtful))}; call them "
        "lat_hemisphere and lon_hemisphere where they do, else choose both "
        f"{called(header, [places.lat])} and {called(header, [places.lon])}"
    )


def near_columns(places: Places, count: int) -> list[int]:
    """Columns beside those of longitude and latitude, and the two behind where these stand side by side."""
    lon, lat = places[:2]
    near = {lon - 1, lon + 1, lat - 1, lat + 1}
    if abs(lon - lat) == 1:
        near.add(max(lon, lat) + 2)
    return [at for at in sorted(near - set(places)) if 0 <= at < count]
