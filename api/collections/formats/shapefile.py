"""A zipped shapefile, with the texts that the format itself has no place for."""

from __future__ import annotations

import csv
import io
import struct
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from api.collections.formats.fields import Column, columns
from api.collections.formats.gdal import DATE, write_layer
from api.collections.formats.statement import assumed, description, metadata_text, statement
from api.texts.json_text import to_bytes

if TYPE_CHECKING:
    from zones.atlas.features import Collection
    from zones.editions.store import Edition

# Names of fields have at most ten letters; a property with a longer one needs its line here.
SHORT_NAMES = {
    "assumptions": "assumption",
    "attribution": "attrib",
    "base_end_lat": "base_e_lat",
    "base_end_lon": "base_e_lon",
    "base_start_lat": "base_s_lat",
    "base_start_lon": "base_s_lon",
    "baseline_kind": "base_kind",
    "basis_source": "basis_src",
    "convention_status": "convention",
    "datum_effect_m": "datum_m",
    "description": "descript",
    "how_measured": "how",
    "legal_basis": "legal",
    "line_type_effect_m": "linetype_m",
    "measured_on": "measured",
    "share_percent": "share_pct",
    "state_right": "state_rght",
    "treaty_source": "treaty_src",
}
_LONGEST_NAME = 10
_LONGEST_TEXT_BYTES = 254
_CUT = "…"
_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_README = """\
{title}
{line}

{description}

Edition {edition}{assumed}.
{notice}
Data: {attribution}, licence {licence}.

metadata.json   provenance, parameters and bounds of the edition
fields.csv      names of the fields: at most ten letters here, more elsewhere
LICENSE.txt     licence and attribution
{texts}
Coordinates are WGS84 longitude and latitude in degrees. Texts are UTF-8.
"""
_TEXTS = "texts.csv       texts of more than 254 bytes in full; in the table they are cut and end with …\n"
_LICENSE = """\
{attribution}

The data in this archive are made available under the licence {licence}.
"""


def write(edition: Edition, collections: Sequence[Collection], path: Path) -> None:
    """One collection as ``.shp`` and what belongs to it, in a zip archive."""
    (collection,) = collections
    table = columns(collection)
    short = [
        Column(short_name(column.name), column.type, tuple(_fitting(value) for value in column.values))
        for column in table
    ]
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f"{path.name}.") as folder:
        shape = Path(folder) / f"{collection.id}.shp"
        options = {"DBF_DATE_LAST_UPDATE": DATE}
        write_layer(shape, "ESRI Shapefile", collection, short, layer_options=options)
        parts = {f"{collection.id}{ending}": shape.with_suffix(ending).read_bytes() for ending in _PARTS}
    _check(parts, collection)
    long = [
        (identity, column.name, value)
        for column in table
        for identity, value in zip(table[0].values, column.values, strict=True)
        if value != _fitting(value)
    ]
    texts = {
        **statement(edition),
        "title": collection.title,
        "line": "=" * len(collection.title),
        "description": collection.description,
        "texts": _TEXTS if long else "",
        "assumed": assumed(edition),
    }
    files = {
        **parts,
        "README.txt": to_bytes(_README.format(**texts)),
        "LICENSE.txt": to_bytes(_LICENSE.format(**texts)),
        "metadata.json": to_bytes(metadata_text(edition, indent=1) + "\n"),
        "fields.csv": _table(("shapefile", "name"), ((short_name(one.name), one.name) for one in table)),
    }
    if long:
        files["texts.csv"] = _table(("id", "name", "text"), long)
    with zipfile.ZipFile(path, "w") as archive:
        archive.comment = to_bytes(description(edition, collection))
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, on every machine
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, compresslevel=9)


def short_name(name: str) -> str:
    """The name of a property as a field of a shapefile."""
    short = SHORT_NAMES.get(name, name)
    assert len(short) <= _LONGEST_NAME, f"property {name} needs a short name"
    return short


def _fitting(value: object) -> object:
    """A text cut to the width of a field, at a character; other values as they are."""
    if not isinstance(value, str) or len(value.encode()) <= _LONGEST_TEXT_BYTES:
        return value
    room = _LONGEST_TEXT_BYTES - len(_CUT.encode())
    return value.encode()[:room].decode(errors="ignore") + _CUT


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return to_bytes(target.getvalue())


def _check(parts: dict[str, bytes], collection: Collection) -> None:
    # GDAL does not report every failure on closing a file. Lengths are in words of 16 bits.
    for name, content in parts.items():
        if name.endswith((".shp", ".shx")):
            whole = len(content) >= 100 and struct.unpack(">i", content[24:28])[0] * 2 == len(content)
        elif name.endswith(".dbf"):
            count, head, width = struct.unpack("<IHH", content[4:12]) if len(content) > 32 else (-1, 0, 0)
            whole = count == len(collection.features) and len(content) >= head + count * width
        else:
            whole = bool(content)
        if not whole:
            raise OSError(f"{name} was not written whole")
