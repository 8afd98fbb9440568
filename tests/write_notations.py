"""Writes ``docs/notations.md`` from what the tests try: ``python -m tests.write_notations``."""

from __future__ import annotations

from pathlib import Path

from tests.notations import NO_POSITIONS, NOTATIONS, ROUTES, TABLES

PAGE = Path(__file__).parents[1] / "docs" / "notations.md"
_SHOWN = 70  # characters of an example

_POSITIONS = """\
# Notations and files that are read

Written by `python -m tests.write_notations` from what the tests try; every line below is read as said.

## Positions

All of these are the same position, on the command line (`--position`), over HTTP (`position=`), on the page,
and in cells of tables. Without letters or words the latitude comes first. What can be read in two ways is
refused.

| Where from | Example |
|---|---|
"""
_CELLS = """
## Files of positions

`caspian classify`, `events` and `summarise`; tables and JSON also as bodies over HTTP. `--lon-column`,
`--lat-column` and `--position-column` choose columns, `--encoding` an encoding; over HTTP `lon_column=` and
so on choose, and the charset of `Content-Type` tells the encoding. Several columns that could be meant are
refused by name.

A hemisphere in a column of its own is heeded: under a name that says so (`lat_dir`, `ns`, `W/E`,
`lon_hemisphere`, `полушарие широты`, or `hemisphere` and `hemisphere.1` behind their coordinates), and under
any name or none where the columns beside both coordinates hold nothing but hemispheres in the first rows;
where it is empty, or another than the coordinate says itself, the row has an error. A flag, a reference or a
pair of letters alone (`lat_flag`, `lat_ref`, `ns`) that is empty in the first rows or holds anything else is
none, unless hemispheres of the other axis are there. What may be hemispheres and is not clear, as signs, a
letter beside one coordinate alone, `SW` under `quadrant`, or yes and no under `is_south` or `ew`, is refused;
where a flag has the first rows in the north and east, a later one that is not is an error. Minutes, seconds
and decimals in columns of their own are refused: by their names, and under any name where coordinates are
whole and the columns behind both hold nothing but numbers of 0 to below 60; decimals alone under a name of
minutes (`lat_dms`) are, too, and in a cell among others they are an error of its row. Where the columns of
latitude and longitude are both chosen, they are taken as they stand, and only names tell hemispheres. Of
records in JSON, whose members are looked at one by one, whole degrees are taken as such.

What stands in brackets behind a name, in any of the six languages, has to leave numbers degrees to the north
and east: `lat (S)`, `Долгота (з.д.)`, `lon (E-/W+)`, `Lat (')`, `lat (DD.MMSS)`, `x (m)` and `position (x
y)` are not taken for positions, but points of WKT under `geometry (x y)` are. A mark before the decimals, as
in `42°33'.6N`, is read as charts mean it.

Layers in other reference systems are brought to WGS84; all realisations of WGS84 are taken for one, within
two metres; Pulkovo 1942 is reached by one operation for the whole sea. Tables without
geometry in a GeoPackage (as QGIS keeps its styles in) are passed over; of several layers `--layer` chooses.

| What | File | First row |
|---|---|---|
"""
_NONE = """
What is no position has an error that says what it is; 0, 0 is answered, with a hint. Where no row could be
answered the exit code is 2.

| lon | lat | What is said |
|---|---|---|
"""
_LINES = """
## Routes and areas

`caspian crossings` and `report`. Layers (`.gpkg`, `.fgb`, `.shp`, `.zip`, GeoParquet) and what this program
exports are read, too. `--legs loxodrome` joins vertices by lines of constant bearing. Times (`times` or
`coordTimes` of a GeoJSON feature, a column, GPX, KML tracks, schedules of RTZ) give each leg `entry_time` and
`exit_time`; those that [name no zone](tracks.md) beside what tells or may tell another than UTC are left out,
with a remark.

| What | File |
|---|---|
"""


def text() -> str:
    """The page."""
    positions = [f"| {group} | {_code(one)} |\n" for group, texts in NOTATIONS.items() for one in texts]
    tables = [
        f"| {what} | `{name}` | {_code(_first_row(name, content))} |\n" for what, name, content in TABLES
    ]
    none = [f"| {lon} | {lat} | {said} |\n" for lon, lat, said in NO_POSITIONS]
    routes = [f"| {what} | `{name}` |\n" for what, name, _ in ROUTES]
    return "".join([_POSITIONS, *positions, _CELLS, *tables, _NONE, *none, _LINES, *routes])


def _first_row(name: str, content: bytes) -> str:
    if name.endswith((".gz", ".zip", ".parquet", ".gpkg", ".fgb")):
        return "..."
    marked = content.startswith(b"\xff\xfe")
    for encoding in ("utf-16" if marked else "utf-16-le" if b"\0" in content else "utf-8", "cp1251"):
        try:
            lines = content.decode(encoding).splitlines()
            break
        except UnicodeDecodeError:
            continue
    return lines[min(2 if lines[0].startswith("sep=") else 1, len(lines) - 1)]


def _code(example: str) -> str:
    shown = "".join(letter for letter in example if letter.isprintable() or letter.isspace())
    shown = shown.replace("\t", " ⇥ ").replace("|", "\\|")
    return f"`{shown if len(shown) <= _SHOWN else shown[: _SHOWN - 3] + '...'}`"


def main() -> None:
    """Write the page."""
    PAGE.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
