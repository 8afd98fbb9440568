"""Compiled answers are those of the plain functions and, once made, need no compiler."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from zones import compiler, machine_code
from zones.cells import zones_of
from zones.compiled import _sources, code_folder, compiled
from zones.edition import Edition
from zones.ellipsoid import to_earth_centred
from zones.kept_files import read_kept
from zones.machine_code import (
    FLAG,
    FLOAT_ROWS,
    FLOATS,
    INTEGER,
    INTEGERS,
    NUMBER,
    Array,
    MachineCode,
    Room,
    pack,
)
from zones.measuring import _measure_many, _measure_one
from zones.nearest import nearest_of_groups
from zones.rule import decide_many
from zones.store import Store

PAIR = (FLOATS, (INTEGERS, Array("bool")))
ROOT = Path(__file__).resolve().parents[2]


@compiled
def twice(value):
    return 2.0 * value


def everything(pair, rows, count, share, is_odd, room):
    numbers, (codes, flags) = pair
    for k in range(len(codes)):
        room[k, 1] = codes[k]
        if flags[k]:
            rows[k, 2] = twice(numbers[k]) + share
    return count + room[:, 1].sum() if is_odd else -count, twice(share), room[0, 0]


KINDS = (PAIR, FLOAT_ROWS, INTEGER, NUMBER, FLAG, Room("int64", (4, 2)))
GIVES = (INTEGER, NUMBER, INTEGER)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for compiled code."""
    monkeypatch.setenv("CASPIAN_CACHE", str(tmp_path))
    code_folder.cache_clear()
    yield code_folder()
    code_folder.cache_clear()


def made(name: str, *, brief: bool = False) -> MachineCode:
    code = MachineCode(everything, KINDS, GIVES, brief=brief)
    code.function = type(everything)(everything.__code__, everything.__globals__, name)
    return code


def check(code: MachineCode) -> None:
    numbers, codes, flags = np.array([1.5, 2.5, 3.5]), np.array([7, 8, 9]), np.array([True, False, True])
    rows = np.zeros((3, 3))
    packed = pack(PAIR, (numbers, (codes, flags)))
    assert code(packed, rows, 100, 0.25, True) == (124, 0.5, 0)
    assert rows.tolist() == [[0, 0, 3.25], [0, 0, 0], [0, 0, 7.25]]
    assert code(packed, rows, 100, 0.25, False) == (-100, 0.5, 0)


@pytest.mark.parametrize("brief", [False, True])
def test_what_is_given_and_what_comes_back(cache: Path, brief: bool) -> None:
    check(made("told", brief=brief))
    assert [path.name.partition("-")[0] for path in cache.glob("*.code")] == [f"{__name__}.told"]


def test_code_that_is_kept_is_not_made_again(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check(made("kept"))
    monkeypatch.setattr(compiler, "plain_code", None)
    check(made("kept"))


def test_damaged_code_is_made_again(cache: Path) -> None:
    check(made("damaged"))
    (path,) = cache.glob("*.code")
    path.write_bytes(path.read_bytes()[:-100] + bytes(100))
    assert read_kept(path) is None
    check(made("damaged"))
    assert read_kept(path) is not None


def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(machine_code, "code_folder", lambda: tmp_path / "file" / "folder")
    check(made("homeless"))


def test_code_that_is_not_plain_runs_beside_its_compiler(
    cache: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object) -> bytes:
        raise compiler.NotPlainError("its code calls for help")

    monkeypatch.setattr(compiler, "plain_code", refuse)
    check(made("dependent"))
    assert "its code calls for help" in caplog.text
    assert not list(cache.glob("*.code"))


def test_what_allocates_is_not_plain() -> None:
    def grows(count):
        return np.arange(count).sum()

    with pytest.raises(compiler.NotPlainError, match="NRT_"):
        compiler.plain_code(
            MachineCode(grows, (INTEGER,), (INTEGER,), brief=True), machine_code.target_machine()
        )


def test_arrays_of_another_kind_are_refused(cache: Path) -> None:
    code = made("strict")
    numbers, codes, flags = np.ones(3), np.ones(3, dtype=np.int64), np.ones(3, dtype=bool)
    packed = pack(PAIR, (numbers, (codes, flags)))
    for rows in (np.zeros((3, 3), dtype=np.float32), np.zeros(9), np.zeros((3, 6))[:, ::2]):
        with pytest.raises(TypeError, match="is needed"):
            code(packed, rows, 1, 0.0, True)
    with pytest.raises(TypeError, match="is needed"):
        pack(PAIR, (codes, (codes, flags)))
    with pytest.raises(ValueError, match="argument"):
        pack(PAIR, (numbers, (codes,)))
    with pytest.raises(TypeError, match="other kinds"):
        code(pack((FLOATS,), (numbers,)), np.zeros((3, 3)), 1, 0.0, True)
    with pytest.raises(TypeError, match="rooms come last"):
        MachineCode(everything, (Room("int64", (1,)), INTEGER), (), brief=True)


def test_numbers_of_any_kind_are_taken(edition: Edition) -> None:
    wide = np.array([[50, 42], [51, 43], [49, 40]])
    right = [part.tolist() for part in edition.zones_of(wide[:, 0].astype(float), wide[:, 1].astype(float))]
    at = to_earth_centred(wide)
    for kind in ("f4", "i8", ">f8"):
        lon, lat = wide.astype(kind).T
        assert [part.tolist() for part in zones_of(edition.rule, edition.cells, lon, lat)] == right
        assert decide_many(edition.rule, lon, lat).zone.tolist() == right[0]
        assert nearest_of_groups(edition.rule.baseline.tree, at.astype(kind), [0])[0].shape == (3, 1)
        assert len(edition.sectors.locate(at.astype(kind)[::-1])[0]) == 3


def test_shapes_that_do_not_fit_are_refused(edition: Edition) -> None:
    """Machine code would read on behind the end of an array."""
    lon, lat, at = np.full(5, 50.0), np.full(4, 42.0), np.zeros((5, 2))
    tree = edition.rule.baseline.tree
    for ask in (
        lambda: decide_many(edition.rule, lon, lat),
        lambda: zones_of(edition.rule, edition.cells, lon, lat),
        lambda: zones_of(edition.rule, edition.cells, at, at),
        lambda: edition.sectors.locate(at),
        lambda: nearest_of_groups(tree, at, [0]),
        lambda: nearest_of_groups(tree, np.zeros((5, 3)), [99]),
        lambda: nearest_of_groups(tree, np.zeros((5, 3)), [-1]),
    ):
        with pytest.raises(ValueError, match=r"needed|numbered"):
            ask()


def test_code_is_kept_by_all_that_it_is_made_of(tmp_path: Path) -> None:
    """Constants of other modules are part of it."""
    folder = tmp_path / "zones"
    shutil.copytree(Path(machine_code.__file__).parent, folder, ignore=shutil.ignore_patterns("__pycache__"))
    sources = _sources(folder)
    assert {"rule", "baseline", "words", "ellipsoid", "compiler", "machine_code", "compiled"} <= set(sources)
    assert "store" not in sources
    constants = folder / "baseline.py"
    constants.write_text(constants.read_text().replace("LAND_REGION = 0", "LAND_REGION = 7"))
    assert _sources(folder) != sources


def test_answers_are_those_of_the_interpreter(edition: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    """The functions behind the machine code, run by Python itself."""
    random = np.random.default_rng(5)
    lon, lat = random.uniform(46.0, 55.0, 300), random.uniform(36.0, 47.5, 300)
    ground = edition.classifier.ground
    codes, numbers = np.empty((8, 300), dtype=np.int64), np.empty((5, 300))
    _measure_many(ground.packed, ground.accuracy_m, lon, lat, True, True, codes, numbers)
    monkeypatch.setattr(compiled, "__call__", lambda self, *arguments: self.function(*arguments))
    rooms = [np.zeros(room.shape, dtype=room.dtype) for room in _measure_many.rooms]
    plain_codes, plain_numbers = np.empty_like(codes), np.empty_like(numbers)
    _measure_many.function(
        ground.packed.arrays, ground.accuracy_m, lon, lat, True, True, plain_codes, plain_numbers, *rooms
    )
    assert np.array_equal(codes, plain_codes)
    assert np.array_equal(numbers, plain_numbers, equal_nan=True)
    for number in range(300):
        one = _measure_one(ground.packed, ground.accuracy_m, lon[number], lat[number])
        assert np.array_equal(one, [*codes[:, number], *numbers[:, number]], equal_nan=True)


def test_to_answer_no_compiler_is_loaded(real_store: Store) -> None:
    program = """
import sys
import numpy as np
from pathlib import Path
from zones.crossings import cross
from zones.kept_files import read_kept
from zones.nearest import nearest_of_groups
from zones.rule import decide_many
from zones.store import Store
edition = Store(Path(sys.argv[1])).edition("osm")
edition.classify_one(50.5, 42.5, compare=True)
edition.classify(np.array([50.5, 51.0]), np.array([42.5, 43.0]), compare=True)
edition.zones_of(np.array([50.5]), np.array([42.5]))
cross(edition, {"type": "LineString", "coordinates": [[49.9, 40.3], [53.0, 40.0], [51.0, 44.5]]})
edition.turning_points("limits")
print(*sorted({"numba", "scipy", "pyogrio", "matplotlib"} & set(sys.modules)))
"""
    for _ in range(2):  # the first time it may have to be made
        done = subprocess.run(
            [sys.executable, "-c", program, str(real_store.folder)],
            cwd=ROOT, env=os.environ, capture_output=True, text=True, check=True, timeout=300,
        )  # fmt: skip
    assert done.stdout == "\n"
