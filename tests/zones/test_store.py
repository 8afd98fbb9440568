"""Editions in the cache: opened as built, built again when damaged, never half-written."""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import os
import shutil
import subprocess
import sys
from mmap import mmap
from pathlib import Path

import numpy as np
import pytest
import shapely
from filelock import FileLock

from coastlines import SOURCE_IDS
from zones.cells import index
from zones.editions import building
from zones.editions.derived import DERIVED
from zones.editions.identity import FORMAT, read_inputs
from zones.editions.store import CACHE_VARIABLE, Store
from zones.errors import BaselineError, BreadthError, CacheError, EffectError, UnknownEditionError
from zones.parameters import Parameters

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def copied(store, edition, tmp_path) -> Store:
    """A store of its own with the default edition in it."""
    shutil.copytree(store.folder / edition.name, tmp_path / "cache" / edition.name)
    return Store(tmp_path / "cache")


@pytest.fixture
def builds(recorded, edition, monkeypatch) -> list[str]:
    """What is built, by name; what was built before in this session is taken from there, as is its index."""
    names: list[str] = []
    genuine = building.build

    def build(*arguments, **options):
        name = options["name"]
        names.append(name)
        if name not in recorded:
            recorded[name] = genuine(*arguments, **options)
        return recorded[name]

    monkeypatch.setattr(building, "build", build)
    monkeypatch.setattr(index, "make_index", lambda *given: edition.cells.cells)
    return names


def test_an_edition_opened_again_is_the_one_built(recorded, edition, rng) -> None:
    built = recorded[edition.name]
    assert json.dumps(edition.metadata) == json.dumps(built.metadata)
    for field in ("start", "end", "state", "kind"):
        assert np.array_equal(getattr(edition.rule.baseline, field), getattr(built.baseline, field))
    for opened, made in zip(edition.rule.baseline.sides, built.baseline.sides, strict=True):
        assert np.array_equal(opened, made)
    assert list(edition.collections) == [*built.collections, *DERIVED]
    for name, collection in built.collections.items():
        again = edition.collections[name].features
        assert [f.id for f in again] == [f.id for f in collection.features]
        for one, other in zip(again, collection.features, strict=True):
            assert shapely.equals_exact(one.geometry, other.geometry, 0.0)
            assert dict(one.properties) == dict(other.properties)
            assert list(one.properties) == list(other.properties)
    for one, other in zip(edition.partition.lines, built.partition.lines, strict=True):
        assert np.array_equal(one.lon_lat, other.lon_lat)
        assert one.states == other.states


def test_an_edition_in_the_cache_is_not_built_again(copied, edition, builds) -> None:
    assert copied.edition("osm").name == edition.name
    assert copied.edition(edition.name).name == edition.name
    assert builds == []


def damage_arrays(entry):
    content = bytearray((entry / "arrays.bin").read_bytes())
    content[len(content) // 2] ^= 1
    (entry / "arrays.bin").write_bytes(content)


def cut_arrays(entry):
    (entry / "arrays.bin").write_bytes((entry / "arrays.bin").read_bytes()[:-100])


def damage_record(entry):
    record = (entry / "edition.json").read_text()
    (entry / "edition.json").write_text(record.replace("osm", "0sm", 1))


def empty_record(entry):
    (entry / "edition.json").write_bytes(b"")


def remove_arrays(entry):
    (entry / "arrays.bin").unlink()


def damage_hashes(entry):
    (entry / "sha256.json").write_text("{")


def no_hashes(entry):
    (entry / "sha256.json").write_text("[]")


def wrong_hashes(entry):
    (entry / "sha256.json").write_text(json.dumps({"edition.json": "0" * 64, "arrays.bin": "1"}))


WRONG_RECORDS = [
    {"metadata": {}},
    {"metadata": []},
    {"metadata": None},
    {"metadata": "osm"},
    {"metadata": {"coast": {}}},
    {"metadata": {"coast": {"id": "osm", "title": "a coast"}}},
    {},
    [],
    None,
    7,
]


def with_record(folder: Path, record: bytes) -> None:
    """A folder of an edition with some record and the hashes that belong to it."""
    folder.mkdir(exist_ok=True)
    (folder / "edition.json").write_bytes(record)
    hashes = {
        name: hashlib.sha256(file.read_bytes()).hexdigest()
        for name in ("edition.json", "arrays.bin")
        if (file := folder / name).is_file()
    }
    (folder / "sha256.json").write_text(json.dumps({"format": FORMAT, **hashes}))


@pytest.mark.parametrize("record", WRONG_RECORDS, ids=str)
def test_what_is_no_edition_is_skipped_with_a_line_in_the_log(record, copied, edition, caplog) -> None:
    with_record(copied.folder / "mine-1-0123abcd", json.dumps(record).encode())
    before = [info.name for info in copied.editions()]
    assert edition.name in before
    assert "mine-1-0123abcd" not in before
    with pytest.raises(UnknownEditionError):
        copied.edition("another-1-0123abcd")
    with pytest.raises((UnknownEditionError, CacheError)):
        copied.edition("mine-1-0123abcd")
    assert caplog.text.count("mine-1-0123abcd in the cache is skipped") == 1


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("edition",), "other"), (("coast",), None), (("coast", "id"), 1), (("coast", "title"), None),
        (("breadth_nm",), {"USA": 12.0}), (("breadth_nm",), {"KAZ": "12"}), (("breadth_nm",), [12.0]),
        (("straight_lines",), [{}]), (("straight_lines",), 3), (("effects",), [1]),
        (("effects",), {"Chilov": None}), (("treaty_points_given",), [[]]), (("treaty_points_given",), 1),
    ],
)  # fmt: skip
def test_one_wrong_value_in_a_record_is_enough(place, value, copied, edition, builds) -> None:
    record = json.loads((copied.folder / edition.name / "edition.json").read_bytes())
    within = record["metadata"]
    for key in place[:-1]:
        within = within[key]
    within[place[-1]] = value
    with_record(copied.folder / edition.name, json.dumps(record).encode())
    (info,) = (info for info in copied.editions() if info.name == edition.name)
    assert not info.built
    assert copied.edition("osm").name == edition.name
    assert builds == [edition.name]


@pytest.mark.parametrize("text", [b"[" * 100_000, b"\xff", b'{"metadata":' * 5000, b"", b"NaN"])
def test_a_record_of_anything_is_skipped(text, copied, edition) -> None:
    with_record(copied.folder / "mine-1-0123abcd", text)
    assert [info.name for info in copied.editions() if info.built] == [edition.name]


@pytest.mark.parametrize("built", [{}, None, 3, [], {"$tuple": []}, {"$type": "Built", "$fields": {}}])
def test_a_record_with_the_right_hash_and_another_content_is_damaged(built, copied, edition, builds) -> None:
    record = json.loads((copied.folder / edition.name / "edition.json").read_bytes())
    with_record(copied.folder / edition.name, json.dumps({**record, "built": built}).encode())
    assert copied.edition("osm").name == edition.name
    assert builds == [edition.name]


@pytest.mark.parametrize(
    "damage",
    [damage_arrays, cut_arrays, damage_record, empty_record, remove_arrays, damage_hashes,
     no_hashes, wrong_hashes],
)  # fmt: skip
def test_what_is_damaged_is_said_and_built_again(damage, copied, edition, builds, caplog) -> None:
    damage(copied.folder / edition.name)
    said = []
    with caplog.at_level(logging.WARNING):
        again = copied.edition("osm", progress=lambda stage, done: said.append(stage))
    assert builds == [edition.name]
    assert "damaged" in caplog.text
    assert "building it again" in caplog.text
    assert edition.name in caplog.text
    assert any("damaged" in stage for stage in said)
    assert again.classify(lon=51.0, lat=40.0).rows() == edition.classify(lon=51.0, lat=40.0).rows()
    assert copied.edition("osm").name == edition.name
    assert builds == [edition.name]  # whole now


def test_what_was_touched_but_not_changed_is_opened(copied, edition, builds) -> None:
    for file in (copied.folder / edition.name).iterdir():
        os.utime(file, ns=(0, 0))
    assert copied.edition("osm").name == edition.name
    assert builds == []


def test_arrays_that_are_mapped_answer_alike(copied, edition, builds) -> None:
    mapped = Store(copied.folder, mapped=True)
    place = {"lon": 49.97, "lat": 40.1, "compare": True}
    assert mapped.edition("osm").classify_one(**place) == edition.classify_one(**place)
    (copied.folder / edition.name / "arrays.bin").write_bytes(b"")
    assert mapped.edition("osm").classify_one(**place) == edition.classify_one(**place)
    assert builds == [edition.name]


def test_a_damaged_edition_that_is_no_default_one_is_refused_by_name(copied, edition) -> None:
    shutil.copytree(copied.folder / edition.name, copied.folder / "own-12345678")
    damage_arrays(copied.folder / "own-12345678")
    with pytest.raises(CacheError, match="own-12345678 is damaged"):
        copied.edition("own-12345678")


def kept_by_another_version(store: Store, edition, name: str) -> None:
    """An edition in the cache as the version before kept it: its record says no format."""
    entry = store.folder / name
    shutil.copytree(store.folder / edition.name, entry)
    record = (entry / "edition.json").read_bytes().replace(edition.name.encode(), name.encode())
    (entry / "edition.json").write_bytes(record)
    hashes = json.loads((entry / "sha256.json").read_text())
    assert hashes.pop("format") > 2
    hashes["edition.json"] = hashlib.sha256(record).hexdigest()
    (entry / "sha256.json").write_text(json.dumps(hashes))


def test_an_edition_of_another_version_is_built_anew_and_that_is_said_once(
    copied, edition, builds, caplog
) -> None:
    old = "osm-2024.08-ba2aa294"
    kept_by_another_version(copied, edition, old)
    shutil.rmtree(copied.folder / edition.name)
    said = []
    for _ in range(2):
        with caplog.at_level(logging.WARNING):
            opened = copied.edition("osm", progress=lambda stage, done: said.append(stage))
        assert opened.name == edition.name
    assert builds == [edition.name]
    assert caplog.text.count("another version") == 1
    assert old in caplog.text
    assert sum("another version" in stage for stage in said) == 1


def test_the_name_of_another_version_is_not_answered(copied, edition, builds) -> None:
    old = "osm-2024.08-ba2aa294"
    kept_by_another_version(copied, edition, old)
    with pytest.raises(UnknownEditionError, match="made by another version") as caught:
        copied.edition(old)
    assert old not in caught.value.known
    assert old not in [info.name for info in copied.editions()]
    assert builds == []


def left_behind(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir() if not p.name.endswith(".lock"))


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
@pytest.mark.parametrize("at", ["arrays.bin", "edition.json", "sha256.json"])
def test_a_full_disk_leaves_nothing_half_written(number, at, builds, tmp_path, monkeypatch) -> None:
    genuine = Path.open

    def full(self, mode="r", *arguments, **options):
        if self.name == at and "w" in mode:
            raise OSError(number, "No space left on device", str(self))
        return genuine(self, mode, *arguments, **options)

    monkeypatch.setattr(Path, "open", full)
    store = Store(tmp_path / "cache")
    with pytest.raises(CacheError) as caught:
        store.edition("osm")
    assert str(tmp_path / "cache") in str(caught.value)
    assert CACHE_VARIABLE in str(caught.value)
    assert "\n" not in str(caught.value)
    assert left_behind(tmp_path / "cache") == []
    monkeypatch.undo()
    assert not any(info.built for info in store.editions())


def test_a_disk_that_fills_while_writing(builds, tmp_path, monkeypatch) -> None:
    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(CacheError, match="No space left on device"):
        Store(tmp_path / "cache").edition("osm")
    assert left_behind(tmp_path / "cache") == []


def test_a_rebuild_that_fails_keeps_what_was_there(copied, edition, builds, monkeypatch) -> None:
    damage_arrays(copied.folder / edition.name)
    before = left_behind(copied.folder)

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(CacheError):
        copied.edition("osm")
    assert left_behind(copied.folder) == before


def test_a_file_in_the_place_of_the_cache_folder(tmp_path, builds) -> None:
    place = tmp_path / "file"
    place.write_text("in the way")
    for folder in (place, place / "below"):
        with pytest.raises(CacheError, match="cannot write the cache folder"):
            Store(folder).edition("osm")
    assert place.read_text() == "in the way"
    assert builds == []


def test_what_an_interrupted_build_left_is_cleared_away(tmp_path, edition, builds) -> None:
    left = tmp_path / f".{edition.name}.0123abcd.partial"
    left.mkdir()
    (left / "arrays.bin").write_bytes(b"half")
    store = Store(tmp_path)
    assert not any(info.built for info in store.editions())
    store.edition("osm")
    assert left_behind(tmp_path) == [edition.name]


PROCESS = """
import sys
from pathlib import Path
from zones.editions.store import Store

def say(stage, done):
    print("stage", stage, flush=True)

edition = Store(Path(sys.argv[1])).edition("osm-2017", progress=say)
(row,) = edition.classify(lon=51.0, lat=42.0).rows()
print("answer", edition.name, row["zone"], row["baseline_distance_m"], flush=True)
"""


@pytest.mark.thorough
def test_of_two_processes_one_builds_and_both_serve(tmp_path) -> None:
    store = Store(tmp_path)
    (name,) = (info.name for info in store.editions() if info.coast == "osm-2017")
    both = []
    # Held until both wait, so that they do meet.
    with FileLock(tmp_path / f"{name}.lock"):
        for _ in range(2):
            both.append(
                subprocess.Popen(
                    [sys.executable, "-c", PROCESS, str(tmp_path)],
                    cwd=ROOT, stdout=subprocess.PIPE, text=True,
                )
            )  # fmt: skip
        first = [process.stdout.readline() for process in both]
        assert all("waiting for another process" in line for line in first)
    said = [process.communicate()[0].splitlines() for process in both]
    assert [process.returncode for process in both] == [0, 0]
    built = [any("walking limits" in line for line in lines) for lines in said]
    assert sorted(built) == [False, True]
    answers = {lines[-1] for lines in said}
    assert len(answers) == 1
    assert answers.pop().startswith(f"answer {name} ")
    assert left_behind(tmp_path) == [name]


def index_folder(store: Store, name: str) -> Path:
    (folder,) = (store.folder / name).glob("index-*")
    return folder


HERE = {"lon": [51.0, 49.97, 50.5], "lat": [40.0, 40.1, 42.5]}


def labels_in(opened) -> list[list[int]]:
    return [column.tolist() for column in opened.labels(**HERE)]


def memory_below(array):
    """What an array is a view of, in the end."""
    while isinstance(array, np.ndarray):
        array = array.base
    return array.obj if isinstance(array, memoryview) else array


def test_the_index_is_kept_with_the_edition_and_mapped(copied, edition, builds, monkeypatch) -> None:
    assert index_folder(copied, edition.name).is_dir()
    monkeypatch.setattr(index, "make_index", None)
    again = copied.edition("osm")
    assert labels_in(again) == labels_in(edition)
    for array in again.cells.cells:
        assert isinstance(memory_below(array), mmap)


def test_an_edition_without_an_index_gets_it_made_once(copied, edition, builds, monkeypatch) -> None:
    shutil.rmtree(index_folder(copied, edition.name))
    made = []
    monkeypatch.setattr(index, "make_index", lambda *given: made.append(1) or edition.cells.cells)
    for _ in range(2):
        assert labels_in(copied.edition("osm")) == labels_in(edition)
    assert made == [1]
    assert builds == []
    assert copied.edition("osm").name == edition.name


@pytest.mark.parametrize("file", ["arrays.bin", "edition.json", "sha256.json"])
def test_a_damaged_index_is_made_again(file, copied, edition, builds, monkeypatch) -> None:
    (index_folder(copied, edition.name) / file).write_bytes(b"{}")
    made = []
    monkeypatch.setattr(index, "make_index", lambda *given: made.append(1) or edition.cells.cells)
    assert labels_in(copied.edition("osm")) == labels_in(edition)
    assert made == [1]
    assert builds == []


def test_an_index_that_cannot_be_kept_answers_all_the_same(copied, edition, monkeypatch) -> None:
    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    folder = index_folder(copied, edition.name)
    shutil.rmtree(folder)
    monkeypatch.setattr("os.fsync", full)
    monkeypatch.setattr(index, "make_index", lambda *given: edition.cells.cells)
    assert labels_in(copied.edition("osm")) == labels_in(edition)
    assert left_behind(folder.parent) == ["arrays.bin", "edition.json", "sha256.json"]


def planned_name(parameters: Parameters) -> str:
    """The name an edition would have, without building it."""
    return read_inputs(parameters).name


def test_every_parameter_changes_the_name(tmp_path, edition) -> None:
    lines = tmp_path / "lines.geojson"
    collection = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"state": "KAZ", "kind": "straight", "line_type": "geodesic"},
                "geometry": {"type": "LineString", "coordinates": [[52.5539, 42.7362],
                                                                   [52.5, 42.8297]]},
            }
        ],
    }  # fmt: skip
    lines.write_text(json.dumps(collection))
    choices = [
        Parameters("osm"),
        Parameters("osm", breadth_nm={"KAZ": 12.0}),
        Parameters("osm", breadth_nm={"KAZ": 12.5}),
        Parameters("osm", breadth_nm={"TKM": 12.0}),
        Parameters("osm", straight_lines=str(lines)),
        *(Parameters(source_id) for source_id in SOURCE_IDS[1:]),
    ]
    names = [planned_name(choice) for choice in choices]
    assert names[0] == edition.name
    assert len(set(names)) == len(names)
    for name, choice in zip(names, choices, strict=True):
        assert name.startswith(choice.coast)
    collection["features"][0]["properties"]["line_type"] = "loxodrome"
    lines.write_text(json.dumps(collection))
    changed = planned_name(Parameters(straight_lines=str(lines)))
    assert changed not in names


def test_the_full_breadth_said_or_not_is_one_edition(edition) -> None:
    said = Parameters("osm", breadth_nm={"KAZ": 15.0, "AZE": 15})
    assert planned_name(said) == edition.name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"Chilov": 0.5, "Absheron islands": 0.0}, {"Absheron islands": 0.0, "Chilov": 0.5}),
        ({"Absheron islands": 0}, {"Chilov": -0.0, "Absheron islands": 0.0}),
        ({"Absheron islands": 0.5}, {"absheron ISLANDS": 0.5, "Kulaly": 1.0}),
        ({"Chilov": 0.5}, {"Chilov (Zhiloy)": 0.5, "Absheron islands": 1}),
        ({}, {"Absheron islands": 1, "Chilov": 1}),
        ({"Ogurja Ada": 0.25}, {" ogurja ada ": 0.25}),
    ],
)
def test_the_same_effects_are_one_edition(one, other) -> None:
    names = [planned_name(Parameters(effects=effects)) for effects in (one, other)]
    assert names[0] == names[1]


def test_other_effects_are_another_edition() -> None:
    choices = [
        {},
        {"Absheron islands": 0},
        {"Absheron islands": 0, "Chilov": 1},
        {"Absheron islands": 0, "Chilov": 0.5},
        {"Absheron islands": 0, "Pirallahi": 0},  # which lies only partly in the other
        {"Absheron islands": 0.5, "Chilov": 0},
        {"Chilov": 0.5},
        {"Kulaly": 0.5},
    ]
    names = [planned_name(Parameters(effects=effects)) for effects in choices]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("effects", [{"Chilov": 0.5, "chilov": 0}, {"Chilov": 0.5, "Chilov (Zhiloy)": 0.5}])
def test_two_effects_of_one_island_are_refused(effects) -> None:
    with pytest.raises(EffectError, match=r"the effect of Chilov is given twice: as 'Chilov' and '[cC]hilov"):
        Parameters(effects=effects)


def test_an_unknown_edition_lists_the_known(store, edition) -> None:
    with pytest.raises(UnknownEditionError) as caught:
        store.edition("osm-1999")
    assert caught.value.name == "osm-1999"
    assert edition.name in caught.value.known
    for source_id in SOURCE_IDS:
        assert any(name.startswith(source_id) for name in caught.value.known)
    assert edition.name in str(caught.value)


@pytest.mark.parametrize("name", ["", "..", "../osm", "/", ".", "osm/../osm"])
def test_a_name_is_no_way_out_of_the_folder(store, name) -> None:
    with pytest.raises(UnknownEditionError):
        store.edition(name)


def test_the_list_of_editions(store, edition) -> None:
    infos = {info.coast: info for info in store.editions()[: len(SOURCE_IDS)]}
    assert set(infos) >= set(SOURCE_IDS)
    assert infos["osm"].built
    assert infos["osm"].name == edition.name
    assert infos["osm"].metadata["coast"]["id"] == "osm"
    assert not infos["dcw"].built
    assert infos["dcw"].title


@pytest.mark.parametrize(
    "breadth", [0, 0.0, -1.0, 1e-6, 0.0199, 15.1, 15.0000001, 1e9, float("nan"), float("inf"), -float("inf")]
)
def test_breadths_that_article_7_does_not_allow_are_refused(breadth) -> None:
    with pytest.raises(BreadthError, match="breadth of KAZ"):
        Parameters(breadth_nm={"KAZ": breadth})


@pytest.mark.parametrize("state", ["USA", "kaz", "", "Kazakhstan", "GEO"])
def test_an_unknown_state_is_refused_with_the_known(state) -> None:
    with pytest.raises(BreadthError, match="AZE, IRN, KAZ, RUS, TKM"):
        Parameters(breadth_nm={state: 12.0})


@pytest.mark.parametrize("breadth", [15, 15.0, 0.25, 12])
def test_breadths_that_article_7_allows(breadth) -> None:
    assert Parameters(breadth_nm={"KAZ": breadth}).breadths_nm["KAZ"] == float(breadth)


def test_the_folder_can_be_named_by_the_environment(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "elsewhere"))
    assert Store().folder == tmp_path / "elsewhere"
    assert Store(tmp_path).folder == tmp_path


def test_artificial_land_of_a_coast_that_draws_none_is_not_kept(store: Store) -> None:
    with pytest.raises(BaselineError, match="draws no artificial land"):
        store.build(Parameters("dcw", keep_artificial=True))
