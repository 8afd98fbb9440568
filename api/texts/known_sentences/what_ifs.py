"""What is said of the choices of a what-if, and why one is refused."""

from __future__ import annotations

from api.languages.marks import to_translate

SENTENCES = (
    to_translate(
        "Lines that stand for the shore, their ends within 500 m of it. All lines and treaty points "
        "have at most %(count)s vertices."
    ),
    to_translate("line %(line)s, row %(row)s: %(fault)s"),
    to_translate("position %(quoted)s: %(fault)s; one that can be read: %(example)s"),
    to_translate(
        "latitude %(lat)s, longitude %(lon)s is far from the sea; latitude comes first: %(position)s"
    ),
    to_translate("straight line %(line)s: %(fault)s"),
    to_translate("line %(line)s has one point only, at least two are expected"),
    to_translate("straight line %(line)s has one point only, at least two are expected"),
    to_translate("straight line %(line)s has %(parameter)s %(text)s, one of %(names)s is expected"),
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
    to_translate("effect of %(island)s is %(share)s: it must be from 0 (none) to 1 (full)"),
    to_translate("%(input)s=%(quoted)s is not a number"),
    to_translate("%(name)s: has fewer than two different points"),
    to_translate("line %(line)s: %(fault)s"),
    to_translate("line %(line)s of the GeoJSON: %(fault)s"),
    to_translate("line %(line)s of the GeoJSON has one point only, at least two are expected"),
    to_translate("%(label)s has %(parameter)s %(text)s, one of %(names)s is expected"),
    to_translate("%(label)s has no property %(name)s, one of %(names)s is expected"),
    to_translate("rows of longitude and latitude in degrees are expected"),
    to_translate(
        "lines and points have %(count)s vertices together, at most %(most)s are taken (%(setting)s)"
    ),
    to_translate("the lines have more than %(count)s positions (%(setting)s)"),
    to_translate("%(count)s lines, at most %(most)s are taken"),
    to_translate("%(name)s is %(text)s: an object is needed"),
    to_translate("the breadth of %(state)s in nautical miles is %(text)s: a number is needed"),
    to_translate("the effect of %(input)s, from 0 to 1, is %(text)s: a number is needed"),
    to_translate("keep_artificial is %(text)s: true or false is needed"),
    to_translate("unknown member %(name)s; known here: %(names)s"),
    to_translate("no island %(name)s: there are %(names)s"),
    to_translate("no line %(name)s on the seabed: %(pairs)s are known"),
    to_translate("response %(text)s: raw or document is needed"),
    to_translate("mode %(text)s: the process is executed as a job alone"),
    to_translate("a coordinate is %(text)s: a number is needed"),
    to_translate("a coordinate is not finite"),
    to_translate("coast %(text)s: %(names)s are known"),
    to_translate("a title is one line of at most %(count)s characters"),
    to_translate("a name is one line of at most %(count)s characters"),
    to_translate("%(text)s is no position: [longitude, latitude] is needed"),
    to_translate("longitude %(lon)s, latitude %(lat)s is not on the earth"),
    to_translate("straight lines are a GeoJSON FeatureCollection of LineStrings"),
    to_translate("%(input)s=%(quoted)s is not a number (write a decimal point, not a comma)"),
    to_translate("%(input)s=%(quoted)s is not a finite number"),
    to_translate("%(called)s is empty"),
    to_translate("%(called)s is not UTF-8: byte %(count)s cannot be read"),
    to_translate("%(called)s is not JSON: %(what)s at line %(line)s, column %(column)s"),
    to_translate("%(called)s is nested too deep"),
    to_translate("%(called)s has a number that is too long"),
    to_translate("%(called)s has %(name)s, which JSON does not know"),
    to_translate("%(called)s has the name %(name)s twice in one object"),
    to_translate("the body"),
    to_translate("the filter"),
    to_translate("the GeoJSON text"),
    to_translate("expecting value"),
    to_translate("expecting property name enclosed in double quotes"),
    to_translate("expecting ',' delimiter"),
    to_translate("expecting ':' delimiter"),
    to_translate("extra data"),
    to_translate("unterminated string starting at"),
    to_translate("illegal trailing comma before end of object"),
    to_translate("illegal trailing comma before end of array"),
)
