"""gunicorn's configuration: ``gunicorn -c python:api.http.gunicorn_configuration``.

The settings are those of the environment; gunicorn's own options go over them.
"""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import signal
import sys
from typing import Any

from api.settings import settings
from coastlines.files import folder_while_alive

# Until gunicorn heeds them these end it without a traceback of what was being loaded.
for _number in (signal.SIGINT, signal.SIGTERM):
    if signal.getsignal(_number) != signal.SIG_IGN:
        signal.signal(_number, lambda number, _: sys.exit(128 + number))
signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])

_values = settings()
_host = str(_values["HOST"])
_memory = "/dev/shm"  # noqa: S108 - files in memory, where there are such; made safe by mkdtemp

wsgi_app = "api.application:preloaded()"
bind = f"[{_host}]:{_values['PORT']}" if ":" in _host else f"{_host}:{_values['PORT']}"
worker_class = "gthread"
preload_app = True
workers = int(_values["WORKERS"])
threads = int(_values["THREADS"])
worker_connections = threads + 448  # at most; half of the files that a process may usually open
keepalive = 75  # [s] longer than the proxy's, so that it is the proxy that closes
graceful_timeout = int(_values["STOP_TIMEOUT_S"])
timeout = 120  # [s] of the loop that accepts, which computes nothing
limit_request_line = 8190
limit_request_fields = 1000
worker_tmp_dir = _memory if os.access(_memory, os.W_OK | os.X_OK) else None
logger_class = "api.http.log.Logger"
control_socket_disable = True
# Whom to believe is for TRUSTED_PROXIES to say.
forwarded_allow_ips = forwarder_headers = ""
secure_scheme_headers: dict[str, str] = {}

# prometheus-client looks for this folder when it is first imported.
_counts = folder_while_alive("caspian-counts-", worker_tmp_dir)
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_counts)
_master = os.getpid()

from prometheus_client.multiprocess import mark_process_dead  # noqa: E402

from api.http.metrics import in_progress  # noqa: E402


@atexit.register
def _remove_counts() -> None:
    if os.getpid() == _master:
        shutil.rmtree(_counts, ignore_errors=True)


def when_ready(arbiter: Any) -> None:
    """Say where the service listens."""
    # What lives on is no longer looked through for garbage: a page that nobody writes to stays shared.
    gc.collect()
    gc.freeze()
    for listener in arbiter.LISTENERS:
        host, port = listener.getsockname()[:2]
        print(f"caspian: serving at http://{f'[{host}]' if ':' in host else host}:{port}/", flush=True)


def post_worker_init(worker: Any) -> None:
    """Stop listening as soon as the worker is told to stop; gunicorn would keep new clients waiting."""

    def stop(number: int, frame: Any) -> None:
        worker.handle_exit(number, frame)
        worker.method_queue.defer(_close_listeners, worker)

    gc.set_threshold(50_000)  # looking for garbage took longer than decoding a body
    _counts.mkdir(mode=0o700, exist_ok=True)  # files in memory go with their user's last login
    signal.signal(signal.SIGTERM, stop)


def _close_listeners(worker: Any) -> None:
    """Refuse new clients, once the worker's loop has ceased to accept."""
    if any(listener in worker.poller.get_map() for listener in worker.sockets):
        worker.method_queue.defer(_close_listeners, worker)
        return
    for listener in worker.sockets:
        listener.close()


def pre_request(_worker: Any, _request: Any) -> None:
    """Count a request that begins."""
    in_progress.inc()


def post_request(_worker: Any, _request: Any, _environ: Any, _response: Any) -> None:
    """Count a request that has ended."""
    in_progress.dec()


def child_exit(_arbiter: Any, worker: Any) -> None:
    """Forget what a worker that has ended was doing."""
    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
