"""What is counted for Prometheus.

Under gunicorn ``PROMETHEUS_MULTIPROC_DIR`` is set before this module is imported: each worker counts in
files of its own there, and whichever is asked adds them up (prometheus-client's multiprocess mode).
"""

from __future__ import annotations

import os
import platform
from functools import cache
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector

from api.version import version

_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
_DURATIONS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_DURATION = "From the whole head of a request to the last byte of its answer."

_own = CollectorRegistry()
_known: dict[str, Any] = {"registry": _own, "namespace": "caspian"}
_requests = Counter("http_requests", "Requests answered.", ("method", "route", "status"), **_known)
_durations = Histogram("http_request_duration_seconds", _DURATION, ("route",), buckets=_DURATIONS_S, **_known)
_points = Counter("points_classified", "Positions classified by requests.", **_known)
_build = Gauge("build_info", "Version; always 1.", ("version", "python"), multiprocess_mode="max", **_known)
_build.labels(version(), platform.python_version()).set(1)
in_progress = Gauge("http_requests_in_progress", "Requests begun.", multiprocess_mode="livesum", **_known)
downloads_made = Counter("downloads_made", "Download files made.", ("format",), **_known)


@cache  # a look-up by labels takes longer than counting
def _counters(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    return _requests.labels(method, route, status), _durations.labels(route)


def answered(method: str, route: str | None, status: int, seconds: float, points: int) -> None:
    """Count an answer. `route` is a template, so that there are few."""
    requests, durations = _counters(method if method in _METHODS else "other", route or "(none)", status)
    requests.inc()
    durations.observe(seconds)
    if points:
        _points.inc(points)


def exposition(accept: str) -> tuple[bytes, str]:
    """The counts of all workers as text, and its media type: OpenMetrics where it is accepted."""
    encoder, media_type = choose_encoder(accept)
    registry = _own
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return encoder(registry), media_type
