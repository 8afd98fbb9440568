"""Why a request is refused: its address, its body, what it names, how busy the service is."""

from __future__ import annotations

from api.languages.marks import to_translate

SENTENCES = (
    to_translate("unknown parameter %(name)s; known here: %(known)s"),
    to_translate("parameter %(name)s is given twice"),
    to_translate("parameter %(name)s is empty; leave it out for the default"),
    to_translate("parameter %(name)s is empty; leave it out to choose all"),
    to_translate("parameter %(name)s is empty; leave it out for the usual columns"),
    to_translate("%(parameter)s=%(quoted)s: %(fault)s"),
    to_translate("a whole number of at least %(count)s is needed"),
    to_translate("true or false is needed"),
    to_translate("one of %(names)s is needed"),
    to_translate("known are %(names)s"),
    to_translate("four numbers are needed, %(name)s, or six with heights, %(names)s"),
    to_translate("degrees of longitude and latitude are needed"),
    to_translate("the %(name)s edge lies beyond the %(other)s edge"),
    to_translate("degrees above 0 are needed; steps are %(names)s"),
    to_translate("%(name)s is exact; only .geojson is simplified"),
    to_translate("an instant is needed, or an interval as start/end, start/.. or ../end"),
    to_translate("instants are written as 2018-08-12 or 2018-08-12T00:00:00Z (RFC 3339)"),
    to_translate("the interval ends before it begins"),
    to_translate("%(parameter)s %(quoted)s: %(fault)s; one that can be read: %(example)s"),
    to_translate(
        "longitude %(lon)s, latitude %(lat)s: finite numbers are needed, longitude from -180 to 180 and "
        "latitude from -90 to 90 degrees"
    ),
    to_translate("%(parameter)s is missing: give lon and lat in decimal degrees, or position"),
    to_translate("give either position, or lon and lat, not both"),
    to_translate("a report has all fields: leave %(parameter)s out, or ask for f=json"),
    to_translate(
        "%(count)s positions are asked for, at most %(most)s in an address; caspian compare takes files"
    ),
    to_translate("there is nothing at %(path)s"),
    to_translate("no collection %(name)s; there are %(names)s"),
    to_translate("no feature %(name)s in %(names)s"),
    to_translate("no download %(name)s; names are those of a collection with an ending, as %(example)s"),
    to_translate("no problem type %(name)s"),
    to_translate("no file %(name)s belongs to the pages of this release"),
    to_translate("no file %(name)s belongs to the documentation"),
    to_translate("no format %(name)s; there are %(names)s"),
    to_translate("%(name)s has no table of turning points; %(names)s have"),
    to_translate("there is no process %(name)s; there is %(other)s"),
    to_translate("unknown edition %(name)s: known are %(names)s"),
    to_translate(
        "unknown edition %(name)s (made by another version of this software: build it again, under a new "
        "name): known are %(names)s"
    ),
    to_translate("edition %(name)s has to be built: post these inputs to %(text)s"),
    to_translate("an edition is being built, and %(name)s has to be built after it"),
    to_translate(
        "the choices of edition %(name)s are not kept by this service: %(text)s makes the report where "
        "it was built"
    ),
    to_translate("too many editions are being opened"),
    to_translate("too many files are being made"),
    to_translate("the service is busy with other requests"),
    to_translate("the service is busy with other long requests"),
    to_translate("the service is busy with other large requests"),
    to_translate("the service is busy with other reports"),
    to_translate("it cannot be made or read here now; the reason has been logged"),
    to_translate("an unexpected error; it has been logged"),
    to_translate("the body has more than %(count)s bytes (and at most %(most)s points are read)"),
    to_translate(
        "the body would take %(count)s MB of memory, at most %(most)s MB are allowed (%(setting)s); send "
        "it in parts"
    ),
    to_translate("the answer takes longer than %(count)s s (%(setting)s); send the request in parts"),
    to_translate(
        "the answer takes longer than %(count)s s (%(setting)s) beside all else that the machine has to do"
    ),
    to_translate("the body is shorter than announced"),
    to_translate("the body ends early, or its chunks cannot be read"),
    to_translate("the body is no form in UTF-8, or has too many fields"),
    to_translate("unknown field %(name)s"),
    to_translate("the request does not say that it comes from a page of this service"),
    to_translate("the request comes from %(text)s, not from a page of this service"),
    to_translate("%(name)s is not read here; send %(kinds)s"),
    to_translate("a missing Content-Type is not read here; send %(kinds)s"),
    to_translate("the answer comes as %(names)s; the Accept header takes none of these"),
    to_translate("%(name)s names another state than that of what is here"),
    to_translate("The method is not allowed for the requested URL."),
    to_translate("a report is of one route or area, and there are %(count)s: make a report of each"),
    to_translate("the times of the route take more than %(count)s bytes, the most in a report"),
    to_translate("%(count)s areas and lines differ, at most %(most)s stand in a report"),
    to_translate("a report needs %(names)s, not installed here: %(text)s"),
    to_translate("%(name)s needs %(other)s, which is not installed: %(text)s"),
)
