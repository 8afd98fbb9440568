"""Why a table or file of positions is refused."""

from __future__ import annotations

from api.languages.marks import to_translate

SENTENCES = (
    to_translate("no column %(name)s; the header needs lon and lat, found: %(columns)s"),
    to_translate("no column %(name)s, found: %(columns)s"),
    to_translate("%(count)s columns could be %(name)s: %(columns)s"),
    to_translate("whole positions and longitudes or latitudes are chosen, give one or the other"),
    to_translate("column %(name)s is chosen for both longitude and latitude"),
    to_translate(
        "column %(name)s is of one hemisphere: name it with its numbers' signs, or with a letter in each cell"
    ),
    to_translate("column %(name)s holds a part of a coordinate, none is whole"),
    to_translate("column %(name)s may be that of lat or of lon; call it lat_hemisphere or lon_hemisphere"),
    to_translate(
        "columns that may hold hemispheres: %(columns)s; call them lat_hemisphere and lon_hemisphere "
        "where they do, else choose both %(name)s and %(other)s"
    ),
    to_translate(
        "columns that may hold minutes of whole degrees: %(columns)s; where whole degrees are meant, "
        "choose both %(name)s and %(other)s"
    ),
    to_translate(
        "column %(name)s tells hemispheres by its name, and none can be read in it; where it does not, "
        "choose both columns"
    ),
    to_translate(
        "column %(name)s tells minutes by its name and holds decimals, which may be minutes; "
        "where they are of degrees, choose both columns"
    ),
    to_translate(
        "column %(name)s has the longitude first by its name; texts without letters are read latitude first"
    ),
    to_translate(
        "column %(name)s tells hemispheres of the other axis: "
        "name it with its numbers' signs, or with a letter in each cell"
    ),
    to_translate(
        "column %(name)s turns signs: name it with its numbers' signs, or with a letter in each cell"
    ),
    to_translate("line %(line)s is not UTF-8 text"),
    to_translate("the line is longer than %(count)s bytes"),
    to_translate("the row that ends on line %(line)s is longer than %(count)s bytes"),
    to_translate("a quote in the row that begins on line %(line)s is not closed"),
    to_translate("the header has %(count)s columns, at most %(most)s are read"),
    to_translate("more than %(count)s points in one request; send them in parts"),
    to_translate("a GeoJSON geometry, Feature or FeatureCollection is needed, an object with a type"),
    to_translate("give either position_column, or lon_column and lat_column"),
    to_translate('%(fault)s; send {"points": [[lon, lat], ...]} or GeoJSON points'),
    to_translate("positions in JSON are an object or an array of records"),
    to_translate('"points" must be an array of [lon, lat] pairs'),
    to_translate("there is the unknown name %(name)s"),
    to_translate('a FeatureCollection needs an array "features"'),
    to_translate("only Point and MultiPoint are classified, this is %(name)s"),
    to_translate("properties must be an object"),
    to_translate("a MultiPoint needs an array of positions"),
    to_translate("GeoJSON is read in WGS84 longitude and latitude only; this one names another (%(name)s)"),
    to_translate("%(fault)s; the parameters lon_column and lat_column choose, or position_column"),
    to_translate("line %(line)s is not CSV: %(what)s"),
)
