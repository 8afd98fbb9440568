"""What features and coasts say of the law and of how lines were drawn."""

from __future__ import annotations

from api.languages.marks import to_translate

SENTENCES = (
    to_translate("Convention, Art. 8(1); cables and pipelines: Art. 14"),
    to_translate(
        "Convention, Art. 14: the route of a submarine cable or pipeline is agreed with the Party whose "
        "sector of the seabed it crosses."
    ),
    to_translate("equidistance line from the baselines in use; nothing agreed is known"),
    to_translate(
        "equidistance line from the baselines in use; a border of %(length)s km at sea is reported, its "
        "points are not known"
    ),
    to_translate("equidistance line from the baselines in use; the end of the land border is open, too"),
    to_translate(
        "median line by the treaty, drawn here from the baselines in use; its points are not known, and "
        "by the treaty it stays fixed if the water recedes"
    ),
    to_translate("no agreement known"),
    to_translate("one geodesic to the first agreed point"),
    to_translate("agreed points joined by geodesics"),
    to_translate("one geodesic from the end of the land border to the tripoint, as long as is published"),
    to_translate(
        "equidistance brought through both agreed ends: the difference of the distances to the two "
        "baselines goes evenly from %(start_m)s m at the one to %(end_m)s m at the other"
    ),
    to_translate("equidistance from the end of the land border for the agreed length, %(length)s nm"),
    to_translate(
        "one geodesic from where the agreed line ends to the agreed end of the line Azerbaijan - "
        "Kazakhstan; it shows a bend"
    ),
    to_translate(
        "one geodesic from the agreed end of the line Azerbaijan - Kazakhstan to the nearest point of "
        "the equidistance line"
    ),
    to_translate("equidistance; nothing agreed"),
    to_translate(
        "one geodesic between the ends of Iran's two land borders; Soviet practice, never a treaty line, "
        "denied by Iran; no edge of a sector"
    ),
    to_translate("rough reading of the area of the water"),
    to_translate("rough reading of the area of the water; mixed imagery, so no single level"),
    to_translate("rough reading of the area of the water without Kara-Bogaz-Gol"),
    to_translate("rough reading of the area of the water; the sea stood at %(level)s m about %(year)s"),
)
