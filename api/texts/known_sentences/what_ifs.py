"""What is said of the choices of a what-if, and why one is refused."""

from __future__ import annotations

from api.languages.marks import to_translate

SENTENCES = (
    to_translate(
        "Lines that stand for the shore, their ends within 500 m of it. All lines and treaty points "
        "have at most %(count)s vertices."
    ),
    to_translate("line %(line)s, row %(row)s: %(fault)s"),
    to_translate("position %(text)s: %(fault)s; one that can be read: %(example)s"),
    to_translate(
        "latitude %(lat)s, longitude %(lon)s is far from the sea; latitude comes first: %(position)s"
    ),
    to_translate("straight line %(line)s: %(fault)s"),
    to_translate("line %(line)s has one point only, at least two are expected"),
    to_translate("straight line %(line)s has one point only, at least two are expected"),
    to_translate("straight line %(line)s has %(name)s %(text)s, one of %(names)s is expected"),
    to_translate("a LineString is needed"),
    to_translate("a Feature is needed"),
    to_translate("the GeoJSON text is no Feature or FeatureCollection"),
    to_translate("the file is no text in UTF-8"),
    to_translate("longitude %(lon)s, latitude %(lat)s looks swapped: longitude comes first"),
    to_translate("%(count)s editions are being built or wait for it"),
    to_translate("there is no room left to keep a job"),
    to_translate("and %(count)s more"),
    to_translate("breadth of %(state)s is %(breadth)s nm: Article 7(1) allows more than 0 and at most 15"),
    to_translate(
        "breadth of %(state)s is %(breadth)s nm: below 0.25 nm no limit is drawn, for it would wind round "
        "every stone of the coast"
    ),
    to_translate("effect of %(name)s is %(share)s: it must be from 0 (none) to 1 (full)"),
    to_translate("%(state)s=%(text)s is not a number"),
)
