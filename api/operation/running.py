"""How gunicorn runs the service: its options, made from the settings."""

from __future__ import annotations

import contextlib
import gc
import resource
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from api.operation.connection import descriptors_wanted
from api.operation.logs import RequestLog
from api.operation.metrics import memory_folder, metrics, retire
from api.operation.signals import hold, let_go_after_forks
from api.operation.worker import Worker
from api.settings import ON

if TYPE_CHECKING:
    from flask import Flask

_STALLED_AFTER_S = 120  # the event loop of a worker, which computes nothing
_LONGEST_REQUEST_LINE = 8190  # as far as gunicorn goes


def options(values: Mapping[str, Any], *, warm: Callable[[Flask], object]) -> dict[str, Any]:
    """Gunicorn's options; `warm` opens what the first request would have to wait for."""
    counts = values["METRICS"] == ON
    head_bytes = int(values["MAX_HEADER_BYTES"])

    def when_ready(arbiter: Any) -> None:
        let_go_after_forks()
        warm(arbiter.app.wsgi())
        if counts:
            import prometheus_client.multiprocess  # noqa: F401 - once, for all workers
        # What lives on is no longer looked through for garbage: a page that nobody writes to stays
        # shared between the workers.
        gc.collect()
        gc.freeze()

    def pre_fork(_arbiter: Any, _worker: Any) -> None:
        hold()

    def post_fork(_arbiter: Any, worker: Any) -> None:
        worker.log.use(values)
        if counts:
            metrics()

    def child_exit(_arbiter: Any, worker: Any) -> None:
        if counts:
            retire(worker.pid)

    return {
        "worker_class": Worker,
        "logger_class": RequestLog,
        "workers": int(values["WORKERS"]),
        "threads": int(values["THREADS"]),
        "worker_connections": int(values["MAX_CONNECTIONS"]),
        "keepalive": int(values["KEEP_ALIVE_S"]),
        "graceful_timeout": int(values["STOP_TIMEOUT_S"]),
        "timeout": _STALLED_AFTER_S,
        "limit_request_line": min(head_bytes, _LONGEST_REQUEST_LINE),
        "limit_request_field_size": head_bytes,
        "loglevel": str(values["LOG_LEVEL"]),
        "preload_app": True,
        "worker_tmp_dir": memory_folder(),
        "proc_name": "caspian",
        # Whom to believe is for TRUSTED_PROXIES to say, not for gunicorn.
        "forwarded_allow_ips": "",
        "forwarder_headers": "",
        "secure_scheme_headers": {},
        "control_socket_disable": True,
        "when_ready": when_ready,
        "pre_fork": pre_fork,
        "post_fork": post_fork,
        "child_exit": child_exit,
    }


def allow_descriptors(values: Mapping[str, Any]) -> None:
    """Let a worker open as many files as it may have connections, as far as the system allows."""
    wanted = descriptors_wanted(int(values["MAX_CONNECTIONS"]))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))
