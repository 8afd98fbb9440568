"""The routes, one blueprint a subject."""

from __future__ import annotations

from flask import Blueprint

from api.routes import (
    classify,
    conformance,
    crossings,
    docs,
    downloads,
    editions,
    features,
    health,
    landing,
    openapi,
    vocabulary,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    landing.blueprint,
    classify.blueprint,
    crossings.blueprint,
    features.blueprint,
    conformance.blueprint,
    openapi.blueprint,
    docs.blueprint,
    vocabulary.blueprint,
    downloads.blueprint,
    editions.blueprint,
    health.blueprint,
)
