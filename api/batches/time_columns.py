"""Columns of times, and whether they are of UTC: by their names, and by what stands beside them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from api.batches.rows import Chunk, Features, Table, UserColumn
from zones.arrays import Integers
from zones.tracks.times import NOT_A_TIME
from zones.tracks.vessels import is_missing

_LOOKED_AT = 1000  # rows of a chunk, for what the values of other columns tell
_LONGEST = 200  # letters of a name that are looked at
_PLAIN = re.compile(r"u?int|float|double|(dictionary<values=)?(large_)?string|time32|time64\[us")  # of Arrow
_DAY_US = 86_400_000_000

# What stands before ``time`` without telling a zone or a place. Times of other columns that name no zone are
# read only where the column is chosen.
_HARMLESS = (
    "acq|acquired|acquisition|actual|ais|at|base|begin|broadcast|captured?|collected|collection|created?|creation"
    "|current|data|date|day|detected|detection|end|entry|epoch|event|first|fix|gmt|gnss|gps|ingest|ingested"
    "|ingestion|insert|inserted|iso|last|latest|log|logged|meas|measured|measurement|message|msg|nav|navigation"
    "|nmea|obs|observation|observed|of|point|pos|posix|posn|position|posted|rcvd|received?|receiver|reception"
    "|record|recorded|recv|recvd|report|reported|reporting|rx|sampled?|sampling|sat|satellite|send|sensor|sent"
    "|sighting|signal|start|the|track|transmission|transmitted|trip|tx|unix|updated?|utc|valid|voyage|zulu"
)
_BEFORE = rf"(?:(?:{_HARMLESS})_)*"
_BEHIND = r"(?:_(?:utc|gmt|z|zulu|ms|s|us|ns|unix|iso|8601|0+|(?:19|20)\d\d))*"
_TIME = "time|date_?time|time_?stamp|epoch|basedatetime"
_HARMLESS_TIME = re.compile(
    rf"{_BEFORE}(?:{_TIME}){_BEHIND}|{_BEFORE}ts|(?:vessel|ship)_timestamp{_BEHIND}|(?:.*_)?utc(?:_0+)*|t"
)
# These tell no zone either, but go behind those above where both are there.
_OF_INSTRUMENT = re.compile(
    rf"(?:(?:{_HARMLESS}|acquire|buoy|cast|collect|detect|location|logger|movement|ping|profile|source|station"
    rf"|trackpoint|waypoint)_)*(?:{_TIME}|ts){_BEHIND}"
)
# ``Time``, or ``date and time``, in the languages around the sea.
_TIME_WORDS = (
    r"(?:дата_?(?:и_?)?)?время|время_(?:и_)?дата|(?:تاریخ_?(?:و_?)?)?زمان|(?:تاریخ|زمان)_و_?(?:ساعت|تاریخ)|(?:күні?_(?:мен_|және_)?)?уақыты?"
    r"|(?:tarixi?_(?:və_)?)?(?:vaxtı?|zamanı?)|tarixi?_(?:və_)?saatı?|(?:sene(?:si)?_(?:we_)?)?wagty?"
)
_REPEATED = re.compile(r"\.[12]\Z")  # as pandas writes a name that is there already
_ANY_TIME = re.compile(
    rf"(?:.*_)?(?:{_TIME})(?:_(?:utc|gmt|z|ms|s|us|ns|unix|\d+))*|(?:.*_)?(?:utc|ts)(?:_\d+)*"
)
_SOME_TIME = re.compile("(?:.*_)?(?:times?|datetime|time_?stamp|ts|clock|localtime|localdatetime)(?:_.*)?")

# Names that tell of a zone other than UTC: ``Time (UTC+4)``, ``time UTC 4``, ``timestamp+03:00``,
# ``local_time``, ``Baku time``, ``ship_time``; but not ``utc+0`` and ``time_utc_2024``.
_OFFSET = re.compile(
    r"(?:(?:utc|gmt)[\W_]*(?:(?:plus|minus)[\W_]*)?|[+\u00b1]\s*|[(\[]\s*-\s*|-(?=\d\d:\d\d))"
    r"((?:0?\d|1[0-4])(?:[:.,]?\d\d?)?)(?!\d)"
)
_PLACES = (
    "azerbaijan|azerbaijani|azərbaycan|baku|bakı|bakou|баку|азербайджан|әзірбайжан|باکو|آذربایجان|sumqayit|sumgait"
    "|iran|iranian|tehran|teheran|tegeran|tähran|ايران|تهران|тегеран|иран|anzali|rasht|nowshahr|neka|amirabad"
    "|kazakhstan|kazakh|qazaqstan|қазақстан|казахстан|قزاقستان|aktau|aqtau|ақтау|актау|atyrau|атырау|aktobe|aqtobe"
    "|almaty|алматы|astana|астана|oral|uralsk|qyzylorda|kuryk|bautino"
    "|russia|russian|россия|روسیه|moscow|moskva|moskau|москва|москве|московское|мск|мәскеу|مسکو|samara|самара"
    "|saratov|саратов|volgograd|волгоград|astrakhan|астрахань|ulyanovsk|makhachkala|махачкала|derbent|olya"
    "|turkmenistan|turkmen|türkmenistan|туркменистан|ترکمنستان|ashgabat|aşgabat|ashkhabad|ашхабад|عشقاباد"
    "|turkmenbashi|türkmenbaşy|krasnovodsk"
    "|europe|asia|africa|america|australia|pacific|atlantic|eastern|mountain|gulf|arabia|arabian|india|indian|china"
    "|turkey|istanbul|ankara|tbilisi|georgia|yerevan|armenia|tashkent|uzbekistan|kyiv|kiev|minsk|dubai|oman"
    "|london|berlin|paris|oslo|athens|amsterdam|york|houston|chicago|singapore|tokyo|japan|beijing|shanghai|hongkong"
    "|msk|msd|azt|azst|irst|irdt|tmt|almt|aqtt|aqtst|oralt|orat|samt|volt|gst|trt|cet|cest|eet|eest|est|edt|cst|cdt"
    "|mst|mdt|pst|pdt|akst|hst|bst|ist|jst|kst|sgt|hkt|pkt|uzt|aest|aedt|lt|lmt|lct|zt"
    "|local|localtime|localdatetime|loc|yerli|ýerli|жергілікті|местное|местн|محلی|محلي|судовое|поясное"
)
_PLACE = re.compile(rf"(?:.*_)?(?:{_PLACES})(?:_.*)?")
_OF_SHIP = re.compile(
    "(?:.*_)?(?:zone|ships?|ship_s|vessels?|vessel_s|board|onboard|shipboard|bridge|crew|ports?|harbou?r|home|office"
    "|shore|summer|winter|standard|daylight|civil|wall)_(?:date_?time|time|clock)(?:_.*)?"
)

# Columns that tell the zones of the times in another.
_UNITS = (
    "(?:_(?:id|name|offset|code|abbr|abbreviation|info|hours?|hrs?|h|min|minutes?|s|sec|seconds?|utc|gmt))*"
)
_ZONE_COLUMN = re.compile(
    rf"(?:.*_)?(?:time_?zone|tz|tzinfo|tzone|tzname|tzid|tzoffset|gmtoff|gmtoffset|utcoff|utcoffset|zd"
    rf"|zone_desc|zone_description|is_?dst|dst_offset){_UNITS}"
    rf"|(?:.*_)?(?:utc|gmt|zone|local|tz)_(?:offset|off|diff|difference|delta|shift){_UNITS}"
    rf"|(?:.*_)?time_(?:offset|off){_UNITS}"
    rf"|offset(?:_(?:from|to|of))*_(?:local|time|utc|gmt|hours?|hrs?|h|minutes|seconds)(?:_time)?{_UNITS}"
    r"|(?:hours?|hrs?|h|minutes?|mins?|min|seconds?|diff|difference)_(?:.*_)?(?:from|to|of|ahead|behind|off)_(?:utc|gmt)"
    r"|(?:utc|gmt)_(?:plus|minus|hours|h)"
)
# In the words of six languages, and of Turkish.
_RUSSIAN_ENDING = r"(?:_(?:времени|utc|gmt|мск|гринвич\w*|часов|ч))"
_ZONE_WORDS = (
    r"часов\w*_пояс\w*|зона_времени|(?:временн|часов)\w*_зон\w*|таймзон\w*|пояс(?:ное)?|"
    rf"(?:смещение|сдвиг|разница)(?:_(?:от|с|по|относительно))*{_RUSSIAN_ENDING}"
    rf"(?:_(?:от|с|по|относительно)|{_RUSSIAN_ENDING})*|"
    r"(?:(?:saat|vaxt|zaman)_(?:qurşağı|qurşaq|zonası|kəməri|fərqi|dilimi))|(?:utc|gmt)_(?:fərqi|tapawudy|айырмасы)|"
    r"(?:сағат\w*|уақыт\w*)_(?:белдеу\w*|белдем\w*|аймағы|аймақ\w*|айырма\w*)|"
    r"منطقه_(?:ی_)?(?:زمانی|زمان)|ناحیه_(?:ی_)?زمانی|اختلاف_(?:ساعت|زمان|زمانی|با_utc|با_gmt|utc)|"
    r"(?:sagat|wagt)_(?:guşagy|guşak|zolagy|zonasy|tapawudy)"
)
# Values that tell a zone other than UTC: under any name, and under names that speak of times or of zones.
_AREAS = (
    "Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Brazil|Canada|Chile|Etc|Europe|Indian|Mexico"
    "|Pacific|US"
)
_HOURS = r"(?:0?\d|1[0-4])(?::?[0-5]\d)?"
_SURE_VALUE = re.compile(
    # No two areas, as of a way from one to the other, and no two codes.
    rf"(?:{_AREAS})/(?!(?:{_AREAS})\Z)[A-Z][a-z][A-Za-z_+\-/]*|(?:US|Canada)/(?:Pacific|Atlantic)"
    r"|Etc/(?:GMT|UTC)[+\-]\d\d?"
    rf"|\(?(?i:utc|gmt)\s*[+\-\u00b1]\s*{_HOURS}(?:\D.*)?"
    r"|[+\-](?:0\d|1[0-4]):(?:00|30|45)(?::00)?|[+\-]0\d(?:00|30|45)"
    r"|(?:МСК|MSK)\s*[+\-]\s*\d\d?|.{3,40} (?:Standard|Daylight|Summer) Time"
)
_VALUE_BESIDE_TIMES = re.compile(
    rf"(?:{_AREAS})/[A-Za-z_+\-/0-9]+|\(?(?i:ut|z)\s*[+\-\u00b1]\s*{_HOURS}(?:\D.*)?"
    r"|[+\-](?:0\d|1[0-4]):[0-5]\d(?::00)?|\+(?:0\d|1[0-4])(?:00|30|45)?|-0\d"
    r"|МСК|MSK|MSD|AZS?T|IRST|IRDT|TMT|ALMT|AQTT|ORAT|SAMT|VOLT|GST|TRT|CES?T|EES?T|EDT"
    r"|C[SD]T|M[SD]T|P[SD]T|BST|IST|JST|LMT|(?i:local(?: time)?)"
)
# Hours without a sign are those of the countries around the sea alone: others may number zones of any kind.
_VALUE_OF_ZONE = re.compile(r"\+(?:0?\d|1[0-4])(?:[.,][05]0?)?(?:\s*h)?|[34](?:[.,][05]0?)?|5(?:[.,]00?)?")
_UTC_VALUE = re.compile(
    r"Etc/(?:UTC|GMT|UCT|Zulu|Universal|Greenwich|GMT[+\-]?0)|\(?(?i:utc|gmt|ut|z)\)?"
    r"|\(?(?i:utc|gmt|ut|z)?\s*[+\-\u00b1]\s*[0:.,]+(?:[^\d:.,].*)?"
)
_ZERO = re.compile(r"0+(?:[.,:]0+)*")
_SPEAKS_OF_ZONES = re.compile(
    r"(?:.*_)?(?:zones?|time_?zone|zonename|tz|utc|gmt|зон\w*|пояс\w*|белдеу\w*|منطقه|qurşaq|guşak)(?:_.*)?"
)
_SPEAKS_OF_TIMES = re.compile(
    r"(?:.*_)?(?:times?|date_?time|time_?stamp|clock|offset|врем\w*|час\w*|смещение|сдвиг|разница|saat\w*|vaxt\w*"
    r"|zaman\w*|уақыт\w*|сағат\w*|زمان|زمانی|ساعت|sagat\w*|wagt\w*)(?:_.*)?"
)

# Columns of the hours to which others tell the days.
_OF_DAY = (
    rf"{_BEFORE}(?:hours?|hrs?|hh|hhmm|hhmmss|clock|tod|time_of_day|time){_BEHIND}|часы?|время|saatı?|vaxt|сағат|уақыт"
    "|ساعت|زمان|sagat|wagt"
)
_TIME_OF_DAY = re.compile(r"\d{1,2}(?::\d\d){1,2}(?:\.\d+)?|\d{1,6}(?:\.\d+)?")


def _folded(text: str) -> str:
    """Small letters without marks, so that names are alike however they are typed."""
    apart = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(one for one in apart if not unicodedata.combining(one))
    return plain.translate({ord("ı"): "i", ord("ي"): "ی", ord("ك"): "ک", ord("\u200c"): " "})


_PLACE, _ZONE_NAME, _HOUR_NAME = (re.compile(_folded(one)) for one in (_PLACE.pattern, _ZONE_WORDS, _OF_DAY))
_SPEAKS_OF_ZONES, _SPEAKS_OF_TIMES = (
    re.compile(_folded(one.pattern)) for one in (_SPEAKS_OF_ZONES, _SPEAKS_OF_TIMES)
)
_TIME_WORDS_ALONE = re.compile(rf"(?:{_folded(_TIME_WORDS)}){_BEHIND}")
_TIME_WORDS_FIRST = re.compile(rf"(?:{_folded(_TIME_WORDS)})(?:_.*)?")
_ONE_PLACE = re.compile(rf"(?:{_folded(_PLACES)})(?:_local)?(?:_time)?")


_AFTER_UTC = re.compile("(?:(?<=^UTC)|(?<=^GMT)|(?<=[^A-Za-z]UTC)|(?<=[^A-Za-z]GMT))(?=[A-Za-z])")
_BETWEEN_WORDS = re.compile("(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def _words(name: str) -> str:
    """As ``time_utc_4`` for ``timeUTC (4)``."""
    apart = _AFTER_UTC.sub("_", unicodedata.normalize("NFKC", name[:_LONGEST]))
    apart = _BETWEEN_WORDS.sub("_", apart)
    return "_".join(re.findall(r"[^\W\d_]+|\d+", _folded(apart)))


def _is_of_zone(words: str) -> bool:
    return bool(_ZONE_COLUMN.fullmatch(words) or _ZONE_NAME.fullmatch(words))


def names_other_zone(name: str) -> bool:
    """Whether the name of a column of times tells of a zone that is not UTC."""
    words = _words(name)
    plain = _folded(name[:_LONGEST]).replace("\u2212", "-")
    if any(one in "123456789" for offset in _OFFSET.finditer(plain) for one in offset[1]):
        return True
    says_utc = {"utc", "gmt", "zulu"}.intersection(words.split("_"))
    return bool(_PLACE.fullmatch(words) or (not says_utc and _OF_SHIP.fullmatch(words)))


def is_harmless(name: str) -> bool:
    """Whether the name of a column is one of times, and tells no zone but UTC."""
    if names_other_zone(name):
        return False
    name = _REPEATED.sub("", name)
    return any(_is_of_times(kind, name) for kind in (_HARMLESS_TIME, _OF_INSTRUMENT, _TIME_WORDS_ALONE))


def _is_usual(name: str) -> bool:
    return _is_of_times(_HARMLESS_TIME, name) and not names_other_zone(name)


def _is_of_times(kind: re.Pattern[str], name: str) -> bool:
    words = _words(name)
    return bool(kind.fullmatch(words)) and not _is_of_zone(words)


# Of the first kind that is there, there must be one column.
TIME_KINDS: tuple[Callable[[str], bool], ...] = (
    lambda name: _words(name) == "timestamp" and _is_usual(name),
    lambda name: _is_usual(name) or (names_other_zone(name) and _is_of_times(_ANY_TIME, name)),
    lambda name: names_other_zone(name) and _is_of_times(_SOME_TIME, name),
    lambda name: _is_of_times(_ANY_TIME, name),
    lambda name: _is_of_times(_TIME_WORDS_FIRST if names_other_zone(name) else _TIME_WORDS_ALONE, name),
)


def time_column(columns: Sequence[UserColumn]) -> UserColumn | None:
    """The column that surely holds times: the only one of its kind."""
    for kind in TIME_KINDS:
        found = [one for one in columns if kind(one.name)]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def zone_column(chunk: Chunk, columns: Sequence[UserColumn]) -> UserColumn | None:
    """A column that tells the zones of the times in another, by its name or by its first values.

    By its name one of which nothing says UTC alone.
    """
    by_name = (one for one in columns if _is_of_zone(_words(one.name)) and not _says_utc(chunk, one))
    by_values = (one for one in columns if _tells_zone(_words(one.name), _first_values(chunk, one)))
    return next(by_name, None) or next(by_values, None)


def _says_utc(chunk: Chunk, column: UserColumn) -> bool:
    """Whether the values of a column of zones, all those of the chunk, are UTC where there are any."""
    words = set(_words(column.name).split("_"))
    if "dst" in words:  # without summer time a zone is still any
        return False
    is_from_utc = bool(words & {"utc", "gmt", "utcoff", "utcoffset", "gmtoff", "gmtoffset"})
    values = _first_values(chunk, column, None)
    if not len(values) or not all(is_missing(value) or _is_plain(value) for value in values):
        return False
    return all(
        _UTC_VALUE.fullmatch(text) or (is_from_utc and _ZERO.fullmatch(text)) for text in _texts(values)
    )


def _tells_zone(words: str, values: Sequence[object]) -> bool:
    """Whether values under a name are zones, and not all of them UTC."""
    kinds = [_SURE_VALUE]
    if _SPEAKS_OF_ZONES.fullmatch(words):
        kinds += [_VALUE_BESIDE_TIMES, _VALUE_OF_ZONE]
    elif _SPEAKS_OF_TIMES.fullmatch(words):
        kinds += [_VALUE_BESIDE_TIMES]
    is_other = False
    for text in _texts(values):
        if not _UTC_VALUE.fullmatch(text):
            if not any(kind.fullmatch(text) for kind in kinds) and not _is_place(words, text):
                return False
            is_other = True
    return is_other


def _is_place(words: str, text: str) -> bool:
    """Whether a value of zones is a place whose time it is, as ``Azerbaijan Time``."""
    if len(text) > _LONGEST or not _SPEAKS_OF_ZONES.fullmatch(words):
        return False
    place = _words(text)
    is_name = words in ("zone_name", "zonename")  # of others a place may be a part of the water
    return (is_name or place.endswith("_time")) and _ONE_PLACE.fullmatch(place) is not None


def _texts(values: Sequence[object]) -> set[str]:
    """The different values that are there, as texts."""
    texts = {str(value).strip() for value in set(filter(_is_plain, values)) if not is_missing(value)}
    return {text.replace("\u2212", "-") for text in texts if text}


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float)


def hour_column(chunk: Chunk, columns: Sequence[UserColumn], time_us: Integers) -> UserColumn | None:
    """A column of hours beside times that are all days alone. Shape (n,), since 1970 in UTC [µs]"""
    known = time_us[time_us != NOT_A_TIME]
    if not len(known) or np.any(known % _DAY_US):
        return None
    named = (one for one in columns if _HOUR_NAME.fullmatch(_words(one.name)))
    return next((one for one in named if _tells_hours(_first_values(chunk, one))), None)


def _tells_hours(values: Sequence[object]) -> bool:
    texts = [text for value in values if not is_missing(value) and (text := str(value).strip())]
    return all(map(_TIME_OF_DAY.fullmatch, texts)) and any(one in "123456789" for one in "".join(texts))


def _first_values(chunk: Chunk, column: UserColumn, most: int | None = _LOOKED_AT) -> Sequence[object]:
    """Some values of a column, without making those of all rows; or, of no number, all that differ."""
    own, place = chunk.own, column.place
    if isinstance(own, Features) and place != "z":
        return Features(own.kept[:most]).column(column)
    given = arrow_column(chunk, column)
    if given is None:
        return () if isinstance(place, str) else own.column(column)[:most]
    if _PLAIN.match(str(given.type)):
        some = given.unique() if most is None else given.slice(0, most)
        return list(map(_as_text, some.to_pylist()))
    return ()


def _as_text(value: Any) -> Any:
    """A time of the day as a text, anything else as it is."""
    return value.isoformat() if hasattr(value, "isoformat") else value


def arrow_column(chunk: Chunk, column: UserColumn) -> Any:
    """The column as Arrow has it, if it does."""
    is_arrow = isinstance(chunk.own, Table) and chunk.own.arrow is not None and isinstance(column.place, int)
    return chunk.own.arrow.column(column.place) if is_arrow else None  # type: ignore[union-attr]


def is_short(chunk: Chunk, column: UserColumn) -> bool:
    """Whether a column holds floating point numbers that are too short for times."""
    given = arrow_column(chunk, column)
    return given is not None and str(given.type) in ("float", "halffloat")
