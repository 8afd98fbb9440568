"""Which columns of a table hold positions: two of longitude and latitude, or one of whole positions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from api.batches.cells import without_decimals
from api.batches.column_headings import (
    Heading,
    has_marks_of_minutes,
    is_far_side,
    is_hemisphere,
    is_of_both,
    is_of_motion,
    is_pair,
    is_part,
    is_serial_number,
    is_side,
    letters_of,
    may_be_flag,
    may_be_part,
    read_heading,
    side_alone,
    tells_minutes,
)
from api.batches.column_values import (
    Sample,
    are_fractions,
    are_points,
    are_quarters,
    have_no_letters,
    hold_capitals,
    hold_degrees,
    hold_minutes,
    hold_more,
    hold_numbers,
    letters_held,
    may_be_letters,
    truths,
)
from api.batches.rows import UserColumn
from api.errors import BodyError
from zones.classification.records import Floats

# Names in small letters; then those without spaces, signs and units, as a `Heading` has them. Of the first
# kind that is there, there must be one column. The plane's x and y are taken together only.
LON_NAMES = (
    frozenset({"lon", "longitude"}),
    frozenset(
        {
            *(
                "lon",
                "longitude",
                "long",
                "lng",
                "decimallongitude",
                "longitudedecimal",
                "lonwgs84",
                "gpslongitude",
                "gpslon",
            ),
            *("longdec", "longdecimal", "longdd", "londd", "londec", "longitudedd", "longitudeddm"),
            *("longitudedms", "longitudewgs84"),
            *("долгота", "долг", "бойлық", "uzunluq", "uzunlukdairəsi", "uzunluqdairəsi", "uzaklyk"),
            *("boylam", "طول", "طولجغرافیایی"),
        }
    ),
)
LAT_NAMES = (
    frozenset({"lat", "latitude"}),
    frozenset(
        {
            *("lat", "latitude", "decimallatitude", "latitudedecimal", "latwgs84", "gpslatitude", "gpslat"),
            *("latdec", "latdecimal", "latdd", "latitudedd", "latitudeddm", "latitudedms", "latitudewgs84"),
            *("широта", "шир", "ендік", "enlik", "enlem", "endairəsi", "giňişlik"),
            *("عرض", "عرضجغرافیایی"),
        }
    ),
)
_X_NAMES, _Y_NAMES = (
    frozenset({axis, f"{axis}coord", f"{axis}coordinate", f"coord{axis}", f"point{axis}"}) for axis in "xy"
)
POSITION_NAMES = frozenset(
    {
        *("wkt", "wktgeom", "wktgeometry", "geomwkt", "geometrywkt", "geometry", "geom", "thegeom"),
        *("wkb", "wkbgeometry"),
        *("position", "latlon", "latlong", "latlng", "coordinates", "coords", "координаты", "местоположение"),
    }
)
# Latitude and longitude by letters, as of northings, too: taken together, where they hold degrees.
_LETTERS = (("n", "e"), ("north", "east"), ("сш", "вд"), ("с", "в"), ("ш", "д"), ("се", "шб"))
_E7_NAMES = frozenset({"lone7", "lnge7", "longitudee7", "late7", "latitudee7"})  # of exports of places
_SHOWN = 200  # characters of a header in an error


class Chosen(NamedTuple):
    """Names of columns as chosen, None for the usual ones."""

    lon: str | None = None
    lat: str | None = None
    position: str | None = None


USUAL = Chosen()


class ColumnError(BodyError):
    """A header has no column, or several, that could hold positions; ``missing`` is the one that lacks."""

    def __init__(self, message: str, *, missing: str = "") -> None:
        self.missing = missing
        super().__init__(message)


class Places(NamedTuple):
    """Where positions stand in a table, and their hemispheres where these have columns of their own.

    Of whole positions in one column ``lon`` and ``lat`` are both this one.
    """

    lon: int
    lat: int
    lon_side: int | None = None
    lat_side: int | None = None


class Names(NamedTuple):
    """The same by the names of members of a record, and which axes promise minutes by theirs."""

    lon: str
    lat: str
    lon_side: str | None
    lat_side: str | None
    in_minutes: tuple[str, ...] = ()


class Columns(NamedTuple):
    """Where positions stand in a table, and all of its columns.

    Where not both are chosen ``in_minutes`` are the axes whose names promise minutes, as ``lat_dms``, and
    ``flags`` the columns that tell of one hemisphere, as ``is_south``, with what they say of north and east,
    where by the first rows all is there: name, place, yes or no.
    """

    lon: int
    lat: int
    lon_side: int | None
    lat_side: int | None
    own: tuple[UserColumn, ...]
    in_minutes: tuple[str, ...] = ()
    flags: tuple[tuple[str, int, bool], ...] = ()

    @property
    def are_whole(self) -> bool:
        """Whether one column holds whole positions."""
        return self.lon == self.lat

    @property
    def axes(self) -> tuple[tuple[str, int, int | None], ...]:
        """Longitude and latitude: what they are called, where they stand, and where their hemisphere does."""
        return ("lon", self.lon, self.lon_side), ("lat", self.lat, self.lat_side)

    def without_doubtful(
        self, lon: Floats, lat: Floats, texts: Callable[[int], Sequence[str]], errors: dict[int, str]
    ) -> tuple[Floats, Floats]:
        """Coordinates without those that the names of columns make doubtful, noting errors. [deg]

        These are decimals alone where names promise minutes, and rows that a flag has in the south or west.
        """
        for name, at, near in self.flags:
            cells = texts(at)
            far = {text for text in set(cells) if truths([text]) == {not near}}
            rows = [row for row, text in enumerate(cells) if text in far] if far else []
            for row in rows:
                errors.setdefault(row, f"column {name[:80]!r} tells a hemisphere that is not read")
            lon, lat = (_without(found, rows) for found in (lon, lat))
        if "lon" in self.in_minutes:
            lon = without_decimals(lon, partial(texts, self.lon), "lon", errors)
        if "lat" in self.in_minutes:
            lat = without_decimals(lat, partial(texts, self.lat), "lat", errors)
        return lon, lat

    @property
    def has_sides(self) -> bool:
        """Whether a hemisphere has a column of its own, so that numbers are not answered as they stand."""
        return self.lon_side is not None or self.lat_side is not None


def _without(found: Floats, rows: Sequence[int]) -> Floats:
    if not rows:
        return found
    left = found.copy()
    left[rows] = np.nan
    return left


def find_columns(header: Sequence[str], chosen: Chosen = USUAL, sample: Sample | None = None) -> Columns:
    """Where positions stand in a header: under the names chosen, else under those that people give them.

    A ``sample`` of the rows tells what names do not: hemispheres and minutes in the columns behind.

    Raises `ColumnError`: nowhere, at several places, or in parts.
    """
    places = _places(header, chosen, sample)
    in_minutes = _in_minutes(header, chosen, places, sample)
    columns = Columns(*places, (), in_minutes, _flags(header, chosen, places, sample))
    as_answered = () if columns.are_whole or columns.has_sides else places[:2]
    own = (UserColumn(name, place=at, position=at in as_answered) for at, name in enumerate(header))
    return columns._replace(own=tuple(own))


def find_names(names: Sequence[str], chosen: Chosen = USUAL, sample: Sample | None = None) -> Names | None:
    """The names of longitude and latitude among those of a record, None where there are none.

    Raises `ColumnError`: several could be meant, or one that is chosen is not there.
    """
    try:
        # Of one record an empty text does not tell that there are no hemispheres in others.
        places = _places(
            names, chosen, None if sample is None else lambda at: [*filter(str.strip, sample(at))]
        )
    except ColumnError as error:
        if error.missing and chosen == USUAL:
            return None
        raise
    lon_side, lat_side = (None if at is None else names[at] for at in places[2:])
    in_minutes = _in_minutes(names, chosen, places, None)
    return Names(names[places.lon], names[places.lat], lon_side, lat_side, in_minutes)


def _in_minutes(
    header: Sequence[str], chosen: Chosen, places: Places, sample: Sample | None
) -> tuple[str, ...]:
    """The axes whose names promise minutes, where their columns are apart and not both chosen.

    Marks in a name promise them where not all cells are plain numbers.
    """
    if places.lon == places.lat or None not in chosen[:2]:
        return ()
    return tuple(
        axis
        for axis, at in (("lon", places.lon), ("lat", places.lat))
        if tells_minutes(header[at])
        or (has_marks_of_minutes(header[at]) and sample is not None and hold_more(sample(at)))
    )


def _flags(
    header: Sequence[str], chosen: Chosen, places: Places, sample: Sample | None
) -> tuple[tuple[str, int, bool], ...]:
    """The flags of a `Columns`."""
    if sample is None or places.lon == places.lat or None not in chosen[:2]:
        return ()
    sides = ((at, side_alone(read_heading(name).letters)) for at, name in enumerate(header))
    return tuple(
        (header[at], at, side in "NE")
        for at, side in sides
        if side and at not in places and len(read_heading(header[at]).letters) > 1
        if truths(sample(at)) is not None
    )


def watched_names(names: Sequence[str], chosen: Chosen = USUAL) -> tuple[str, ...]:
    """The names of members whose values decide where positions stand in a record; as `find_names`."""
    if find_names(names, chosen) is None:
        return ()
    places = _places(names, chosen, None)
    if places.lon == places.lat:
        return ()
    sides = {
        at
        for at, name in enumerate(names)
        if is_of_both(read_heading(name).letters)
        or side_alone(read_heading(name).letters)
        or any(is_side(read_heading(name).letters, axis) for axis in ("lon", "lat"))
    }
    near = sides.union(_near(places, len(names)), *([side] for side in places[2:] if side is not None))
    return tuple(names[at] for at in sorted(near - set(places[:2])))


def _near(places: Places, count: int) -> list[int]:
    """Columns beside those of longitude and latitude, and the two behind where these stand side by side."""
    lon, lat = places[:2]
    near = {lon - 1, lon + 1, lat - 1, lat + 1}
    if abs(lon - lat) == 1:
        near.add(max(lon, lat) + 2)
    return [at for at in sorted(near - set(places)) if 0 <= at < count]


def _places(header: Sequence[str], chosen: Chosen, sample: Sample | None) -> Places:
    if chosen.position is not None:
        if chosen.lon is not None or chosen.lat is not None:
            raise ColumnError("whole positions and longitudes or latitudes are chosen, give one or the other")
        place = _chosen(header, chosen.position, "position")
        if read_heading(header[place]).is_longitude_first and (
            sample is None or have_no_letters(sample(place))
        ):
            said = "has the longitude first by its name; texts without letters are read latitude first"
            raise ColumnError(f"column {header[place][:80]!r} {said}")
        return Places(place, place)
    headings = [read_heading(name) for name in header]
    lon, lat = (
        _chosen(header, name, axis) if name is not None else _first(header, headings, kinds, axis)
        for name, kinds, axis in ((chosen.lon, LON_NAMES, "lon"), (chosen.lat, LAT_NAMES, "lat"))
    )
    if lon is None and lat is None:
        lon, lat = (
            _in_plane(header, headings, names, axis) for names, axis in ((_X_NAMES, "lon"), (_Y_NAMES, "lat"))
        )
        if lon is None or lat is None:
            whole = [at for at, one in enumerate(headings) if one.stem in POSITION_NAMES]
            whole = [at for at in whole if _is_whole(headings[at], at, sample)]
            lon = lat = _only(header, whole, "position") if whole else None
            if sample is not None and lon is None:
                lon, lat = _by_letters(header, headings, sample)
    if lon is None or lat is None:
        raise _missing(header, "lon" if lon is None else "lat", "; the header needs lon and lat")
    if lon == lat:
        if chosen.lon is not None:
            raise ColumnError(f"column {chosen.lon[:80]!r} is chosen for both longitude and latitude")
        return Places(lon, lat)
    is_free = chosen.lon is None or chosen.lat is None
    places = _with_sides(header, headings, Places(lon, lat), sample, is_free=is_free)
    if is_free:
        _refuse_parts(header, headings, places, sample)
    for axis, place, side in (("lon", lon, places.lon_side), ("lat", lat, places.lat_side)):
        is_far = is_far_side(headings[place].letters, axis)
        wrong = headings[place].wrong_side(axis) or ("is of one hemisphere" if is_far else "")
        if side is None and wrong:
            said = f"{wrong}: name it with its numbers' signs, or with a letter in each cell"
            raise ColumnError(f"column {header[place][:80]!r} {said}")
    return places


def _by_letters(
    header: Sequence[str], headings: Sequence[Heading], sample: Sample
) -> tuple[int, int] | tuple[None, None]:
    """Columns of longitude and latitude under letters for north and east, if they hold degrees alone."""
    for names in _LETTERS:
        lat, lon = (
            [at for at, one in enumerate(headings) if one.stem == name and one.fits(axis)]
            for axis, name in zip(("lat", "lon"), names, strict=True)
        )
        if lat and lon and hold_degrees(sample(lat[0]), "lat") and hold_degrees(sample(lon[0]), "lon"):
            return _only(header, lon, "lon"), _only(header, lat, "lat")
    return None, None


def _is_whole(heading: Heading, place: int, sample: Sample | None) -> bool:
    """Whether a column holds whole positions that are read in the order that its name tells."""
    if heading.is_latitude_first:
        return True
    return heading.may_be_of_points and sample is not None and are_points(sample(place))


def _with_sides(
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
            raise _doubtful(header, places, [lat_side])
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
    return _only(header, found, f"hemisphere of {axis}") if found else None


def _are_sides(texts: Sequence[str], axis: str) -> bool:
    """Whether yes and no under both letters of an axis are hemispheres: noughts may be nanoseconds, too."""
    held = truths(texts)
    return bool(held) and not (axis == "lat" and held == {False} and hold_numbers(texts))


def _unread(header: Sequence[str], at: int) -> ColumnError:
    """That a column tells hemispheres which would be passed over."""
    said = "tells hemispheres by its name, and none can be read in it"
    return ColumnError(f"column {header[at][:80]!r} {said}; where it does not, choose both columns")


def _refuse_sides_alone(
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
    for at in _near(places, len(header)):
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
        raise _doubtful(header, places, doubtful)
    return places


def _doubtful(header: Sequence[str], places: Places, doubtful: Sequence[int]) -> ColumnError:
    """That columns may hold hemispheres, or something else."""
    return ColumnError(
        f"columns that may hold hemispheres: {_called(header, sorted(doubtful))}; call them "
        "lat_hemisphere and lon_hemisphere where they do, else choose both "
        f"{_called(header, [places.lat])} and {_called(header, [places.lon])}"
    )


def _refuse_parts(
    header: Sequence[str], headings: Sequence[Heading], places: Places, sample: Sample | None
) -> None:
    """Refuse what would be left out of the answer: minutes and seconds apart, a hemisphere of nothing."""
    of_both = [at for at, heading in enumerate(headings) if is_of_both(heading.letters)]
    if sample is not None and (doubtful := [at for at in of_both if are_quarters(sample(at))]):
        raise _doubtful(header, places, doubtful)
    if sample is not None:
        _refuse_sides_alone(header, headings, places, sample)
    others = {heading.letters for heading in headings}
    sides = set(places[2:]) - {None}
    behind = [next(at for at in range(place + 1, len(header) + 3) if at not in sides) for place in places[:2]]
    are_behind = max(behind) < len(header) and not set(behind).intersection(places)
    for at in places[:2]:
        if sample is not None and tells_minutes(header[at]) and are_fractions(sample(at)):
            said = "tells minutes by its name and holds decimals, which may be minutes"
            where = "where they are of degrees, choose both columns"
            raise ColumnError(f"column {header[at][:80]!r} {said}; {where}")
    is_by_name = are_behind and all(may_be_part(header[at]) for at in behind)
    for at, heading in enumerate(headings):
        if at in places:
            continue
        is_least = "min" in heading.letters and heading.letters.replace("min", "max") in others
        if (is_part(header[at]) and not is_least) or (is_by_name and at in behind):
            said = "holds a part of a coordinate, none is whole"
            raise ColumnError(f"column {header[at][:80]!r} {said}")
        if is_hemisphere(heading.letters):
            said = "may be that of lat or of lon; call it lat_hemisphere or lon_hemisphere"
            raise ColumnError(f"column {header[at][:80]!r} {said}")
    if sample is not None and are_behind and hold_minutes(sample, places.lon, places.lat, *behind):
        raise ColumnError(
            f"columns that may hold minutes of whole degrees: {_called(header, behind[::-1])}; where whole "
            f"degrees are meant, choose both {_called(header, [places.lat])} and "
            f"{_called(header, [places.lon])}"
        )


def _called(header: Sequence[str], places: Sequence[int]) -> str:
    """Columns in an error."""
    return ", ".join(repr(header[at][:80]) if header[at].strip() else f"number {at + 1}" for at in places)


def _chosen(header: Sequence[str], name: str, axis: str) -> int:
    for alike in (str.strip, lambda text: text.strip().casefold()):
        places = [place for place, one in enumerate(header) if alike(one) == alike(name)]
        if places:
            return _only(header, places, axis)
    raise _missing(header, name)


def _first(
    header: Sequence[str], headings: Sequence[Heading], kinds: Sequence[frozenset[str]], axis: str
) -> int | None:
    exact, plain = kinds
    places = [at for at, name in enumerate(header) if name.strip().casefold() in exact]
    if not places:
        places = [
            at
            for at, one in enumerate(headings)
            if (one.stem in plain or one.axis == axis) and one.fits(axis)
        ]
        # Beside the bounds in the south or west these are the others.
        if any(headings[at].sides for at in places):
            places += [at for at, one in enumerate(headings) if one.axis == axis and not one.fits(axis)]
    return _only(header, places, axis) if places else None


def _in_plane(
    header: Sequence[str], headings: Sequence[Heading], names: frozenset[str], axis: str
) -> int | None:
    places = [at for at, one in enumerate(headings) if one.stem in names and one.fits(axis)]
    return _only(header, places, "x" if axis == "lon" else "y") if places else None


def _only(header: Sequence[str], places: Sequence[int], axis: str) -> int:
    if len(places) > 1:
        called = ", ".join(header[place] for place in places)[:_SHOWN]
        raise ColumnError(f"{len(places)} columns could be {axis!r}: {called}")
    return places[0]


def _missing(header: Sequence[str], name: str, needed: str = "") -> ColumnError:
    return ColumnError(f"no column {name[:80]!r}{needed}, found: {names_found(header)}", missing=name)


def names_found(names: Sequence[str]) -> str:
    """The names that there are where none is of a position, and what is known of them."""
    found = ", ".join(names)[:_SHOWN] or "nothing"
    if _E7_NAMES.isdisjoint(map(letters_of, names)):
        return found
    return (
        f"{found} (names in E7 are of 1/10,000,000 degree: divide by 10,000,000, and take E7 off the names)"
    )
