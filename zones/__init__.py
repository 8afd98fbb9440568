"""Geometry core: from coastlines to the zones of the Aktau Convention, exact on WGS84.

>>> import zones
>>> sea = zones.open_edition("osm")
>>> sea.classify_one(lon=49.97, lat=40.1)["zone"]
'territorial_waters'
>>> zones.build(breadth_nm={"KAZ": 12}).assumptions
'Kazakhstan 12 nm'

What is named here is loaded at its first use: whether the core is compiled is decided before (`compiled`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coastlines import StraightLine
    from zones.editions.edition import Edition
    from zones.errors import (
        BaselineError,
        BreadthError,
        CacheError,
        CoastlinesError,
        CoordinateError,
        EffectError,
        UnknownEditionError,
        ZonesError,
    )
    from zones.parameters import Parameters

__all__ = [
    "BaselineError", "BreadthError", "CacheError", "CoastlinesError", "CoordinateError", "Edition",
    "EffectError", "Parameters", "UnknownEditionError", "ZonesError", "build", "open_edition",
]  # fmt: skip

_HOMES = {"Edition": "zones.editions.edition", "Parameters": "zones.parameters"}


def open_edition(name: str = "osm", *, folder: str | os.PathLike[str] | None = None) -> Edition:
    """Open an edition by its name; a bundled coast's id names its default edition, built at first use.

    The end of a name's hash may be left out where one edition alone begins so. ``folder`` stands in for the
    user's cache folder.

    Raises `UnknownEditionError`, `CacheError`.
    """
    from zones.editions.store import Store

    store = Store(None if folder is None else Path(folder))
    return store.edition(store.full_name(name))


def build(
    *,
    coast: str | os.PathLike[str] = "osm",
    breadth_nm: Mapping[str, float] | None = None,
    straight_lines: str | os.PathLike[str] | Sequence[StraightLine] = (),
    effects: Mapping[str, float] | None = None,
    keep_artificial: bool = False,
    treaty_points: Mapping[str, str | Sequence[Sequence[float]]] | None = None,
    folder: str | os.PathLike[str] | None = None,
) -> Edition:
    """Build an edition of these choices, as `Parameters` describes them, or open it where it is kept.

    Raises `BreadthError`, `EffectError`, `BaselineError`, `CoastlinesError`, `CacheError`.
    """
    from zones.editions.store import Store
    from zones.parameters import Parameters

    is_path = isinstance(straight_lines, (str, os.PathLike))
    lines: Any = os.fspath(straight_lines) if is_path else tuple(straight_lines)  # type: ignore[arg-type]
    parameters = Parameters(
        coast=os.fspath(coast),
        breadth_nm=breadth_nm or {},
        straight_lines=lines,
        keep_artificial=keep_artificial,
        treaty_points=treaty_points or {},
        effects=effects or {},
    )
    return Store(None if folder is None else Path(folder)).build(parameters)


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES.get(name, "zones.errors")), name)
