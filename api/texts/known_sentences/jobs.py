"""How a job fares."""

from __future__ import annotations

from api.languages.marks import to_translate

SENTENCES = (
    to_translate("waits for its turn"),
    to_translate("waits for its turn: %(count)s before it"),
    to_translate("begins"),
    to_translate("giving the shore to its States"),
    to_translate("walking limits and equidistance lines"),
    to_translate("dividing the seabed"),
    to_translate("certifying cells"),
    to_translate("drawing the atlas"),
    to_translate("done"),
    to_translate("comparing with the default edition"),
    to_translate("drawing the map"),
    to_translate("built"),
    to_translate("built before"),
    to_translate("dismissed"),
    to_translate("the process that worked at it ended before its end"),
)
