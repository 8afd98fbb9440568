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
    is_part,
    is_side,
    may_be_part,
    read_heading,
    side_alone,
    tells_minutes,
)
from api.batches.column_places import (
    USUAL,
    Chosen,
    ColumnError,
    Places,
    called,
    missing_column,
    only_one,
)
from api.batches.column_values import (
    Sample,
    are_fractions,
    are_points,
    are_quarters,
    have_no_letters,
    hold_degrees,
    hold_minutes,
    hold_more,
    truths,
)
from api.batches.hemisphere_columns import doubtful_sides, near_columns, refuse_sides_alone, with_sides
from api.batches.rows import UserColumn
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
    near = sides.union(near_columns(places, len(names)), *([side] for side in places[2:] if side is not None))
    return tuple(names[at] for at in sorted(near - set(places[:2])))


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
            lon = lat = only_one(header, whole, "position") if whole else None
            if sample is not None and lon is None:
                lon, lat = _by_letters(header, headings, sample)
    if lon is None or lat is None:
        raise missing_column(header, "lon" if lon is None else "lat", "; the header needs lon and lat")
    if lon == lat:
        if chosen.lon is not None:
            raise ColumnError(f"column {chosen.lon[:80]!r} is chosen for both longitude and latitude")
        return Places(lon, lat)
    is_free = chosen.lon is None or chosen.lat is None
    places = with_sides(header, headings, Places(lon, lat), sample, is_free=is_free)
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
            return only_one(header, lon, "lon"), only_one(header, lat, "lat")
    return None, None


def _is_whole(heading: Heading, place: int, sample: Sample | None) -> bool:
    """Whether a column holds whole positions that are read in the order that its name tells."""
    if heading.is_latitude_first:
        return True
    return heading.may_be_of_points and sample is not None and are_points(sample(place))


def _refuse_parts(
    header: Sequence[str], headings: Sequence[Heading], places: Places, sample: Sample | None
) -> None:
    """Refuse what would be left out of the answer: minutes and seconds apart, a hemisphere of nothing."""
    of_both = [at for at, heading in enumerate(headings) if is_of_both(heading.letters)]
    if sample is not None and (doubtful := [at for at in of_both if are_quarters(sample(at))]):
        raise doubtful_sides(header, places, doubtful)
    if sample is not None:
        refuse_sides_alone(header, headings, places, sample)
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
            f"columns that may hold minutes of whole degrees: {called(header, behind[::-1])}; where whole "
            f"degrees are meant, choose both {called(header, [places.lat])} and "
            f"{called(header, [places.lon])}"
        )


def _chosen(header: Sequence[str], name: str, axis: str) -> int:
    for alike in (str.strip, lambda text: text.strip().casefold()):
        places = [place for place, one in enumerate(header) if alike(one) == alike(name)]
        if places:
            return only_one(header, places, axis)
    raise missing_column(header, name)


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
    return only_one(header, places, axis) if places else None


def _in_plane(
    header: Sequence[str], headings: Sequence[Heading], names: frozenset[str], axis: str
) -> int | None:
    places = [at for at, one in enumerate(headings) if one.stem in names and one.fits(axis)]
    return only_one(header, places, "x" if axis == "lon" else "y") if places else None
