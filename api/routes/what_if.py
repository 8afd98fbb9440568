"""What if: the form for an edition of own choices, and what came of it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("what_if", __name__)
