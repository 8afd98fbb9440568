"""Titles and descriptions of collections; islands, structures and lines, as the core names them."""

from __future__ import annotations

from api.languages.marks import to_translate

# Islands, structures and lines as the core names them.
NAMES = (
    to_translate("Chechen"),
    to_translate("Tyuleniy"),
    to_translate("Kulaly"),
    to_translate("Morskoy"),
    to_translate("Ogurja Ada"),
    to_translate("Pirallahi"),
    to_translate("Chilov"),
    to_translate("Boyuk Zira"),
    to_translate("Xara Zira"),
    to_translate("Absheron islands"),
    to_translate("Neft Daslari (Oil Rocks)"),
    to_translate("channel spoil islets (13)"),
    to_translate("Kashagan D"),
    to_translate("Kashagan, second structure"),
    to_translate("Astara - Hasanqoli line"),
    to_translate("Kara-Bogaz-Gol"),
)
SENTENCES = (
    to_translate("Legal zones of the Caspian Sea"),
    to_translate(
        "Internal waters, territorial waters and fishery zones of the five States and the common "
        "maritime space. Internal waters are empty but for Kara-Bogaz-Gol unless straight lines are "
        "given: none is agreed or published with coordinates that could be read."
    ),
    to_translate("Outer limits"),
    to_translate(
        "Outer limits of territorial waters and of fishery zones: the envelope of arcs from the baseline, "
        "within 0.1 m, vertices within 1 mm before they are rounded to 7 decimals."
    ),
    to_translate("Segments of the outer limits"),
    to_translate(
        "Arcs about a base point, and curves at the breadth from a straight part of the baseline, which no "
        "geodesic is: what each outer limit is made of, in its order, the belt on the left. Ends and centres "
        "have 9 decimals."
    ),
    to_translate("Known issues"),
    to_translate(
        "What is approximate where, with its effect in km² or metres and how that was measured; outlines are "
        "drawn around what is concerned. Who finds another one tells the operator of the service the "
        "position, the edition, the answer that was expected, and a source for it."
    ),
    to_translate("The shoreline is a proxy"),
    to_translate("No straight baselines"),
    to_translate("Land taken as artificial"),
    to_translate("Water equally far from two States"),
    to_translate("End of a land border"),
    to_translate("Line whose points are not known"),
    to_translate("Closing line constructed here"),
    to_translate("Baselines"),
    to_translate(
        "Normal baselines (a proxy shoreline of the -28.0 m line), straight baselines and closing lines, "
        "geodesics in pieces of at most 500 m; water on the left."
    ),
    to_translate("Boundaries in the water"),
    to_translate(
        "Lines between the waters of two States, where the belts of both reach: equidistance lines, "
        "equal to 1 mm at vertices before rounding and within 0.1 m along their edges."
    ),
    to_translate("Artificial land"),
    to_translate(
        "Artificial islands and installations that the coast source draws: they generate no baseline "
        "(Art. 7(2)). Safety zones of 500 m are the most that Art. 8(2) allows; none is known to be set up."
    ),
    to_translate("Sectors of the seabed"),
    to_translate(
        "Five sectors of the seabed without overlap or gap, Kara-Bogaz-Gol apart. A sector is as settled "
        "as the least settled of its edges."
    ),
    to_translate("Lines between the sectors"),
    to_translate(
        "Agreed lines from the treaties' own points, lines reconstructed between what is known of an "
        "agreement, and provisional lines of equidistance. A line that is merely claimed is shown on "
        "request."
    ),
    to_translate("All collections"),
    *NAMES,
)
