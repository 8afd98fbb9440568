"""Makes machine code of the functions that answer. Imported only where there is none yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import llvmlite.binding as llvm
import numpy as np
from llvmlite import ir
from numba import cfunc, from_dtype, njit, types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.arrayobj import populate_array

from zones.compiled import OPTIONS
from zones.machine_code import FLAG, NUMBER, SLOT_BYTES, Array, MachineCode, Room

if TYPE_CHECKING:
    from llvmlite.binding import ModuleRef, TargetMachine

# What plain code may call: it is in every process.
_SYSTEM = frozenset(
    (
        *("acos", "asin", "atan", "atan2", "ceil", "cos", "exp", "fabs", "floor", "fmod", "hypot", "log"),
        *("memcpy", "memmove", "memset", "pow", "sin", "sincos", "sqrt", "tan"),
    )
)
_UNCOUNTED = """
target triple = "{triple}"
target datalayout = "{layout}"
define void @NRT_incref(ptr %owner) {{
  ret void
}}
define void @NRT_decref(ptr %owner) {{
  ret void
}}
"""
_running: list[Any] = []  # what the compiler made lives as long as these


class NotPlainError(Exception):
    """The compiler made code that calls more than the mathematical functions of the system."""


def plain_code(made: MachineCode, target: TargetMachine) -> bytes:
    """Object code of a function, under its name, that needs nothing of the compiler's.

    Raises
    ------
    NotPlainError
    """
    callback = _callback(made)
    module = llvm.parse_assembly(callback.inspect_llvm())
    _count_no_owners(module)
    for function in module.functions:
        if not function.is_declaration and function.name != callback.native_name:
            function.linkage = "internal"
    # With one function visible it shows that none fails: what would report failures is dropped.
    builder = llvm.create_pass_builder(target, llvm.create_pipeline_tuning_options(speed_level=3))
    builder.getModulePassManager().run(module, builder)
    called = [one.name for one in module.functions if one.is_declaration]
    foreign = [name for name in called if not name.startswith("llvm.") and name not in _SYSTEM]
    if foreign:
        raise NotPlainError(f"its code calls {', '.join(foreign)}")
    module.get_function(callback.native_name).name = made.name
    return bytes(target.emit_object(module))


def running_address(made: MachineCode) -> int:
    """Where the code of a function begins in this process, which has the compiler."""
    callback = _callback(made)
    _running.append(callback)
    return int(callback.address)


def _count_no_owners(module: ModuleRef) -> None:
    """Drop the counting of who uses an array's memory: here none owns any, and it would never be freed."""
    uncounted = _UNCOUNTED.format(triple=module.triple, layout=module.data_layout)
    try:
        module.link_in(llvm.parse_assembly(uncounted))
    except RuntimeError as error:
        raise NotPlainError(str(error)) from error


def _callback(made: MachineCode) -> Any:
    """The function behind a frame, as the compiler compiles it for callers that are not Python."""
    function = njit(**OPTIONS)(made.function)
    taken = _taken(made)
    give = _giving(made)

    def answer(address):
        give(address, function(*taken(address)))

    return cfunc(types.void(types.int64), error_model=OPTIONS["error_model"])(answer)


def _taken(made: MachineCode) -> Any:
    """A function of the compiler's own kind that makes a tuple of all that a frame holds."""

    @intrinsic
    def taken(_typing: Any, _address: Any) -> Any:
        kinds = (*made.given, *made.rooms)
        whole = types.Tuple([_type(kind) for kind in kinds])

        def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            (address,) = arguments
            slots = _Slots(context, builder, address)
            values = [slots.take(kind) for kind in made.given]
            slots.number = made.rooms_slot
            values += [slots.take_room(room) for room in made.rooms]
            return context.make_tuple(builder, whole, values)

        return whole(types.int64), generate

    return taken


def _giving(made: MachineCode) -> Any:
    """A function of the compiler's own kind that puts what a function gives into a frame."""

    @intrinsic
    def give(_typing: Any, _address: Any, found: Any) -> Any:
        several = isinstance(found, types.BaseTuple)
        from_types = list(found) if several else [found][: len(made.gives)]

        def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            address, value = arguments
            values = cgutils.unpack_tuple(builder, value) if several else [value]
            for number, (letter, kind) in enumerate(zip(made.gives, from_types, strict=True)):
                slot_type = types.float64 if letter == NUMBER else types.int64
                given = context.cast(builder, values[number], kind, slot_type)
                slot = builder.add(address, address.type(SLOT_BYTES * (made.gives_slot + number)))
                builder.store(given, builder.inttoptr(slot, given.type.as_pointer()))
            return context.get_dummy_value()

        return types.void(types.int64, found), generate

    return give


def _type(kind: Any) -> Any:
    """What the compiler calls a kind."""
    if isinstance(kind, tuple):
        return types.Tuple([_type(one) for one in kind])
    if isinstance(kind, Room):
        return types.Array(from_dtype(np.dtype(kind.dtype)), len(kind.shape), "C")
    if isinstance(kind, Array):
        return types.Array(from_dtype(np.dtype(kind.dtype)), kind.dimensions, "C")
    return {NUMBER: types.float64, FLAG: types.boolean}.get(kind, types.int64)


class _Slots:
    """Reads slots one after another, in the code that is made."""

    def __init__(self, context: Any, builder: Any, address: Any) -> None:
        self._context = context
        self._builder = builder
        self._address = address
        self.number = 0

    def take(self, kind: Any) -> Any:
        """The value that begins at the next slot."""
        builder = self._builder
        if isinstance(kind, tuple):
            return _Slots(self._context, builder, self._load())._take_all(kind)
        if isinstance(kind, Array):
            data, shape = self._load(), [self._load() for _ in range(kind.dimensions)]
            return self._array(_type(kind), data, shape)
        if kind == NUMBER:
            return self._load(ir.DoubleType())
        value = self._load()
        return builder.icmp_signed("!=", value, value.type(0)) if kind == FLAG else value

    def take_room(self, room: Room) -> Any:
        """The room that begins at the next slot."""
        data = self._here()
        self.number += room.length
        return self._array(_type(room), data, [data.type(size) for size in room.shape])

    def _take_all(self, kinds: tuple[Any, ...]) -> Any:
        """Arrays and tuples of them, which a table has without gaps."""
        values = [self._take_all(one) if isinstance(one, tuple) else self.take(one) for one in kinds]
        return self._context.make_tuple(self._builder, _type(kinds), values)

    def _here(self) -> Any:
        return self._builder.add(self._address, self._address.type(SLOT_BYTES * self.number))

    def _load(self, kind: Any = None) -> Any:
        pointer = self._builder.inttoptr(self._here(), (kind or self._address.type).as_pointer())
        self.number += 1
        return self._builder.load(pointer)

    def _array(self, kind: Any, data: Any, shape: list[Any]) -> Any:
        array = self._context.make_array(kind)(self._context, self._builder)
        size = data.type(kind.dtype.bitwidth // 8 if kind.dtype is not types.boolean else 1)
        strides = [size]
        for length in reversed(shape[1:]):
            strides.insert(0, self._builder.mul(length, strides[0]))
        populate_array(
            array, self._builder.inttoptr(data, array.data.type), shape, strides, size, meminfo=None
        )
        return array._getvalue()
