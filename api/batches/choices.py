"""What may be chosen of a table of positions, known without loading what reads and writes it."""

from __future__ import annotations

from pathlib import Path

from api.errors import ParameterError
from api.languages.choice import ENGLISH

OUTPUT_ENDINGS = (".csv", ".parquet", ".geojson", ".geojsonl", ".geojsons")
PACKINGS = (".gz", ".zst")  # may stand behind the endings of texts
FILE_ENDINGS = (
    *OUTPUT_ENDINGS,
    *(ending + packing for ending in OUTPUT_ENDINGS if ending != ".parquet" for packing in PACKINGS),
)
FIELDS = "fields"
EXPLANATION = "explanation"  # no field of the record; made where it or a language is asked for


def ending_of(path: Path) -> tuple[str, str]:
    """What a file's name says of its form and its packing, in small letters: ``.csv`` and ``.gz``."""
    packing = path.suffix.lower()
    if packing in PACKINGS:
        return Path(path.stem).suffix.lower(), packing
    return packing, ""


def with_assumptions(fields: tuple[str, ...], assumptions: str | None) -> tuple[str, ...]:
    """The fields chosen, and what the edition assumes: an answer of a what-if always says so."""
    named = "assumptions" in fields or not assumptions
    return fields if named else (*fields, "assumptions")


def explained_in(fields: tuple[str, ...], language: str | None) -> str | None:
    """The language of the explanation among the fields, English where none is asked for; None without one."""
    return (language or ENGLISH) if EXPLANATION in fields else None


def chosen_fields(text: str | None, language: str | None = None) -> tuple[str, ...]:
    """Names with commas between; all fields of the record where nothing is given.

    Where a language is asked for, the explanation stands where it is named, else last. Raises
    `ParameterError`: a name that is no field, one given twice, or none at all.
    """
    fields = _named_fields(text)
    return fields if language is None or EXPLANATION in fields else (*fields, EXPLANATION)


def _named_fields(text: str | None) -> tuple[str, ...]:
    from zones.classification.records import RECORD_FIELDS  # loads numpy

    if text is None:
        return RECORD_FIELDS
    known = (*RECORD_FIELDS, EXPLANATION)
    names = tuple(name.strip() for name in text.split(","))
    for at, name in enumerate(names):
        if name not in known:
            said = f"no field {name[:80]!r}" if name else "an empty name"
            raise ParameterError(FIELDS, f"{FIELDS}: {said}; there are {', '.join(known)}", known=list(known))
        if name in names[:at]:
            raise ParameterError(FIELDS, f"{FIELDS}: {name!r} is given twice")
    return names
