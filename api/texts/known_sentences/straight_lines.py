"""Why no edition can be made from straight lines and the points of treaties."""

from __future__ import annotations

from api.languages.marks import to_translate

# What a line is called in these sentences.
LABELS = (
    to_translate("straight line %(name)s"),
    to_translate("line %(name)s"),
    to_translate("line %(line)s of the GeoJSON"),
)
SENTENCES = (
    to_translate(
        "start of %(label)s of %(state)s at %(lon)s, %(lat)s lies %(metres)s m from the nearest shore at "
        "%(shore_lon)s, %(shore_lat)s: it must be within %(most)s m"
    ),
    to_translate(
        "end of %(label)s of %(state)s at %(lon)s, %(lat)s lies %(metres)s m from the nearest shore at "
        "%(shore_lon)s, %(shore_lat)s: it must be within %(most)s m"
    ),
    to_translate(
        "start of %(label)s of %(state)s at %(lon)s, %(lat)s is on the shore of %(states)s: a State's "
        "line runs between points of its own shore"
    ),
    to_translate(
        "end of %(label)s of %(state)s at %(lon)s, %(lat)s is on the shore of %(states)s: a State's line "
        "runs between points of its own shore"
    ),
    to_translate("%(label)s of %(state)s: both ends meet the shore in one point"),
    to_translate(
        "straight lines up to %(name)s of %(state)s are %(length)s km long: %(most)s km in all can be used"
    ),
    to_translate("%(label)s of %(state)s crosses itself"),
    to_translate(
        "straight lines %(name)s of %(state)s and %(other)s of %(other_state)s are one line, which may "
        "be given once, from %(lon)s, %(lat)s"
    ),
    to_translate(
        "straight lines %(name)s of %(state)s and %(other)s of %(other_state)s cross at %(lon)s, %(lat)s"
    ),
    to_translate("%(label)s of %(state)s runs nowhere over water"),
    to_translate(
        "%(label)s of %(state)s meets the shore of %(states)s at %(lon)s, %(lat)s: a State's line runs "
        "between points of its own shore"
    ),
    to_translate(
        "%(label)s of %(state)s cuts off shore of %(other_state)s at %(lon)s, %(lat)s: a State's line "
        "encloses nothing but waters along its own shore"
    ),
    to_translate(
        "%(label)s of %(state)s cuts off %(other_label)s of %(other_state)s at %(lon)s, %(lat)s: a "
        "State's line encloses nothing but waters along its own shore"
    ),
    to_translate("the shore does not part water from land at %(lon)s, %(lat)s"),
    to_translate("a straight line does not run over water at %(lon)s, %(lat)s"),
    to_translate("no straight line bounds the water at %(lon)s, %(lat)s"),
    to_translate(
        "the straight lines do not cut the water into parts that add up to it, %(share)s of it is lost "
        "near %(lon)s, %(lat)s"
    ),
    to_translate("the closing line of Kara-Bogaz-Gol leaves the lagoon open to the sea on this coast"),
    to_translate("lines and shores near %(lon)s, %(lat)s are too close together to be told apart"),
    to_translate(
        "%(count)s parts of the open water at %(lon)s, %(lat)s, where a land border ends, lie between "
        "two States' shores or straight lines: one is needed to divide"
    ),
    to_translate("this coast draws no artificial land that could be kept; leave that choice out"),
    to_translate("%(island)s is not on this coast"),
    to_translate("the modified lines of %(pair)s do not meet"),
    to_translate("the modified line %(pair)s does not end where a third State is as near"),
    to_translate(
        "point %(number)s of the table for %(pair)s, longitude %(lon)s, latitude %(lat)s, does not lie "
        "in the Caspian (or within %(length)s km of its shore)"
    ),
    to_translate("the baselines of %(pair)s have no equidistance line on this coast"),
    to_translate("the baselines of Azerbaijan, Iran and Turkmenistan have no equidistant point"),
    to_translate("the line %(pair)s does not lead through its two points"),
)
