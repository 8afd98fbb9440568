"""What is said of routes and areas: what was left out of them, what is not settled, why one is refused."""

from __future__ import annotations

from api.languages.marks import to_translate

SENTENCES = (
    to_translate("%(count)s point that repeats the one before left out."),
    to_translate("%(count)s points that repeat the one before left out."),
    to_translate("Points that repeat the one before left out."),
    to_translate("The vertices are joined by loxodromes."),
    to_translate("Legs along loxodromes: %(count)s, along geodesics: %(number)s."),
    to_translate("Heights left out: lengths are those on the ellipsoid."),
    to_translate("Heights left out: areas are those on the ellipsoid."),
    to_translate("The route lies wholly on land or outside the Caspian: it crosses no zone and no sector."),
    to_translate("The route leaves the Caspian."),
    to_translate("The route lies partly on land."),
    to_translate("Some legs are shorter than a metre: the route runs along a line there."),
    to_translate("no seabed of the Caspian"),
    to_translate("undelimited seabed: the leg begins or ends at %(lines)s, where nothing is agreed"),
    to_translate(
        "undelimited seabed: the leg runs in a sector that the route enters or leaves at %(lines)s, "
        "where nothing is agreed"
    ),
    to_translate("undelimited seabed: the leg lies nearest to %(lines)s, where nothing is agreed"),
    to_translate("part %(number)s"),
    to_translate("polygon %(number)s"),
    to_translate("ring %(number)s"),
    to_translate("vertex %(number)s"),
    to_translate("%(where)s: %(fault)s"),
    to_translate("there is no geometry; needed is one of %(names)s"),
    to_translate("a geometry without a type is neither a route nor an area; needed is one of %(names)s"),
    to_translate("%(name)s is neither a route nor an area; needed is one of %(names)s"),
    to_translate(
        "%(name)s is neither a route nor an area; needed is one of %(names)s; send its parts one by one"
    ),
    to_translate("the coordinates must be an array of lines"),
    to_translate("the coordinates must be an array of polygons"),
    to_translate("the coordinates must be an array of rings"),
    to_translate("the coordinates must be an array of positions"),
    to_translate("the route has no points; at least two different ones are needed"),
    to_translate("the area has no points; a ring of at least three different ones is needed"),
    to_translate("the polygon has no ring; at least its outline is needed"),
    to_translate("a route needs at least two different points; all are longitude %(lon)s, latitude %(lat)s"),
    to_translate("a route needs at least two different points; it has none"),
    to_translate(
        "the ring begins at longitude %(lon)s, latitude %(lat)s and ends at longitude %(end_lon)s, "
        "latitude %(end_lat)s; its last position must repeat the first"
    ),
    to_translate("a ring needs at least three different points"),
    to_translate(
        "the edge from longitude %(lon)s, latitude %(lat)s to longitude %(end_lon)s, latitude "
        "%(end_lat)s is %(length)s km long; at most %(most)s km are read as one geodesic: put points "
        "between, or check the order of longitude and latitude"
    ),
    to_translate(
        "longitude %(lon)s, latitude %(lat)s is no position: finite numbers are needed, longitude from "
        "-180 to 180 and latitude from -90 to 90 degrees"
    ),
    to_translate("a position is an array of two numbers, [lon, lat]"),
    to_translate("longitude and latitude must be numbers"),
    to_translate("longitude and latitude must be numbers on the earth"),
    to_translate(
        "the outline is %(length)s km long, at most %(most)s km are answered as one area; send it in parts"
    ),
    to_translate("the ring goes round a pole; areas are read that lie off the poles"),
    to_translate(
        "the polygon crosses or touches itself (%(what)s at longitude %(lon)s, latitude %(lat)s); rings "
        "must be simple, holes inside their shell, polygons apart"
    ),
    to_translate(
        "the polygon crosses or touches itself (%(what)s); rings must be simple, holes inside their "
        "shell, polygons apart"
    ),
    to_translate("self-intersection"),
    to_translate("ring self-intersection"),
    to_translate("hole lies outside shell"),
    to_translate("nested shells"),
    to_translate("nested holes"),
    to_translate("interior is disconnected"),
    to_translate("the route falls into more than %(count)s legs; send it in parts"),
    to_translate("the route falls into %(count)s legs, at most %(most)s stand in a report; send it in parts"),
    to_translate("more than %(count)s vertices, at most %(most)s stand in a report; send the route in parts"),
    to_translate(
        "more than %(count)s legs, at most %(most)s are answered in one request (%(setting)s); send them "
        "in parts"
    ),
    to_translate(
        "%(count)s features, at most %(most)s are answered in one request (%(setting)s); send them in parts"
    ),
    to_translate(
        "%(count)s km of routes and outlines, at most %(most)s are answered in one request "
        "(%(setting)s); send them in parts"
    ),
    to_translate(
        "Provisional sector lines are crossed (%(names)s): nothing is agreed there, and the States' own "
        "claims may differ."
    ),
    to_translate('a FeatureCollection needs an array "features" with a feature in it'),
    to_translate("feature %(number)s is not a GeoJSON Feature"),
    to_translate(
        "more than %(count)s vertices, at most %(most)s are answered in one request (%(setting)s); send "
        "them in parts"
    ),
)
