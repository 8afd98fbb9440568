"""Which columns of a table hold positions: two of longitude and latitude, or one of whole positions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from api.batches.rows import UserColumn
from api.errors import BodyError

# Names in small letters; then those without spaces, signs and units, as `_plain` has them. Of the first kind
# that is there, there must be one column. The plane's x and y are taken together only.
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
            *("широта", "шир", "ендік", "enlik", "endairəsi", "giňişlik"),
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
        *("position", "latlon", "latlong", "latlng", "coordinates", "coords", "координаты", "местоположение"),
    }
)
_UNIT = re.compile(r"\s*[(\[].{0,20}[)\]]\s*$|[\s_.]*(?:degrees?|deg|°)\s*$", re.IGNORECASE)
_SHOWN = 200  # characters of a header in an error


class Chosen(NamedTuple):
    """Names of columns as chosen, None for the usual ones."""

    lon: str | None = None
    lat: str | None = None
    position: str | None = None


USUAL = Chosen()


class ColumnError(BodyError):
    """A header has no column, or several, that could hold positions."""

    def __init__(self, message: str, *, is_missing: bool = False) -> None:
        self.is_missing = is_missing
        super().__init__(message)


class Columns(NamedTuple):
    """Where positions stand in a table, and all of its columns.

    Of whole positions in one column ``lon`` and ``lat`` are both this one.
    """

    lon: int
    lat: int
    own: tuple[UserColumn, ...]

    @property
    def are_whole(self) -> bool:
        """Whether one column holds whole positions."""
        return self.lon == self.lat


def find_columns(header: Sequence[str], chosen: Chosen = USUAL) -> Columns:
    """Where positions stand in a header: under the names chosen, else under those that people give them.

    Raises `ColumnError`: nowhere, or at several places.
    """
    lon, lat = _places(header, chosen)
    are_whole = lon == lat
    own = (
        UserColumn(name, place=at, position=not are_whole and at in (lon, lat))
        for at, name in enumerate(header)
    )
    return Columns(lon, lat, tuple(own))


def find_names(names: Sequence[str], chosen: Chosen = USUAL) -> tuple[str, str] | None:
    """The names of longitude and latitude among those of a record, None where there are none.

    Raises `ColumnError`: several could be meant, or one that is chosen is not there.
    """
    try:
        lon, lat = _places(names, chosen)
    except ColumnError as error:
        if error.is_missing and chosen == USUAL:
            return None
        raise
    return names[lon], names[lat]


def _places(header: Sequence[str], chosen: Chosen) -> tuple[int, int]:
    if chosen.position is not None:
        if chosen.lon is not None or chosen.lat is not None:
            raise ColumnError("whole positions and longitudes or latitudes are chosen, give one or the other")
        place = _chosen(header, chosen.position, "position")
        return place, place
    plain = [_plain(name) for name in header]
    lon, lat = (
        _chosen(header, name, axis) if name is not None else _first(header, plain, kinds, axis)
        for name, kinds, axis in ((chosen.lon, LON_NAMES, "lon"), (chosen.lat, LAT_NAMES, "lat"))
    )
    if lon is None and lat is None:
        lon, lat = (
            _first(header, plain, (names,), axis) for names, axis in ((_X_NAMES, "x"), (_Y_NAMES, "y"))
        )
        if lon is None or lat is None:
            lon = lat = _first(header, plain, (POSITION_NAMES,), "position")
    if lon is None or lat is None:
        raise _missing(header, "lon" if lon is None else "lat", "; the header needs lon and lat")
    if lon == lat and chosen.lon is not None:
        raise ColumnError(f"column {chosen.lon[:80]!r} is chosen for both longitude and latitude")
    return lon, lat


def _chosen(header: Sequence[str], name: str, axis: str) -> int:
    for alike in (str.strip, lambda text: text.strip().casefold()):
        places = [place for place, one in enumerate(header) if alike(one) == alike(name)]
        if places:
            return _only(header, places, axis)
    raise _missing(header, name)


def _first(
    header: Sequence[str], plain: Sequence[str], kinds: Sequence[frozenset[str]], axis: str
) -> int | None:
    written = [name.strip().casefold() for name in header]
    for number, names in enumerate(kinds):
        looked = written if number == 0 and len(kinds) > 1 else plain
        places = [place for place, name in enumerate(looked) if name in names]
        if places:
            return _only(header, places, axis)
    return None


def _only(header: Sequence[str], places: Sequence[int], axis: str) -> int:
    if len(places) > 1:
        called = ", ".join(header[place] for place in places)[:_SHOWN]
        raise ColumnError(f"{len(places)} columns could be {axis!r}: {called}")
    return places[0]


def _missing(header: Sequence[str], name: str, needed: str = "") -> ColumnError:
    found = ", ".join(header)[:_SHOWN] if header else "nothing"
    return ColumnError(f"no column {name[:80]!r}{needed}, found: {found}", is_missing=True)


def _plain(name: str) -> str:
    """A name in small letters without its unit and without spaces and signs."""
    name = _UNIT.sub("", unicodedata.normalize("NFKC", name))
    return "".join(letter for letter in name.casefold() if letter.isalnum())
