"""The lines of the documentation in local Spark, and the same once more with a worker that is lost.

``python spark_job.py`` reads the lines from standard input and leaves ``answered/`` and ``again/``.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

LOST = Path("lost").absolute()  # there when a worker was

# Each task may fail twice before the job does, as on a cluster.
spark = (
    SparkSession.builder.master("local[2, 3]")
    .config("spark.ui.enabled", "false")
    .config("spark.driver.host", "127.0.0.1")
    .config("spark.sql.execution.arrow.maxRecordsPerBatch", "100")
    .config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
    .getOrCreate()
)
names: dict[str, Any] = {}
exec(compile(sys.stdin.read(), "docs/cluster.md", "exec"), names)
classify = names["classify"]


def losing(batches: Iterator[Any]) -> Iterator[Any]:
    for answered in classify(batches):
        yield answered
        if not LOST.exists():
            LOST.touch()
            os.kill(os.getpid(), signal.SIGKILL)


names["positions"].mapInArrow(losing, names["schema"]).write.parquet("again/")
spark.stop()
