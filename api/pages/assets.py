"""Files of the pages at addresses that name their content, so that browsers may keep them for ever."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

from xstatic.pkg import leaflet  # type: ignore[import-untyped]

_OWN = Path(__file__).parent / "static"
_LEAFLET = Path(leaflet.BASE_DIR)
_OF_LEAFLET = ("leaflet.js", "leaflet.css")

MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@cache
def files() -> dict[str, Path]:
    """Every file there is by its name; our modules name each other without a folder."""
    own = {path.name: path for path in sorted(_OWN.iterdir()) if path.suffix in MEDIA_TYPES}
    return own | {name: _LEAFLET / name for name in _OF_LEAFLET}


@cache
def modules_of(name: str) -> tuple[str, ...]:
    """The modules that a module of ours needs, nearest first: a page can ask for all at once."""
    found: list[str] = [name]
    for one in found:
        imported = re.findall(r'from "\./([\w.-]+)"', files()[one].read_text(encoding="utf-8"))
        found += [other for other in imported if other not in found]
    return tuple(found[1:])


@cache
def release() -> str:
    """What stands in the addresses: another one as soon as a byte of a file is another."""
    digest = hashlib.sha256()
    for name, path in files().items():
        content = path.read_bytes()
        digest.update(f"{name} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:16]
