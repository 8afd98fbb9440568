"""What the map of the page first draws of an edition, made before anybody waits for it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from api.collections.formats import format_of
from api.collections.kept_downloads import KeptDownloads
from api.collections.names import Download
from api.errors import BusyError
from zones.errors import CacheError

if TYPE_CHECKING:
    from zones.editions.store import Edition

STAGE = "drawing the map"
# The whole sea on a small screen and on a large one, as `OFFSETS` and `LAYERS` of geography.js have it.
_STEPS_DEG = (0.005, 0.002)
_COLLECTIONS = ("zones", "baselines", "limits", "boundaries", "installations")


def make_first_map(
    folder: Path, edition: Edition, progress: Callable[[str, float], object] = lambda _stage, _done: None
) -> None:
    """Simplify the edition and keep its files under a cache folder, saying the share done, from 0 to 1.

    Where they cannot be kept they are made when they are asked for.
    """
    kept = KeptDownloads(folder)
    geojson = format_of("geojson")
    wanted = [
        Download(name, geojson, step_deg)
        for step_deg in _STEPS_DEG
        for name in _COLLECTIONS
        if name in edition.collections
    ]
    with contextlib.suppress(CacheError, BusyError):
        for place, one in enumerate(wanted):
            progress(STAGE, place / len(wanted))
            kept.kept(edition, one)
