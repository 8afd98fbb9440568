"""The cache folder is the user's own: code is loaded from it."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from zones import cache_folder as module
from zones.cache_folder import CACHE_VARIABLE, cache_folder, make_folder, own_folder
from zones.errors import CacheError


@pytest.fixture
def wide_open() -> object:
    """A umask that takes nothing away: what is closed is so on purpose."""
    before = os.umask(0)
    yield None
    os.umask(before)


def test_a_missing_folder_is_made_for_the_user_alone(tmp_path: Path, monkeypatch, wide_open) -> None:
    folder = tmp_path / "not" / "there"
    monkeypatch.setenv(CACHE_VARIABLE, str(folder))
    assert cache_folder() == folder
    for made in (folder, folder.parent):
        assert stat.S_IMODE(made.stat().st_mode) == 0o700
    assert cache_folder() == folder


def test_without_the_variable_it_is_the_users(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delenv(CACHE_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "caspian-zones"


@pytest.mark.parametrize(
    ("files", "taken"),
    [
        ([], True),
        ([".nfs0001", "lost+found/", "CACHEDIR.TAG"], True),
        (["README.md", "src/main.py"], False),
        (["src/compiled/main.nbi", "uv.lock"], False),
        (["README.md", "compiled/0123456789abcdef/"], True),  # which was taken for a cache before
        (["osm-2024.08-063c975f.lock", "osm-2024.08-063c975f/"], True),
        (["osm-2024.08-063c975f/sha256.json"], True),  # copied there
        (["baselines/"], True),
    ],
)
def test_a_folder_of_other_files_is_no_cache(tmp_path: Path, monkeypatch, files, taken: bool) -> None:
    for name in files:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir() if name.endswith("/") else path.touch()
    before = sorted(tmp_path.rglob("*"))
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    if taken:
        assert cache_folder() == tmp_path
    else:
        with pytest.raises(CacheError, match=rf"holds other files \(as {files[0][:3]}"):
            cache_folder()
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("mode", [0o777, 0o775, 0o757, 0o720, 0o702, 0o1777, 0o2775])
def test_a_folder_that_others_can_write_is_refused_with_what_to_type(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "a cache"
    folder.mkdir()
    folder.chmod(mode)
    with pytest.raises(CacheError, match=r"type: chmod -R go-w '.*a cache'") as caught:
        own_folder(folder)
    assert "\n" not in str(caught.value)
    assert stat.S_IMODE(folder.stat().st_mode) == mode, "nothing is changed without being asked"
    subprocess.run(str(caught.value).rpartition("type: ")[2], shell=True, check=True)
    assert own_folder(folder) == folder


@pytest.mark.parametrize("mode", [0o700, 0o755, 0o750, 0o500])
def test_a_folder_that_others_can_only_read_is_taken(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "cache"
    folder.mkdir()
    folder.chmod(mode)
    assert own_folder(folder) == folder


def test_code_that_others_can_write_is_refused_where_they_can_reach_it(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    module = tmp_path / "compiled" / "0123456789abcdef" / "module"
    module.mkdir(parents=True)
    code = module / "code.nbi"
    code.touch()
    code.chmod(0o664)  # as a usual umask has it
    tmp_path.chmod(0o755)
    (tmp_path / "compiled").chmod(0o700)  # as it is made
    assert cache_folder() == tmp_path
    (tmp_path / "compiled").chmod(0o755)
    with pytest.raises(CacheError, match=r"others can write to .*code\.nbi.*type: chmod -R go-w .*compiled$"):
        cache_folder()
    code.chmod(0o644)
    assert cache_folder() == tmp_path
    module.chmod(0o777)
    with pytest.raises(CacheError, match=r"others can write to .*module"):
        cache_folder()


@pytest.mark.parametrize(("owner", "taken"), [(1000, False), (4242, True), (0, True)])
def test_whose_folder_is_taken(tmp_path: Path, monkeypatch, owner: int, taken: bool) -> None:
    real = Path.stat

    def owned(self: Path, **options: bool) -> os.stat_result:
        values = list(real(self, **options))
        values[stat.ST_UID] = owner
        return os.stat_result(values)

    monkeypatch.setattr(module.os, "geteuid", lambda: 4242)
    monkeypatch.setattr(Path, "stat", owned)
    if taken:
        assert own_folder(tmp_path) == tmp_path
    else:
        with pytest.raises(CacheError, match="belongs to another user"):
            own_folder(tmp_path)


def test_where_a_link_leads_counts(tmp_path: Path) -> None:
    open_to_all = tmp_path / "open"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    link = tmp_path / "link"
    link.symlink_to(open_to_all)
    with pytest.raises(CacheError, match="others can write"):
        own_folder(link)


def test_what_cannot_be_made_is_said_by_who_writes(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    assert own_folder(in_the_way / "below") == in_the_way / "below"
    assert own_folder(in_the_way) == in_the_way
    for folder in (in_the_way, in_the_way / "below"):
        with pytest.raises(OSError, match="file"):
            make_folder(folder)


def test_the_module_needs_no_compiler() -> None:
    seen = "import sys, zones.cache_folder; print(*sorted({'numba', 'scipy', 'pyogrio'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []


def test_what_is_compiled_ahead_for_no_cache_is_refused(tmp_path: Path) -> None:
    (tmp_path / "README.md").touch()
    done = subprocess.run(
        [sys.executable, "-m", "zones.editions.precompile"],
        env={**os.environ, CACHE_VARIABLE: str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.splitlines() == [done.stderr.rstrip("\n")]
    assert "holds other files" in done.stderr
