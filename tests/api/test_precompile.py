"""What is made ahead of use is all that a start would have to make."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.conftest import Caspian
from tests.api.real import POSITIONS
from zones.cache_folder import CACHE_VARIABLE
from zones.editions import precompile
from zones.editions.store import Store

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("api", "coastlines", "zones")


def test_every_module_that_a_start_loads_has_bytecode(tmp_path: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))

    def run(*arguments: str) -> str:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True, text=True, check=True, timeout=300,
        ).stdout  # fmt: skip

    assert not list(tmp_path.rglob("*.pyc"))
    run("-m", "api.precompile", "bytecode")
    program = (
        "import sys, api.commands.main, api.application, api.http.log, api.http.gunicorn_configuration\n"
        "import gunicorn.arbiter, gunicorn.workers.gthread, zones.editions.store\n"
        "api.commands.main.load_command('classify')\n"
        "for module in list(sys.modules.values()): print(getattr(module, '__file__', None) or '')"
    )
    loaded = [Path(line) for line in run("-c", program).splitlines() if line.endswith(".py")]
    assert len([path for path in loaded if tmp_path in path.parents]) > 100
    assert [path for path in loaded if not Path(importlib.util.cache_from_source(str(path))).exists()] == []


SERVING = """
import json, sys
from pathlib import Path
import pytest

from api.application import create_app
from zones.editions.store import Store
positions = json.loads(sys.argv[2])
client = create_app({}, store=Store(Path(sys.argv[1]))).test_client()

def compiled():
    modules = [module for name, module in sorted(sys.modules.items()) if name.startswith("zones.")]
    functions = {id(one): one for module in modules for one in vars(module).values() if hasattr(one, "stats")}
    return functions.values()

def check(response):
    assert response.status_code == 200, response.get_data(as_text=True)
    return response.get_data()

for lon, lat in positions:
    for compare in ("true", "false"):
        check(client.get(f"/classify?lon={lon}&lat={lat}&compare={compare}"))
points = [{"lon": lon, "lat": lat} for lon, lat in positions]
table = "lon,lat\\n" + "".join(f"{lon},{lat}\\n" for lon, lat in positions)
for query in ("?", "?compare=true", "?fields=zone,state", "?fields=zone,baseline_distance_m,limit,sector"):
    check(client.post(f"/classify{query}", json={"points": points}))
    check(client.post(f"/classify{query}", data=table, content_type="text/csv"))
route = {"type": "LineString", "coordinates": [[49.9, 40.3], [53.0, 40.0], [51.0, 44.5]]}
area = {"type": "Polygon", "coordinates": [[[50, 41], [51, 41], [51, 42], [50, 42], [50, 41]]]}
for body in (route, area):
    check(client.post("/crossings", json=body))
track = "mmsi,timestamp,lon,lat\\n1,2024-01-05T06:30Z,49.97,40.1\\n1,2024-01-05T09:30Z,50.5,40.2\\n"
for path in ("events", "summarise"):
    check(client.post(f"/{path}", data=track, content_type="text/csv"))
for collection in ("zones", "limits", "boundaries", "sectors", "sector_boundaries"):
    check(client.get(f"/collections/{collection}/items"))
used = [one for one in compiled() if one.signatures]
assert len(used) > 5
assert all(one.nopython_signatures for one in used)
for one in used:
    for signature in one.stats.cache_misses:
        print("compiled:", one.__module__, one.__name__, signature)
"""


@pytest.mark.thorough
def test_to_serve_nothing_is_compiled(real_store: Store) -> None:
    """What is compiled ahead of use is all that any answer takes, for arrays of just the kinds that come."""
    assert precompile.main([]) == 0
    program = subprocess.run(
        [sys.executable, "-c", SERVING, str(real_store.folder), json.dumps(list(POSITIONS.values()))],
        cwd=ROOT, env={**os.environ, CACHE_VARIABLE: str(real_store.folder)},
        capture_output=True, text=True, timeout=500,
    )  # fmt: skip
    assert (program.returncode, program.stdout, program.stderr) == (0, "", "")


def test_a_single_answer_needs_no_compiler(real_store: Store, real_caspian: Caspian) -> None:
    """On the command line it is plain Python, and the same; numpy is loaded when one answer is wanted."""
    slow = {"babel", "numba", "scipy", "pyogrio", "flask", "pyarrow", "tqdm"}
    asked = (["42.5", "50.5"], ["50.5", "42.5"], ["--position", "42°30'N 50°30'E"])
    answers = []
    for number, arguments in enumerate(asked):
        for plain in ("", "0")[: 1 if number else 2]:  # to load what is compiled takes long: once
            environment = {**os.environ, CACHE_VARIABLE: str(real_store.folder)}
            if plain:
                environment["CASPIAN_PLAIN"] = plain
            done = subprocess.run(
                [sys.executable, "-X", "importtime", "-m", "api", "classify", "--json", *arguments],
                cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=300,
            )  # fmt: skip
            modules = [line.rpartition("|")[2].strip() for line in done.stderr.splitlines()]
            loaded = slow.intersection(modules)
            assert ("numba" in loaded) == bool(plain)
            assert plain or not loaded
            assert modules.index("api.texts.json_text") < modules.index("numpy")
            assert json.loads(done.stdout) == real_caspian("classify", "--json", *arguments).json
        answers.append(json.loads(done.stdout))
    assert answers[0] != answers[1]


def test_what_is_not_kept_is_made_compiled_before_a_single_answer(real_store: Store, tmp_path: Path) -> None:
    """Here a baseline to compare with is missing; the process begins again and leaves it behind."""
    for name in ("compiled", *(one.name for one in real_store.editions() if one.built)):
        (tmp_path / name).symlink_to(real_store.folder / name)
    done = subprocess.run(
        [sys.executable, "-m", "api", "classify", "50.5", "42.5", "--json"],
        cwd=ROOT, env={**os.environ, CACHE_VARIABLE: str(tmp_path)},
        capture_output=True, text=True, check=True, timeout=500,
    )  # fmt: skip
    assert json.loads(done.stdout)["certain"] is True
    assert len(list((tmp_path / "baselines").iterdir())) == 3
