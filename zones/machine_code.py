"""The functions that answer, as machine code that is kept on disk and loaded without the compiler.

To load the compiler takes longer than all else that a start does, and it stays in memory. So what an
open edition answers with is compiled once, to plain code that calls nothing but the mathematical
functions of the system, and later only loaded.

Such a function takes and gives numbers, and takes arrays. One block of memory, the frame, holds in
slots of 8 bytes what it is given, then what it gives, then room to work in.
"""

from __future__ import annotations

import ctypes
import functools
import hashlib
import logging
import math
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from zones.compiled import code_folder
from zones.kept_files import keep, read_kept

if TYPE_CHECKING:
    from llvmlite.binding import ExecutionEngine, TargetMachine

SLOT_BYTES = 8
INTEGER, NUMBER, FLAG = "q", "d", "?"  # whole and floating-point numbers, and booleans

_log = logging.getLogger("caspian")
_loading = threading.RLock()


@dataclass(frozen=True, slots=True)
class Array:
    """An array without gaps, last index fastest: in the frame its address and its shape."""

    dtype: str
    dimensions: int = 1

    def slots(self, array: npt.NDArray[Any]) -> tuple[int, ...]:
        """What stands for an array.

        Raises
        ------
        TypeError
            It is an array of another kind (a defect).
        """
        is_of_kind = array.dtype == self.dtype and array.ndim == self.dimensions
        if not is_of_kind or not array.flags.c_contiguous:
            raise TypeError(f"{self} is needed, not {array.dtype} of shape {array.shape}")
        return (array.ctypes.data, *array.shape)


@dataclass(frozen=True, slots=True)
class Room:
    """An array of one function's own to work in, of numbers of 8 bytes, filled with zeros."""

    dtype: str
    shape: tuple[int, ...]

    @property
    def length(self) -> int:
        """How many numbers it has."""
        return math.prod(self.shape)


FLOATS, FLOAT_ROWS = Array("float64"), Array("float64", 2)
INTEGERS, INTEGER_ROWS = Array("int64"), Array("int64", 2)


def floats(*columns: npt.ArrayLike) -> list[npt.NDArray[np.float64]]:
    """Columns of numbers of one length, as machine code takes them.

    Raises
    ------
    ValueError
        Their shapes differ, or are no columns'.
    """
    made = [np.ascontiguousarray(column, dtype=np.float64) for column in columns]
    if any(one.ndim != 1 or one.shape != made[0].shape for one in made):
        raise ValueError(f"columns of one length are needed, not {[one.shape for one in made]}")
    return made


def points(rows: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Rows of three coordinates, as machine code takes them.

    Raises
    ------
    ValueError
        They are of another shape.
    """
    made = np.ascontiguousarray(rows, dtype=np.float64)
    if made.ndim != 2 or made.shape[1] != 3:
        raise ValueError(f"rows of x, y, z are needed, not {made.shape}")
    return made


Arrays = tuple[Any, ...]  # of Array, or of such tuples
Kind = str | Array | Room | Arrays


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """Arrays laid out once for many calls.

    Attributes
    ----------
    kinds : tuple
        Of each array.
    table : ndarray
        Address and shape of each, one after another.
    arrays : tuple
        The arrays themselves, which must live as long.
    address : int
        Of the table.
    """

    kinds: Arrays
    table: npt.NDArray[np.int64]
    arrays: tuple[Any, ...]
    address: int


def pack(kinds: Arrays, arrays: tuple[Any, ...]) -> Packed:
    """Lay arrays out, given as `kinds` names them.

    Raises
    ------
    TypeError
        An array is of another kind (a defect).
    """
    table = np.array(list(_table(kinds, arrays)), dtype=np.int64)
    return Packed(kinds, table, arrays, table.ctypes.data)


def _table(kinds: Arrays, arrays: Sequence[Any]) -> Iterator[int]:
    for kind, array in zip(kinds, arrays, strict=True):
        yield from _table(kind, array) if isinstance(kind, tuple) else kind.slots(array)


class MachineCode:
    """A function whose compiled code is loaded, or made and kept, at its first call.

    Attributes
    ----------
    function : callable
        Of what is given and the rooms; what the compiler compiles.
    given, rooms, gives : tuple
        Kinds of the one and the other.
    """

    def __init__(
        self, function: Callable[..., Any], kinds: Sequence[Kind], gives: Sequence[str], *, brief: bool
    ) -> None:
        functools.update_wrapper(self, function)
        self.function = function
        self.given = tuple(kind for kind in kinds if not isinstance(kind, Room))
        self.rooms = tuple(kind for kind in kinds if isinstance(kind, Room))
        self.gives = tuple(gives)
        if tuple(kinds) != (*self.given, *self.rooms):
            raise TypeError("rooms come last")
        self._packed = [at for at, kind in enumerate(self.given) if isinstance(kind, tuple)]
        self._has_arrays = any(isinstance(kind, Array) for kind in self.given)
        self._form = struct.Struct("".join(_letters(kind) for kind in self.given).replace(FLAG, INTEGER))
        self._gives_form = struct.Struct("".join(self.gives).replace(FLAG, INTEGER))
        self.gives_slot = self._form.size // SLOT_BYTES
        self.rooms_slot = self.gives_slot + len(self.gives)
        slots = self.rooms_slot + sum(room.length for room in self.rooms)
        self._frame = ctypes.c_char * (slots * SLOT_BYTES)
        # A call that keeps the interpreter's lock is for what takes microseconds: to get the lock back
        # would take longer.
        self._call = (ctypes.PYFUNCTYPE if brief else ctypes.CFUNCTYPE)(None, ctypes.c_void_p)
        self._code: Callable[[Any], None] | None = None

    @property
    def name(self) -> str:
        """Module and name of the function."""
        return f"{self.function.__module__}.{self.function.__name__}"

    def __call__(self, *given: Any) -> Any:
        """What the function gives: nothing, one number, or a tuple of numbers.

        Raises
        ------
        TypeError
            An array is of another kind than said (a defect).
        """
        frame = self._frame()
        self._form.pack_into(frame, 0, *self._values(given))
        (self._code or self._loaded())(frame)
        if not self.gives:
            return None
        found = self._gives_form.unpack_from(frame, self._form.size)
        return found if len(found) > 1 else found[0]

    def _values(self, given: Sequence[Any]) -> list[Any]:
        """What the slots of the arguments hold."""
        for at in self._packed:
            if given[at].kinds is not self.given[at]:
                raise TypeError(f"{self.name}: arrays of other kinds")
        if not self._has_arrays:  # positions one by one come this way
            return [value.address if type(value) is Packed else value for value in given]
        values: list[Any] = []
        for kind, value in zip(self.given, given, strict=True):
            if isinstance(kind, str):
                values.append(value)
            elif isinstance(kind, Array):
                values += kind.slots(value)
            else:
                values.append(value.address)
        return values

    def _loaded(self) -> Callable[[Any], None]:
        with _loading:
            if self._code is None:
                self._code = self._call(_address(self))
            return self._code


def machine_code(
    *kinds: Kind, gives: Sequence[str] = (), brief: bool = False
) -> Callable[[Callable[..., Any]], MachineCode]:
    """Decorate a function that answers; `kinds` are those of its parameters, rooms last.

    Parameters
    ----------
    kinds : INTEGER, NUMBER, FLAG, Array, tuple of Array (given as `Packed`), Room
    gives : sequence of INTEGER, NUMBER
        What it returns: nothing, one number, or a tuple of them.
    brief : bool
        It takes microseconds, and keeps the interpreter's lock.
    """
    return lambda function: MachineCode(function, kinds, gives, brief=brief)


def _letters(kind: Kind) -> str:
    if isinstance(kind, str):
        return kind
    return INTEGER * (1 + kind.dimensions) if isinstance(kind, Array) else INTEGER


# Code on disk.


def _address(made: MachineCode) -> int:
    """Where the code of a function begins, once it is loaded, or made and kept."""
    path = code_folder() / f"{made.name}-{_processor()[2]}.code"
    code = read_kept(path)
    if code is None:
        from zones.compiler import NotPlainError, plain_code, running_address

        try:
            code = plain_code(made, target_machine())
        except NotPlainError as error:
            # Another compiler may make other code; it is right all the same, but for this process alone.
            _log.warning("%s is compiled at every start: %s", made.name, error)
            return running_address(made)
        keep(path, code)
    return _load(made.name, code)


def _load(name: str, code: bytes) -> int:
    import llvmlite.binding as llvm

    engine = _engine()
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    return int(engine.get_function_address(name))


@functools.cache
def _engine() -> ExecutionEngine:
    import llvmlite.binding as llvm

    return llvm.create_mcjit_compiler(llvm.parse_assembly(""), target_machine())


def target_machine() -> TargetMachine:
    """What code is made and loaded for: this processor."""
    import llvmlite.binding as llvm

    processor, features, _ = _processor()
    target = llvm.Target.from_default_triple()
    return target.create_target_machine(
        cpu=processor, features=features, opt=3, codemodel="jitdefault", jit=True
    )


@functools.cache
def _processor() -> tuple[str, str, str]:
    """The processor, what it can do, and a key for both and the compiler."""
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    processor, features = llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()
    known = "\n".join([llvm.get_process_triple(), processor, features, version("llvmlite"), version("numba")])
    return processor, features, hashlib.sha256(known.encode()).hexdigest()[:16]
