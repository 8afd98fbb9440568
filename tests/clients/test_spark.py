"""Tables in local Spark (of PyPI, on Debian's default-jre-headless), as the documentation has it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from api.commands.main import main
from tests.api.real import POSITIONS
from tests.api.service import PATIENCE_S, ROOT
from tests.clients.running import tool
from zones.cache_folder import CACHE_VARIABLE
from zones.editions.store import Store

DOCUMENT = (ROOT / "docs" / "cluster.md").read_text(encoding="utf-8")
ROWS = 300  # of each of two files


def ships(seed: int) -> pa.Table:
    """Positions of all kinds, rows that hold none, and columns of several types, one named as an answer."""
    lon, lat = np.random.default_rng(seed).uniform([47, 37], [54, 47], (ROWS, 2)).T
    known = np.array(list(POSITIONS.values()))
    lon[: len(known)], lat[: len(known)] = known.T
    lat[-1] = 91
    return pa.table(
        {
            "mmsi": np.arange(ROWS) + seed * ROWS,
            "time": pa.array(np.arange(ROWS), pa.timestamp("us", "UTC")),
            "lon": pa.array(lon, mask=np.arange(ROWS) == ROWS - 2),
            "lat": lat,
            "zone": ["a text"] * ROWS,
        }
    )


def test_spark_answers_as_one_machine_also_when_it_loses_a_worker(real_store: Store, tmp_path: Path) -> None:
    (tmp_path / "ships").mkdir()
    for seed in (1, 2):
        pq.write_table(ships(seed), tmp_path / "ships" / f"{seed}.parquet")
    (lines,) = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    tool("java", "default-jre-headless")
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("spark_job.py"))],
        cwd=tmp_path,
        env={
            **os.environ,
            CACHE_VARIABLE: str(real_store.folder),
            "PYTHONPATH": str(ROOT),
            "PYSPARK_PYTHON": sys.executable,
            "SPARK_LOCAL_IP": "127.0.0.1",
        },
        input=lines,
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE_S,
    )
    assert done.returncode == 0, done.stderr[-5000:]
    assert (tmp_path / "lost").exists()
    alone = ["classify", str(tmp_path / "ships"), "-o", str(tmp_path / "alone")]
    assert main([*alone, "--fields", "zone,state,sector"], store=real_store) == 0
    expected = pq.read_table(tmp_path / "alone").sort_by("mmsi")
    assert expected["error"].null_count == 2 * ROWS - 4
    for name in ("answered", "again"):
        found = pq.read_table(tmp_path / name).sort_by("mmsi")
        assert found.schema.equals(expected.schema)
        assert found.equals(expected)
