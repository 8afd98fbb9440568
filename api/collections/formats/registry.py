"""Every format that collections are written in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from api.collections.formats import gdal, geojson, geoparquet, kml, qgis, shapefile
from api.errors import UnknownThingError
from api.texts import turning_points
from api.texts.json_text import to_bytes

if TYPE_CHECKING:
    from zones.atlas.features import Collection
    from zones.editions.store import Edition

Writer = Callable[["Edition", "Sequence[Collection]", Path], None]
SimplifiedWriter = Callable[["Edition", "Sequence[Collection]", Path, float], None]


@dataclass(frozen=True, slots=True)
class Format:
    """One format of a file; ``id`` is also the ending of its files, without the dot.

    ``write`` writes collections of an edition to a path that does not exist yet, the same bytes for the same
    edition; raises OSError where the disk is full. ``text`` is worth compressing for the way; other formats
    are read in ranges instead, and a range of a compressed file is of no use to their readers. ``layered``
    takes several collections at a time. ``needs`` is the package of an optional extra of the same name as the
    format. ``only`` are the collections it can show, None for all. ``write_simplified`` writes geometries no
    farther than a step [deg] from the exact ones; None where only those are written.
    """

    id: str
    title: str
    media_type: str
    write: Writer
    text: bool = False
    layered: bool = False
    needs: str | None = None
    only: tuple[str, ...] | None = None
    write_simplified: SimplifiedWriter | None = None

    @property
    def ending(self) -> str:
        """With the dot."""
        return f".{self.id}"

    @property
    def available(self) -> bool:
        """Whether what it needs is installed."""
        return self.needs is None or find_spec(self.needs) is not None

    def shows(self, collection: str) -> bool:
        """Whether a collection can be written in it."""
        return self.only is None or collection in self.only


def _write_turning_points(edition: Edition, collections: Sequence[Collection], path: Path) -> None:
    (collection,) = collections
    path.write_bytes(to_bytes(turning_points.turning_points_text(edition, collection.id)))


FORMATS: tuple[Format, ...] = (
    Format(
        "geojson",
        "GeoJSON",
        "application/geo+json",
        geojson.write_collection,
        text=True,
        write_simplified=geojson.write_simplified,
    ),
    Format(
        "geojsons", "GeoJSON text sequence", "application/geo+json-seq", geojson.write_sequence, text=True
    ),
    Format("geojsonl", "GeoJSON, one feature a line", "application/x-ndjson", geojson.write_lines, text=True),
    Format("gpkg", "GeoPackage", "application/geopackage+sqlite3", gdal.write_geopackage, layered=True),
    Format("fgb", "FlatGeobuf", "application/vnd.flatgeobuf", gdal.write_flatgeobuf),
    Format("kml", "KML", "application/vnd.google-earth.kml+xml", kml.write, text=True),
    Format("zip", "Shapefile, zipped", "application/zip", shapefile.write),
    Format("parquet", "GeoParquet", "application/vnd.apache.parquet", geoparquet.write, needs="pyarrow"),
    Format("qml", "QGIS style", qgis.MEDIA_TYPE, qgis.write, text=True),
    Format(
        "csv",
        "Turning points as CSV",
        turning_points.MEDIA_TYPE,
        _write_turning_points,
        text=True,
        only=turning_points.COLLECTIONS,
    ),
)


def format_of(identity: str) -> Format:
    """A format by its id, the ending of its files without the dot. Raises `UnknownThingError`."""
    for one in FORMATS:
        if one.id == identity:
            return one
    known = [one.id for one in FORMATS]
    raise UnknownThingError(f"no format {identity[:80]!r}; there are {', '.join(known)}", known=known)


def check_available(chosen: Format) -> None:
    """Refuse a format of which the optional extra is missing. Raises `UnknownThingError`."""
    if not chosen.available:
        raise UnknownThingError(
            f"{chosen.title} needs {chosen.needs}, which is not installed: "
            f"pip install 'caspian-zones[{chosen.id}]'"
        )
