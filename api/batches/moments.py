"""Timestamps of Arrow as texts in ISO 8601, whatever their unit."""

from __future__ import annotations

from typing import Any

_FIRST_SECOND, _LAST_SECOND = -62_135_596_800, 253_402_300_799  # of the years 1 and 9999
_A_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_FEWER_DIGITS = ((r"(\.[0-9]{6})000$", r"\1"), (r"(\.[0-9]{3})000$", r"\1"), (r"\.000$", ""))


def moment_texts(moments: Any) -> Any:
    """Texts as ``2024-01-05T06:30:12Z``, in UTC where the column has a zone, else without a zone.

    Behind a point stand three, six or nine digits of the second, as many as it takes. None where one lies
    beyond the years 1 to 9999.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    unit = moments.type.unit
    # Without its zone a moment is in UTC, and needs none of the system's list of zones.
    plain = moments.cast(pa.timestamp(unit))
    bounds = pc.min_max(plain.cast(pa.int64())).as_py()
    if bounds["min"] is not None and (
        bounds["min"] < _FIRST_SECOND * _A_SECOND[unit]
        or bounds["max"] >= (_LAST_SECOND + 1) * _A_SECOND[unit]
    ):
        return None
    texts = pc.replace_substring(plain.cast(pa.string()), " ", "T")
    if unit != "s":
        for digits, fewer in _FEWER_DIGITS:
            texts = pc.replace_substring_regex(texts, digits, fewer)
    return texts if moments.type.tz is None else pc.binary_join_element_wise(texts, "Z", "")
