"""Where compiled code is kept, for what kinds of arrays it is made, and what it refuses."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import zones
from zones.arrays import columns, numbers, points, read_only
from zones.cache_folder import CACHE_VARIABLE
from zones.cells.labels import labels_of
from zones.compiled import PLAIN_VARIABLE, sources_hash
from zones.editions.edition import Edition
from zones.geodesy.ellipsoid import geodesic_lengths, to_earth_centred
from zones.geodesy.nearest import nearest_of_groups
from zones.rule.rule import RuleArrays, decide_many

ROOT = Path(__file__).resolve().parents[2]
SOURCES = Path(zones.__file__).parent
PROGRAM = """
import sys
{before}
from zones.geodesy.ellipsoid import geodesic_length
assert 0.9 < geodesic_length(6378137.0, 0.0, 0.0, 6378137.0, 1.0, 0.0) < 1.1
print("numba" in sys.modules)
"""


def run(cache: Path, before: str = "", **environment: str) -> bool:
    """Have one function compiled in a process of its own; whether the compiler was loaded."""
    printed = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(before=before)],
        cwd=ROOT, env={**os.environ, CACHE_VARIABLE: str(cache), **environment},
        capture_output=True, text=True, check=True, timeout=300,
    ).stdout  # fmt: skip
    return printed == "True\n"


def kept(cache: Path) -> list[Path]:
    return sorted(cache.rglob("*.nbc"))


def test_code_is_kept_in_a_folder_for_the_sources_whatever_the_environment_says(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    assert run(tmp_path / "cache", NUMBA_CACHE_DIR=str(mine))
    assert not mine.exists()
    made = kept(tmp_path / "cache")
    assert made
    assert {path.relative_to(tmp_path).parts[:3] for path in made} == {
        ("cache", "compiled", sources_hash(SOURCES))
    }
    before = [(path, path.stat().st_mtime_ns) for path in made]
    assert run(tmp_path / "cache")
    assert [(path, path.stat().st_mtime_ns) for path in kept(tmp_path / "cache")] == before


@pytest.mark.parametrize("ending", ["nbi", "nbc"])
def test_what_was_cut_off_is_compiled_again(tmp_path: Path, ending: str) -> None:
    assert run(tmp_path)
    made = sorted(tmp_path.rglob(f"*.{ending}"))
    sizes = [path.stat().st_size for path in made]
    assert made
    for path, size in zip(made, sizes, strict=True):
        os.truncate(path, size // 2)
        os.truncate(path, size - 1)  # zeros, as a file system leaves behind a failure of power
    assert run(tmp_path)
    assert sorted(tmp_path.rglob(f"*.{ending}")) == made
    assert [path.stat().st_size for path in made] == sizes
    os.truncate(made[0], 0)
    assert run(tmp_path)
    assert made[0].stat().st_size == sizes[0]


def test_where_the_compiler_was_loaded_before_nothing_is_kept(tmp_path: Path) -> None:
    assert run(tmp_path, "import numba")
    assert kept(tmp_path) == []


def test_from_a_folder_open_to_others_nothing_is_loaded(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    assert run(tmp_path)
    assert kept(tmp_path) == []


@pytest.mark.parametrize(("before", "environment"), [
    ("", {PLAIN_VARIABLE: "1"}),
    ("from zones.compiled import stay_plain; assert stay_plain()", {}),
])  # fmt: skip
def test_plain_functions_need_no_compiler(tmp_path: Path, before: str, environment: dict[str, str]) -> None:
    assert not run(tmp_path, before, **environment)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("before", "environment"), [
    ("from zones.compiled import stay_plain; assert not stay_plain()", {PLAIN_VARIABLE: "0"}),
    ("import zones.geodesy.ellipsoid; from zones.compiled import stay_plain; assert not stay_plain()", {}),
])  # fmt: skip
def test_what_is_compiled_does_not_become_plain(
    tmp_path: Path, before: str, environment: dict[str, str]
) -> None:
    assert run(tmp_path, before, **environment)


def test_the_folder_is_another_one_for_any_other_source(tmp_path: Path) -> None:
    package = tmp_path / "zones"
    shutil.copytree(SOURCES, package, ignore=shutil.ignore_patterns("__pycache__"))
    known = sources_hash(package)
    assert known == sources_hash(SOURCES)
    constants = package / "baseline" / "baseline.py"
    constants.write_text(constants.read_text().replace("LAND_REGION = 0", "LAND_REGION = 7"))
    changed = sources_hash(package)
    constants.rename(package / "baseline" / "base.py")
    assert len({known, changed, sources_hash(package)}) == 3


def test_what_compiled_code_reads_is_of_one_kind(edition: Edition) -> None:
    """Read-only, also where it was just built, so that each function is compiled once."""

    def arrays(record):
        if isinstance(record, np.ndarray):
            yield record
        elif isinstance(record, tuple):
            for part in record:
                yield from arrays(part)

    ground = edition.classifier.ground.arrays
    read = [*arrays(ground), *arrays(edition.cells)]
    assert isinstance(ground.rule, RuleArrays)
    assert len(read) > 20
    for array in read:
        flags = array.flags
        assert (flags.c_contiguous, flags.aligned, flags.writeable) == (True, True, False)


def test_given_arrays_are_taken_read_only_and_left_as_they_are() -> None:
    base = np.arange(12.0)
    strange = np.frombuffer(b"\0" + base.tobytes(), dtype=np.uint8)[1:].view(np.float64)
    for column in (base, base[::2], base.astype("f4"), base.astype(">f8"), base.tolist(), strange):
        made = numbers(column)
        assert made.tolist() == list(column)
        assert made.dtype == np.float64
        assert (made.flags.c_contiguous, made.flags.aligned, made.flags.writeable) == (True, True, False)
    assert base.flags.writeable
    rows = base.reshape(4, 3)
    assert points(rows[::-1]).tolist() == rows[::-1].tolist()
    assert [len(one) for one in columns(base, strange)] == [12, 12]
    fixed = np.zeros((2, 4))[:, ::2]
    assert read_only((fixed,))[0].flags.c_contiguous


def test_one_position_is_labelled_as_a_row_alone(edition: Edition) -> None:
    alone, row = edition.labels(lon=49.97, lat=40.1), edition.labels(lon=[49.97], lat=[40.1])
    assert [one.tolist() for one in alone] == [one.tolist() for one in row]


def test_numbers_of_any_kind_are_taken(edition: Edition) -> None:
    wide = np.array([[50, 42], [51, 43], [49, 40]])
    right = [
        part.tolist() for part in edition.labels(lon=wide[:, 0].astype(float), lat=wide[:, 1].astype(float))
    ]
    at = to_earth_centred(wide)
    for kind in ("f4", "i8", ">f8"):
        lon, lat = wide.astype(kind).T
        assert [part.tolist() for part in labels_of(edition.cells, lon, lat)] == right
        assert decide_many(edition.rule, lon, lat).zone.tolist() == right[0]
        assert nearest_of_groups(edition.rule.baseline.tree, at.astype(kind), [0])[0].shape == (3, 1)
        assert len(edition.sectors.locate(at.astype(kind)[::-1])[0]) == 3
    assert (
        edition.classify_one(lon=50, lat=42)["zone"]
        == edition.classify_one(lon=50.0, lat=np.float32(42))["zone"]
    )
    assert len(geodesic_lengths(at, at)) == 3


def test_shapes_that_do_not_fit_are_refused(edition: Edition) -> None:
    """Compiled code would read on behind the end of an array."""
    lon, lat, at = np.full(5, 50.0), np.full(4, 42.0), np.zeros((5, 2))
    tree = edition.rule.baseline.tree
    for ask in (
        lambda: decide_many(edition.rule, lon, lat),
        lambda: labels_of(edition.cells, lon, lat),
        lambda: labels_of(edition.cells, at, at),
        lambda: edition.sectors.locate(at),
        lambda: nearest_of_groups(tree, at, [0]),
        lambda: nearest_of_groups(tree, np.zeros((5, 3)), [99]),
        lambda: nearest_of_groups(tree, np.zeros((5, 3)), [-1]),
    ):
        with pytest.raises(ValueError, match=r"needed|numbered"):
            ask()
