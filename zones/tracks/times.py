"""Times in any of the ways that tables have them, as microseconds since 1970 in UTC."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from zones.arrays import Integers
from zones.tracks.vessels import is_missing

NOT_A_TIME = np.iinfo(np.int64).min
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# Texts that numpy reads, one after another: all with Z behind, or none.
_PLAIN = re.compile(r"(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?\n)*")
_NUMBER = re.compile(r"\d{9,19}(\.\d*)?")
_SINCE, _UNTIL = 631_152_000, 4_102_444_800  # 1990 and 2100, between which a number tells its unit [s]
_UNITS = (1, 1_000, 1_000_000, 1_000_000_000)  # of which a second has so many
_DAY_OR = {
    1: "hour or seconds",
    1_000: "time or milliseconds",
    1_000_000: "time or microseconds",
    1_000_000_000: "time or nanoseconds",
}
# Digits that are a day and hour, maybe with minutes and more, of the years 1990 to 2099; and seconds since
# 1970 of 2033 to 2036, or smaller units.
_DAY_AND_HOUR = re.compile(
    r"(199\d|20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-4])(?:([0-5]\d)[0-5]\d*)?"
)
# What follows a day as a zone does, which would be read as the time of the day.
_DAY_AND_ZONE = re.compile(
    r"(\d{4}-?\d\d-?\d\d|\d{4}-?W\d\d(?:-?\d)?)([+\-\u2212])"
    r"([01]\d|2[0-3])(?::?(\d\d)(?::?(\d\d)(?:[.,]\d*)?)?)?"
)
# The same with two digits of the year, of 2022 to 2099; and seconds of 2039 to 2100.
_SHORT_DAY_AND_HOUR = re.compile(
    r"(2[2-9]|[3-9]\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])([0-5]\d)"
)
# Decimals of hours and minutes, which Python takes for those of seconds.
_PARTED_HOUR = re.compile(r"(?<!\d)(?<!\d:)\d\d(?::?\d\d)?[.,]\d")
# With dots the day comes first, around the sea and wherever else dots are written; a time may follow.
_DOTTED_DAY = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})(?![0-9])(?:(?:,\s*|\s+|T)(?=[0-9]{1,2}:))?")
# Day and time in digits alone, which as a number are of no unit since 1970.
_ALL_DIGITS = re.compile(r"((?:19[89][0-9]|20[0-9]{2})[0-9]{4})([0-9]{6})(?![0-9])")
_FIRST_DIGITS, _LAST_DIGITS = 19_800_101_000_000, 20_991_231_235_959
_EARLIEST = -14_831_769_600_000_000  # 1500; before are solar years of Iran, and days that stand for none [µs]
# UTC in other words than Z, which no reader of ISO 8601 takes: ``z``, `` UTC``, `` +0000 UTC``.
_IN_UTC = re.compile(r"(.*?\d)\s*(?:[+\-]00:?00\s*(?:utc|gmt)|z|utc|gmt)", re.IGNORECASE)
# In floating point numbers of 32 bits seconds since 1970 are 128 apart.
_SHORT = (np.dtype(np.float16), np.dtype(np.float32))
SHORT_NUMBERS = "floating point numbers of 32 bits or less are too short for times, which need 64"
_NEEDED = (
    "a time is needed as 2024-01-05T06:30:12Z (ISO 8601, UTC where it names no zone) or in seconds, milli-, "
    "micro- or nanoseconds since 1970"
)


class Times(NamedTuple):
    """Times as they were read."""

    time_us: Integers  # shape (n,), since 1970 in UTC; `NOT_A_TIME` where there is an error [µs]
    errors: dict[int, str]  # by row
    # zoned, unzoned: how many name a zone, be it UTC, and how many of those that could name none
    zoned: int
    unzoned: int


def read_times(values: npt.ArrayLike | Sequence[object]) -> Times:
    """Times from an array of datetime64, or from texts, numbers and datetimes."""
    times = _read_all(values)
    early = np.flatnonzero((times.time_us < _EARLIEST) & (times.time_us != NOT_A_TIME))
    for row in early.tolist():
        times.errors[row] = "the time is before 1500, as years of other calendars are; write Gregorian ones"
        times.time_us[row] = NOT_A_TIME
    return times


def _read_all(values: npt.ArrayLike | Sequence[object]) -> Times:
    if isinstance(values, np.ndarray) and values.dtype.kind == "M":
        time_us = values.astype("datetime64[us]").astype(np.int64)
        missing = dict.fromkeys(np.flatnonzero(np.isnat(values)).tolist(), "the time is empty")
        return Times(np.where(np.isnat(values), NOT_A_TIME, time_us), missing, 0, len(values) - len(missing))
    if isinstance(values, np.ndarray) and values.dtype in _SHORT:
        return Times(np.full(len(values), NOT_A_TIME), dict.fromkeys(range(len(values)), SHORT_NUMBERS), 0, 0)
    listed: Sequence[Any] = values.tolist() if isinstance(values, np.ndarray) else list(values)  # type: ignore[arg-type]
    return _plain(listed) or _one_by_one(listed)


def _plain(values: Sequence[Any]) -> Times | None:
    """Texts that are all alike, at once."""
    if set(map(type, values)) != {str}:
        return None
    zoned = all(text.endswith("Z") for text in values)
    texts = [text[:-1] for text in values] if zoned else values
    if not _PLAIN.fullmatch("\n".join(texts) + "\n"):
        return None
    try:
        time_us = np.array(texts, dtype="datetime64[us]").astype(np.int64)
    except ValueError:  # of a month or an hour that there is not
        return None
    return Times(time_us, {}, len(texts) if zoned else 0, 0 if zoned else len(texts))


def _one_by_one(values: Sequence[Any]) -> Times:
    time_us = np.full(len(values), NOT_A_TIME)
    errors: dict[int, str] = {}
    zoned = unzoned = 0
    for row, value in enumerate(values):
        try:
            time_us[row], has_zone = _read(value)
            zoned += has_zone is True
            unzoned += has_zone is False
        except (ValueError, OverflowError) as error:
            errors[row] = str(error)
    return Times(time_us, errors, zoned, unzoned)


def _read(value: Any) -> tuple[int, bool | None]:
    """One time, and whether it names a zone, None of a number. Raises `ValueError`."""
    if is_missing(value):
        raise ValueError("the time is empty")
    is_digits = isinstance(value, (int, float, np.integer)) and _FIRST_DIGITS <= value <= _LAST_DIGITS
    if is_digits and value == int(value):
        value = str(int(value))
    if isinstance(value, str):
        text = _as_iso_8601(value.strip())
        _refuse_day_and_zone(text)
        if _NUMBER.fullmatch(text):
            value = int(text) if text.isdigit() else float(text)
        else:
            try:
                value = _moment(text)
            except ValueError:
                said = f"{value.strip()[:40]!r}: {_NEEDED}" if text else "the time is empty"
                raise ValueError(said) from None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)  # its beginning; no zone is named
    if isinstance(value, datetime):
        has_zone = value.tzinfo is not None
        moment = value if has_zone else value.replace(tzinfo=UTC)
        return (moment - _EPOCH) // _MICROSECOND, has_zone
    if isinstance(value, (int, float, np.integer)) and not isinstance(value, bool):
        for unit in _UNITS:
            if _SINCE * unit <= value < _UNTIL * unit:
                _refuse_day_and_hour(value, unit)
                return _microseconds(value, unit), None
    raise ValueError(f"{str(value)[:40]!r}: {_NEEDED}")


def _as_iso_8601(text: str) -> str:
    """A text whose day has dots, or whose day and time are digits alone, in the order of ISO 8601."""
    if found := _DOTTED_DAY.match(text):
        day, month, year = found.groups()
        rest = text[found.end() :]
        of_day = f"T{rest.zfill(len(rest) + (rest[1] == ':'))}" if text[found.end(3) : found.end()] else rest
        return f"{year}-{month:0>2}-{day:0>2}{of_day}"
    if found := _ALL_DIGITS.match(text):
        return f"{found[1]}T{found[2]}{text[found.end() :]}"
    return text


def _moment(text: str) -> datetime:
    """A time in ISO 8601, with a zone where one is named. Raises `ValueError`."""
    if _PARTED_HOUR.search(text[8:]):
        raise ValueError("decimals of an hour or minute")
    found = _IN_UTC.fullmatch(text)
    if found is None:
        return datetime.fromisoformat(text)
    plain = datetime.fromisoformat(found[1])
    if plain.tzinfo is not None:
        raise ValueError("two zones")
    return plain.replace(tzinfo=UTC)


def _refuse_day_and_zone(text: str) -> None:
    """Raises `ValueError`: as ``2024-01-05+04:00``, a day in a zone or a time of the day in UTC."""
    found = _DAY_AND_ZONE.fullmatch(text)
    if found:
        day, sign, hour, minute, second = found.groups()
        minute = minute or "00"
        of_day = f"{hour}:{minute}" + (f":{second}" if second else "")
        raise ValueError(
            f"{text[:40]!r} may be a day in a zone or a time of the day; write "
            f"{day}T00:00{'+' if sign == '+' else '-'}{hour}:{minute} or {day}T{of_day}Z"
        )


def _refuse_day_and_hour(value: Any, unit: int) -> None:
    """Raises `ValueError`: as ``2018010112``, which may be twelve o'clock as well as seconds since 1970."""
    digits = str(int(value))
    found = _DAY_AND_HOUR.fullmatch(digits) or (_SHORT_DAY_AND_HOUR.fullmatch(digits) if unit == 1 else None)
    if found:
        year, month, day, hour, minute = found.groups(default="00")
        year = year if len(year) == 4 else f"20{year}"
        moment = _EPOCH + timedelta(microseconds=_microseconds(value, unit))
        if hour == "24":  # the end of the day
            try:
                ends = date(int(year), int(month), int(day)) + timedelta(days=1)
            except ValueError:  # there is no such day
                return
            year, month, day, hour = *f"{ends}".split("-"), "00"
        raise ValueError(
            f"{str(value)[:40]!r} may be a day and {_DAY_OR[unit]} since 1970; write "
            f"{year}-{month}-{day}T{hour}:{minute}Z or {moment:%Y-%m-%dT%H:%M:%SZ}"
        )


def _microseconds(value: Any, unit: int) -> int:
    if isinstance(value, float):
        return round(value * 1_000_000 / unit)
    return int(value) * 1_000_000 // unit
