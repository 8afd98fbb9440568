"""Dataclasses, NamedTuples, arrays and geometries as JSON records and one block of bytes, and back.

No code is stored or run on reading: only the types named here are made again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from importlib import import_module
from mmap import mmap
from typing import Any

import numpy as np
import shapely

_ALIGNMENT = 64

# What types there are; the module of one is loaded when it is wanted.
_MODULES = {
    "coastlines": ("StraightLine",),
    "zones.atlas.features": ("Collection", "Feature"),
    "zones.baseline.baseline": ("Baseline",),
    "zones.baseline.shore": ("Artificial",),
    "zones.baseline.straight_lines": ("Enclosed", "SnappedLine"),
    "zones.baseline.termini": ("Terminus",),
    "zones.cells.index": ("CellIndex",),
    "zones.cells.nearby": ("Nearby",),
    "zones.classification.nearest_limit": ("LimitIndex",),
    "zones.geodesy.segment_tree": ("SegmentTree", "Sides"),
    "zones.lines.equidistance": ("EquidistanceLine", "Tripoint"),
    "zones.lines.partition": ("DrawnLine", "Partition"),
    "zones.seabed.sector_lines": ("Junction", "Seabed", "SectorLine"),
    "zones.seabed.sectors": ("SectorIndex",),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}


def encode(values: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Values by name, each as a JSON-ready record, and the bytes of their arrays.

    Handles dataclasses, NamedTuples, numpy arrays of numbers, shapely geometries, mappings with text keys,
    tuples, lists, frozensets of text and plain scalars.
    """
    block = bytearray()
    return {name: _encode(value, block) for name, value in values.items()}, bytes(block)


class Decoded:
    """What `encode` was given, as attributes, each decoded when it is first wanted.

    Arrays are views of the block, not to be written to. A record that is none of `encode`, or names a type
    that is not kept, is a KeyError, ValueError or TypeError then.
    """

    def __init__(self, records: Mapping[str, Any], block: bytes | mmap) -> None:
        self._records = records
        self._memory = np.frombuffer(block, dtype=np.uint8)

    def __getattr__(self, name: str) -> Any:
        if name not in self._records:
            raise AttributeError(name)
        value = _decode(self._records[name], self._memory)
        setattr(self, name, value)
        return value


def _encode(value: Any, block: bytearray) -> Any:
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        block.extend(b"\0" * (-len(block) % _ALIGNMENT))
        place = len(block)
        block.extend(np.ascontiguousarray(value).tobytes())
        return {"$array": [value.dtype.str, list(value.shape), place]}
    if isinstance(value, shapely.Geometry):
        raw = np.frombuffer(shapely.to_wkb(value), dtype=np.uint8)
        return {"$geometry": _encode(raw, block)}
    if names := _fields_of(value):
        content = {name: _encode(getattr(value, name), block) for name in names}
        return {"$type": type(value).__name__, "$fields": content}
    if isinstance(value, Mapping):
        pairs = [[_encode(k, block), _encode(v, block)] for k, v in value.items()]
        return {"$mapping": pairs}
    if isinstance(value, (tuple, frozenset)):
        return {"$tuple": [_encode(item, block) for item in value]}
    if isinstance(value, list):
        return [_encode(item, block) for item in value]
    raise TypeError(f"cannot store a {type(value).__name__}")


def _fields_of(value: Any) -> tuple[str, ...]:
    """Names of the fields of a dataclass or NamedTuple."""
    if is_dataclass(value):
        return tuple(field.name for field in fields(value))
    return getattr(value, "_fields", ())


def _decode(record: Any, memory: Any) -> Any:
    if isinstance(record, list):
        return [_decode(item, memory) for item in record]
    if not isinstance(record, dict):
        return record
    if "$array" in record:
        dtype, shape, place = record["$array"]
        count = math.prod(shape) * np.dtype(dtype).itemsize
        return memory[place : place + count].view(dtype).reshape(shape)
    if "$geometry" in record:
        return shapely.from_wkb(_decode(record["$geometry"], memory).tobytes())
    if "$type" in record:
        content = {k: _decode(v, memory) for k, v in record["$fields"].items()}
        kept = getattr(import_module(_MODULE_OF[record["$type"]]), record["$type"])
        return kept(**content)
    if "$mapping" in record:
        return {_decode(k, memory): _decode(v, memory) for k, v in record["$mapping"]}
    return tuple(_decode(item, memory) for item in record["$tuple"])
