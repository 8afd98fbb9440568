"""Dataclasses, NamedTuples, arrays and geometries as one JSON record and one block of bytes, and back.

No code is stored or run on reading: only the types named by the caller are made again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import shapely

_ALIGNMENT = 64


def encode(value: Any) -> tuple[Any, bytes]:
    """A value as a JSON-ready record and the bytes of its arrays.

    Handles dataclasses, NamedTuples, numpy arrays of numbers, shapely geometries, mappings with text keys,
    tuples, lists, frozensets of text and plain scalars.
    """
    block = bytearray()
    return _encode(value, block), bytes(block)


def decode(record: Any, block: bytes | bytearray, types: Mapping[str, type]) -> Any:
    """What `encode` was given; arrays are views of the block, not to be written to.

    Raises
    ------
    KeyError, ValueError, TypeError
        The record is not one of `encode`, or names a type that is not in ``types``.
    """
    memory = np.frombuffer(bytes(block), dtype=np.uint8)
    return _decode(record, memory, types)


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
    if is_dataclass(value) and not isinstance(value, type):
        content = {f.name: _encode(getattr(value, f.name), block) for f in fields(value)}
        return {"$type": type(value).__name__, "$fields": content}
    if isinstance(value, tuple) and hasattr(value, "_fields"):  # a NamedTuple
        content = {name: _encode(getattr(value, name), block) for name in value._fields}
        return {"$type": type(value).__name__, "$fields": content}
    if isinstance(value, Mapping):
        pairs = [[_encode(k, block), _encode(v, block)] for k, v in value.items()]
        return {"$mapping": pairs}
    if isinstance(value, (tuple, frozenset)):
        return {"$tuple": [_encode(item, block) for item in value]}
    if isinstance(value, list):
        return [_encode(item, block) for item in value]
    raise TypeError(f"cannot store a {type(value).__name__}")


def _decode(record: Any, memory: Any, types: Mapping[str, type]) -> Any:
    if isinstance(record, list):
        return [_decode(item, memory, types) for item in record]
    if not isinstance(record, dict):
        return record
    if "$array" in record:
        dtype, shape, place = record["$array"]
        count = int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
        return memory[place : place + count].view(dtype).reshape(shape)
    if "$geometry" in record:
        return shapely.from_wkb(_decode(record["$geometry"], memory, types).tobytes())
    if "$type" in record:
        content = {k: _decode(v, memory, types) for k, v in record["$fields"].items()}
        return types[record["$type"]](**content)
    if "$mapping" in record:
        return {_decode(k, memory, types): _decode(v, memory, types) for k, v in record["$mapping"]}
    return tuple(_decode(item, memory, types) for item in record["$tuple"])
