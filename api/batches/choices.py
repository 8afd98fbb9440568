"""What may be chosen of a table of positions, known without loading what reads and writes it."""

from __future__ import annotations

from pathlib import Path

from api.errors import ParameterError

OUTPUT_ENDINGS = (".csv", ".parquet", ".geojson", ".geojsonl", ".geojsons")
PACKINGS = (".gz", ".zst")  # may stand behind the endings of texts
FILE_ENDINGS = (
    *OUTPUT_ENDINGS,
    *(ending + packing for ending in OUTPUT_ENDINGS if ending != ".parquet" for packing in PACKINGS),
)
FIELDS = "fields"
EXPLANATION = "explanation"  # no field of the record; made where a language is asked for


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


def chosen_fields(text: str | None) -> tuple[str, ...]:
    """Names with commas between; all fields where nothing is given.

    Raises `ParameterError`: a name that is no field, one given twice, or none at all.
    """
    from zones.classification.records import RECORD_FIELDS  # loads numpy

    if text is None:
        return RECORD_FIELDS
    names = tuple(name.strip() for name in text.split(","))
    for at, name in enumerate(names):
        if name not in RECORD_FIELDS:
            said = f"no field {name[:80]!r}" if name else "an empty name"
            raise ParameterError(
                FIELDS, f"{FIELDS}: {said}; there are {', '.join(RECORD_FIELDS)}", known=list(RECORD_FIELDS)
            )
        if name in names[:at]:
            raise ParameterError(FIELDS, f"{FIELDS}: {name!r} is given twice")
    return names
