"""What an edition is made from, read, and the name that a hash of all of it gives."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from coastlines import (
    SOURCE_IDS,
    CoastSource,
    Provenance,
    StraightLine,
    check_straight_lines,
    check_treaty_points,
    identify_source,
    load_source,
    read_coast_file,
    read_straight_lines,
    read_treaty_points,
)
from coastlines.bundled import read_registry
from zones.arrays import Floats
from zones.parameters import Parameters

FORMAT = 4  # of the files in the cache, and of everything computed for them
_DEFAULT_DIGITS = 8
_WHAT_IF_DIGITS = 32  # so that nobody can guess the name of what another has built
_REFERENCE = ("reference/", "kara_bogaz_gol/", "states/", "treaties/")


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """Everything that an edition is made from, read."""

    parameters: Parameters
    provenance: Provenance
    coast_sha256: str
    coast: Callable[[], CoastSource]
    straight_lines: tuple[StraightLine, ...]
    treaty_points: dict[str, Floats]
    sha256: str
    name: str


def read_inputs(parameters: Parameters) -> Inputs:
    """Read the files of some parameters and name the edition by a hash of everything in them."""
    if parameters.coast in SOURCE_IDS:
        provenance, coast_sha256 = identify_source(parameters.coast)
        coast: Callable[[], CoastSource] = partial(load_source, parameters.coast)  # read when wanted
    else:
        source = read_coast_file(parameters.coast)
        provenance, coast_sha256, coast = source.provenance, source.sha256, lambda: source
    given = parameters.straight_lines or ()
    straight = read_straight_lines(given) if isinstance(given, str) else check_straight_lines(given)
    treaty_points = {
        pair: read_treaty_points(points) if isinstance(points, str) else check_treaty_points(points)
        for pair, points in parameters.treaty_points.items()
    }
    content = {
        "format": FORMAT,
        "coast": [coast_sha256, provenance.title],
        "reference": sorted(
            (name, digest) for name, digest in read_registry().items() if name.startswith(_REFERENCE)
        ),
        "breadth_nm": parameters.breadths_nm,
        "keep_artificial": parameters.keep_artificial,
        "treaty_points": {pair: points.tolist() for pair, points in sorted(treaty_points.items())},
        "effects": parameters.applied_effects,
        "straight_lines": plain_lines(straight),
    }
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    is_default = parameters.is_default and not straight
    shown = digest[: _DEFAULT_DIGITS if is_default else _WHAT_IF_DIGITS]
    name = f"{provenance.id}-{provenance.version}-{shown}"
    return Inputs(parameters, provenance, coast_sha256, coast, straight, treaty_points, digest, name)


def is_abbreviated(name: str, full: str) -> bool:
    """Whether a name is a full one with the end of its hash left out, as earlier versions wrote them."""
    hash_digits = name.rpartition("-")[2]
    left_out = full.removeprefix(name)
    return len(hash_digits) >= _DEFAULT_DIGITS and f"{name}{left_out}" == full and _is_hex(left_out)


def _is_hex(text: str) -> bool:
    return bool(text) and set(text) <= set("0123456789abcdef")


def plain_lines(lines: Sequence[StraightLine]) -> list[Any]:
    """Straight lines as plain values, to hash."""
    return [[line.state, line.kind, line.line_type, line.name, line.coordinates.tolist()] for line in lines]
