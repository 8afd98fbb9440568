"""For who starts gunicorn himself instead of ``caspian serve``.

``gunicorn -c python:api.gunicorn_configuration 'api.application:create_app()'`` runs the service with
the settings of the environment; gunicorn's own options go over them.
"""

from __future__ import annotations

import contextlib
from typing import Any

from api.operation import logs
from api.operation.metrics import shared_folder
from api.operation.running import allow_descriptors, options
from api.operation.server import warm
from api.settings import settings

_values = settings()
_resources = contextlib.ExitStack()

logs.configure(_values)
allow_descriptors(_values)


def on_starting(_arbiter: Any) -> None:
    """Make the folder of the workers' counts before the first worker."""
    _resources.enter_context(shared_folder())


def on_exit(_arbiter: Any) -> None:
    """Take the folder away again."""
    _resources.close()


_host = str(_values["HOST"])
bind = f"[{_host}]:{_values['PORT']}" if ":" in _host else f"{_host}:{_values['PORT']}"
globals().update(options(_values, warm=warm))
