"""The routes, one blueprint a subject."""

from __future__ import annotations

from flask import Blueprint

from api.routes import (
    assets,
    classify,
    compare,
    crossings,
    docs,
    downloads,
    editions,
    features,
    health,
    landing,
    processes,
    tracks,
    what_if,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    landing.blueprint,
    assets.blueprint,
    classify.blueprint,
    crossings.blueprint,
    tracks.blueprint,
    features.blueprint,
    docs.blueprint,
    downloads.blueprint,
    editions.blueprint,
    compare.blueprint,
    processes.blueprint,
    what_if.blueprint,
    health.blueprint,
)
