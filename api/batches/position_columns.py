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
_COORDINATES = frozenset().union(*LON_NAMES, *LAT_NAMES)
POSITION_NAMES = frozenset(
    {
        *("wkt", "wktgeom", "wktgeometry", "geomwkt", "geometrywkt", "geometry", "geom", "thegeom"),
        *("position", "latlon", "latlong", "latlng", "coordinates", "coords", "координаты", "местоположение"),
    }
)
# Columns that tell on which side of the equator or of Greenwich a coordinate lies, without spaces and signs.
_SIDE_SUFFIXES = (
    *("dir", "direction", "hem", "hemi", "hemis", "hemisphere", "indicator", "ind", "ref", "cardinal"),
    *("quadrant", "letter", "side", "sense"),
)
_LON_SIDES, _LAT_SIDES = (
    frozenset(
        {
            *sides,
            *(f"{axis}{suffix}" for axis in axes + sides for suffix in _SIDE_SUFFIXES + sides),
            *(f"{suffix}{axis}" for axis in axes + sides for suffix in ("hem", "hemi", "hemisphere", *sides)),
        }
    )
    for axes, sides in (
        (("lon", "long", "lng", "longitude", "gpslongitude"), ("ew", "eorw", "eastwest", "вз")),
        (("lat", "latitude", "gpslatitude"), ("ns", "nors", "northsouth", "сю")),
    )
)
_SIDES = frozenset({"hem", "hemi", "hemis", "hemisphere", "полушарие"})  # of what they stand behind
# Parts of a coordinate in columns of their own.
_PARTS = frozenset(
    {
        *("min", "mins", "minute", "minutes", "decimalmin", "decimalminutes", "decmin"),
        *("sec", "secs", "second", "seconds", "мин", "минута", "минуты", "минут", "минуттар"),
        *("сек", "секунда", "секунды", "секунд", "dəqiqə", "saniyə", "dakika", "saniye", "minut", "sekunt"),
        *("دقیقه", "ثانیه"),
    }
)
_PARTS_BEHIND = _PARTS | {"m"}
_PRIMES = re.compile("['\"’′”″]")
# What brackets behind a name may say without the numbers being something else than degrees on WGS84; beside
# patterns, as of DD MM.mmm.
_DEGREE_WORDS = frozenset(
    {
        *("in", "deg", "degs", "degree", "degrees", "decimal", "decimals", "dec", "gps", "x", "y"),
        *("wgs", "84", "1984", "epsg", "4326", "crs", "crs84", "north", "south", "east", "west", *"nsew"),
        *("град", "градус", "градусы", "градусов", "градусах", "гр", "десятичные", "десятичных", "дес"),
        *("с", "ю", "в", "з", "ш", "д", "сш", "юш", "вд", "зд", "gradus", "dərəcə", "derece", "درجه"),
    }
)
_WORDS = re.compile(r"[^\W\d_]+|\d+")
_PATTERN = re.compile("d{1,8}m{0,5}s{0,5}|m{1,5}|s{1,5}")
_UNIT = re.compile(r"\s*[(\[](.{0,20})[)\]]\s*$|[\s_.]*(?:degrees?|deg|°)\s*$", re.IGNORECASE)
_BOTH_SIDES = re.compile(r"(?<![a-z])(?:e|n|east|north)(?![a-z])", re.IGNORECASE)
# A unit of one hemisphere, in which numbers without a sign would be read as of the other.
_OTHER_SIDE = re.compile(r"(?:.*[^a-z])?(?:w|s|west|south)(?:[^a-z].*)?", re.IGNORECASE)
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
    """The same by the names of members of a record."""

    lon: str
    lat: str
    lon_side: str | None
    lat_side: str | None


class Columns(NamedTuple):
    """Where positions stand in a table, and all of its columns."""

    lon: int
    lat: int
    lon_side: int | None
    lat_side: int | None
    own: tuple[UserColumn, ...]

    @property
    def are_whole(self) -> bool:
        """Whether one column holds whole positions."""
        return self.lon == self.lat

    @property
    def axes(self) -> tuple[tuple[str, int, int | None], ...]:
        """Longitude and latitude: what they are called, where they stand, and where their hemisphere does."""
        return ("lon", self.lon, self.lon_side), ("lat", self.lat, self.lat_side)

    @property
    def has_sides(self) -> bool:
        """Whether a hemisphere has a column of its own, so that numbers are not answered as they stand."""
        return self.lon_side is not None or self.lat_side is not None


def find_columns(header: Sequence[str], chosen: Chosen = USUAL) -> Columns:
    """Where positions stand in a header: under the names chosen, else under those that people give them.

    Raises `ColumnError`: nowhere, or at several places.
    """
    places = _places(header, chosen)
    columns = Columns(*places, ())
    as_answered = () if columns.are_whole or columns.has_sides else places[:2]
    own = (UserColumn(name, place=at, position=at in as_answered) for at, name in enumerate(header))
    return columns._replace(own=tuple(own))


def find_names(names: Sequence[str], chosen: Chosen = USUAL) -> Names | None:
    """The names of longitude and latitude among those of a record, None where there are none.

    Raises `ColumnError`: several could be meant, or one that is chosen is not there.
    """
    try:
        places = _places(names, chosen)
    except ColumnError as error:
        if error.missing and chosen == USUAL:
            return None
        raise
    lon_side, lat_side = (None if at is None else names[at] for at in places[2:])
    return Names(names[places.lon], names[places.lat], lon_side, lat_side)


def _places(header: Sequence[str], chosen: Chosen) -> Places:
    if chosen.position is not None:
        if chosen.lon is not None or chosen.lat is not None:
            raise ColumnError("whole positions and longitudes or latitudes are chosen, give one or the other")
        place = _chosen(header, chosen.position, "position")
        return Places(place, place)
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
    if lon == lat:
        if chosen.lon is not None:
            raise ColumnError(f"column {chosen.lon[:80]!r} is chosen for both longitude and latitude")
        return Places(lon, lat)
    letters = [_letters(name) for name in header]
    lon_side = _side(header, letters, lon, _LON_SIDES, "lon")
    places = Places(lon, lat, lon_side, _side(header, letters, lat, _LAT_SIDES, "lat"))
    if chosen.lon is None or chosen.lat is None:
        _refuse_parts(header, letters, places)
    for place, side in ((lon, lon_side), (lat, places.lat_side)):
        if side is None and _is_one_sided(header[place]):
            said = "is of one hemisphere: name it with its numbers' signs, or with a letter in each cell"
            raise ColumnError(f"column {header[place][:80]!r} {said}")
    return places


def _side(
    header: Sequence[str], letters: Sequence[str], place: int, names: frozenset[str], axis: str
) -> int | None:
    """Where the hemisphere of a coordinate stands in a column of its own; the coordinate is at `place`."""
    places = [at for at, name in enumerate(letters) if name in names and at != place]
    if not places and _SIDES.intersection(letters[place + 1 : place + 2]):
        return place + 1
    return _only(header, places, f"hemisphere of {axis}") if places else None


def _refuse_parts(header: Sequence[str], letters: Sequence[str], places: Places) -> None:
    """Refuse what would be left out of the answer: minutes and seconds apart, a hemisphere of nothing."""
    behind = [at + 1 for at in places[:2]]
    is_behind_both = all(_PARTS.intersection(letters[at : at + 1]) for at in behind)
    for at, name in enumerate(letters):
        is_part = _is_part(header[at], name, letters) or (is_behind_both and at in behind)
        if is_part and at not in places:
            raise ColumnError(f"column {header[at][:80]!r} holds a part of a coordinate, none is whole")
        if name in _SIDES and at not in places:
            said = "may be that of lat or of lon; call it lat_hemisphere or lon_hemisphere"
            raise ColumnError(f"column {header[at][:80]!r} {said}")


def _is_part(name: str, letters: str, others: Sequence[str]) -> bool:
    """Whether a column is by its name the minutes or seconds of a coordinate."""
    for coordinate in _COORDINATES:
        if letters == f"{coordinate}min" and f"{coordinate}max" in others:  # the least of several
            return False
        if letters == coordinate and _PRIMES.search(name):
            return True
        if letters.startswith(coordinate) and letters.removeprefix(coordinate) in _PARTS_BEHIND:
            return True
        if letters.endswith(coordinate) and letters.removesuffix(coordinate) in _PARTS:
            return True
    return False


def _is_in_degrees(unit: str) -> bool:
    """Whether what brackets say leaves numbers degrees on WGS84."""
    words = _WORDS.findall(unit.casefold())
    is_pattern = bool(words) and words[0].startswith("d")
    return all(one in _DEGREE_WORDS or (is_pattern and _PATTERN.fullmatch(one)) for one in words)


def _is_one_sided(name: str) -> bool:
    """Whether the unit behind a name is of the other hemisphere, in which numbers may lack their sign."""
    unit = _UNIT.search(unicodedata.normalize("NFKC", name))
    return bool(unit and _OTHER_SIDE.fullmatch(unit[0]) and not _BOTH_SIDES.search(unit[0]))


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
    return ColumnError(f"no column {name[:80]!r}{needed}, found: {names_found(header)}", missing=name)


def names_found(names: Sequence[str]) -> str:
    """The names that there are where none is of a position, and what is known of them."""
    found = ", ".join(names)[:_SHOWN] or "nothing"
    if _E7_NAMES.isdisjoint(map(_letters, names)):
        return found
    return (
        f"{found} (names in E7 are of 1/10,000,000 degree: divide by 10,000,000, and take E7 off the names)"
    )


def _plain(name: str) -> str:
    """A name in small letters without spaces and signs, and without its unit where that is degrees."""
    unit = _UNIT.search(unicodedata.normalize("NFKC", name))
    if unit and (_is_one_sided(name) or not _is_in_degrees(unit[1] or "")):
        return _letters(name)
    return _letters(_UNIT.sub("", unicodedata.normalize("NFKC", name)))


def _letters(name: str) -> str:
    """A name in small letters, without spaces and signs."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", name).casefold() if letter.isalnum())
