"""QGIS asks the same running service as the other clients."""

from __future__ import annotations

from tests.clients.conftest import service

__all__ = ["service"]
