"""Many files answered by the workers of a Dask cluster, one of which is lost on the way."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import dask
import distributed  # noqa: F401 - has settings of its own
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from api.batches.cluster import Work
from api.batches.file_answers import Asked
from api.batches.gathering import Planned
from api.commands.main import main
from api.errors import CommandError
from tests.api.service import PATIENCE_S, ROOT
from tests.clients.losing import STOPPED
from zones.cache_folder import CACHE_VARIABLE
from zones.editions.store import Store

COMMAND = ("classify", "year", "--fields", "zone,state,sector,baseline_distance_m", "-o")
FILES, ROWS = 6, 500


@dataclass(frozen=True)
class Runs:
    """Programs run beside a folder ``year``."""

    folder: Path
    environment: dict[str, str]

    def caspian(self, *arguments: str) -> str:
        """What the command says in the end."""
        done = subprocess.run(
            [sys.executable, "-m", "api", *COMMAND, *arguments], cwd=self.folder, env=self.environment,
            capture_output=True, text=True, timeout=PATIENCE_S,
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
        return done.stderr

    @contextmanager
    def dask(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """A program of Dask."""
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments, "--no-dashboard"], cwd=self.folder,
            env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    @contextmanager
    def worker(self, scheduler: str, *more: str) -> Iterator[subprocess.Popen[str]]:
        """One worker that the scheduler knows of."""
        with self.dask("worker", scheduler, "--nthreads", "1", "--no-nanny", *more) as process:
            line_with(process, "Registered to:")
            yield process

    def tree(self, name: str) -> dict[str, bytes]:
        folder = self.folder / name
        return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def line_with(process: subprocess.Popen[str], said: str) -> str:
    """The next line with a text that a program prints."""
    watchdog = threading.Timer(PATIENCE_S, process.kill)
    watchdog.start()
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if said in line:
            watchdog.cancel()
            return line
    raise AssertionError("".join(lines))


@pytest.fixture
def runs(real_store: Store, tmp_path: Path) -> Runs:
    """Files of two forms in partitions, with rows that hold no position in some."""
    places = np.random.default_rng(10).uniform([47, 37], [54, 47], (FILES, ROWS, 2))
    for month, (lon, lat) in enumerate(places.transpose(0, 2, 1), 1):
        here = tmp_path / "year" / f"month={month}"
        here.mkdir(parents=True)
        if month % 2:
            pq.write_table(
                pa.table({"mmsi": np.arange(ROWS), "lon": lon, "lat": lat}), here / "ships.parquet"
            )
        else:
            rows = "".join(f"{one},{other}\n" for one, other in zip(lon.tolist(), lat.tolist(), strict=True))
            (here / "ships.csv").write_text(f"lon,lat\n{rows}50,\n", encoding="utf-8")
    environment = {**os.environ, CACHE_VARIABLE: str(real_store.folder), "PYTHONPATH": str(ROOT)}
    return Runs(tmp_path, environment)


def test_a_cluster_that_loses_a_worker_gives_what_one_machine_gives(runs: Runs) -> None:
    said = runs.caspian("alone", "--workers", "2")
    assert said == "caspian: 6 files, 3,003 rows, 3 of them with an error\n"
    with runs.dask("scheduler", "--host", "127.0.0.1", "--port", "0") as process:
        scheduler = line_with(process, "Scheduler at:").split()[-1]
        with (
            runs.worker(scheduler),
            runs.worker(scheduler, "--preload", str(Path(__file__).with_name("losing.py"))) as lost,
        ):

            def lose() -> None:
                line_with(lost, STOPPED)
                lost.kill()

            losing = threading.Thread(target=lose)
            losing.start()
            assert runs.caspian("together", "--scheduler", scheduler) == said
            losing.join()
            assert lost.wait() < 0
            alone = runs.tree("alone")
            assert runs.tree("together") == alone  # with the manifest and its hashes; nothing is left beside
            (runs.folder / "together" / "month=1" / "ships.parquet").unlink()
            (runs.folder / "together" / "month=2" / "ships.csv").write_text("damaged", encoding="utf-8")
            assert runs.caspian("together", "--scheduler", scheduler) == said
            assert runs.tree("together") == alone


def test_what_a_worker_refuses(tmp_path: Path) -> None:
    work = Work("osm-00000000", tmp_path, Asked(("zone",)), {})
    planned = Planned(str(tmp_path / "in.csv"), "in.csv", (".csv", ""))
    with pytest.raises(CommandError, match="a worker does not see"):
        work.answer(planned, None)
    with pytest.raises(CommandError, match=r"a worker has caspian-zones \S+, not 0\.0\.1"):
        replace(work, versions={"caspian-zones": "0.0.1"}).answer(planned, None)
    (tmp_path / "_manifest.jsonl").touch()
    with pytest.raises(CommandError, match=r"a worker cannot open the edition: .*'osm-00000000'"):
        work.answer(planned, None)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense://here"])
def test_no_scheduler_is_said_in_a_line(
    runs: Runs, real_store: Store, capsys: pytest.CaptureFixture[str], address: str
) -> None:
    arguments = [
        "classify",
        str(runs.folder / "year"),
        "-o",
        str(runs.folder / "out"),
        "--scheduler",
        address,
    ]
    with dask.config.set({"distributed.comm.timeouts.connect": "1s"}):
        assert main(arguments, store=real_store) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"caspian: there is no scheduler of Dask at {address}: ")
    assert len(said.splitlines()) == 1
