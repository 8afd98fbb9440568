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
    to_translate("building takes more memory than it may (%(setting)s)"),
    to_translate("building takes longer than %(count)s s (%(setting)s)"),
    to_translate("the service was stopped"),
    to_translate("the service has no room to keep the edition, or cannot write it"),
    to_translate("the service failed; the reason has been logged"),
    to_translate("the job is accepted: %(fault)s"),
    to_translate("the job is running: %(fault)s"),
    to_translate("the job failed: %(fault)s"),
    to_translate("the job was dismissed and has no results"),
    to_translate("the job has not ended yet"),
    to_translate("there is no room left to say that the job is dismissed"),
    to_translate("there is no job %(name)s"),
)
