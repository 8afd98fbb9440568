"""Why a text is no position."""

from __future__ import annotations

from api.languages.marks import to_translate

SENTENCES = (
    to_translate("%(text)s is not understood"),
    to_translate("it is empty"),
    to_translate("it is longer than %(count)s characters"),
    to_translate("there is no number in it"),
    to_translate("there is one number in it, but a position has latitude and longitude"),
    to_translate("there are %(count)s hemisphere letters in it, two are enough"),
    to_translate("there are more than two parts in it"),
    to_translate("it can be read as %(position)s and as four numbers; write decimal points"),
    to_translate("its commas can be read in two ways; write decimal points"),
    to_translate("it cannot be divided into a latitude and a longitude"),
    to_translate("it can be divided in several ways; put a comma between latitude and longitude"),
    to_translate(
        "it reads as one coordinate in degrees and minutes; a position has latitude and longitude "
        "(put a comma between them)"
    ),
    to_translate("a coordinate has at most degrees, minutes and seconds"),
    to_translate("%(axis)s %(degrees)s is beyond %(most)s degrees"),
    to_translate(
        "%(axis)s %(degrees)s is beyond %(most)s degrees; "
        "without the letters N, S, E, W the latitude comes first"
    ),
    to_translate(
        "%(axis)s %(degrees)s is beyond %(most)s degrees; "
        "degrees and minutes as one number are written %(text)s"
    ),
    to_translate("latitude"),
    to_translate("longitude"),
    to_translate("it is a latitude, a longitude is needed"),
    to_translate("it is a longitude, a latitude is needed"),
    to_translate("its hemisphere is needed"),
    to_translate("its crs is not wgs84"),
    to_translate("its SRID is %(count)s, positions are read in 4326 (WGS84)"),
    to_translate("a number has one decimal point"),
    to_translate("a hemisphere letter stands before or behind its whole coordinate"),
    to_translate("it reads as one coordinate with a decimal comma; a position has two"),
    to_translate("one coordinate has two hemisphere letters"),
    to_translate("one coordinate is called both latitude and longitude"),
    to_translate("%(text)s stands in a wrong place"),
    to_translate("only the last part of a coordinate may have decimals"),
    to_translate("nothing follows the last colon"),
    to_translate("there are two latitudes in it"),
    to_translate("there are two longitudes in it"),
    to_translate("%(axis)s has both a sign and a hemisphere letter"),
    to_translate("%(axis)s has %(degrees)s minutes, but they stay below 60"),
    to_translate("%(axis)s has %(degrees)s seconds, but they stay below 60"),
)
