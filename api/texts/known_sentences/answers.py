"""What an answer says beside its numbers: caveats, hints, the law."""

from __future__ import annotations

from api.languages.marks import to_translate

SENTENCES = (
    to_translate("Within the coastline's accuracy (%(accuracy)s m) of the shore."),
    to_translate("Within the coastline's accuracy (%(accuracy)s m) of the limit."),
    to_translate("Land that fell dry below -28.0 m is still water in law."),
    to_translate(
        "No straight baselines of %(state)s are in use (none published with coordinates); "
        "bays, harbours and river mouths are as the shoreline source draws them."
    ),
    to_translate(
        "The closing line of Kara-Bogaz-Gol is constructed here, and its outline is the same in every coast, "
        "so that coasts cannot be compared."
    ),
    to_translate("Not compared with %(names)s: %(reason)s."),
    to_translate("straight lines of this edition do not fit there"),
    to_translate("artificial land of this edition is not drawn there"),
    to_translate(
        "longitude and latitude look swapped: longitude %(lon)s, latitude %(lat)s lies in the Caspian"
    ),
    to_translate("0, 0 is what many receivers and programs write where they have no position"),
    to_translate("Convention, Art. 1 and 5: waters landward of the baseline"),
    to_translate("Convention, Art. 1 and 5: beyond the outer limits of the fishery zones"),
    to_translate("Convention, Art. %(first)s and %(second)s"),
    to_translate("Convention, Art. %(article)s"),
    to_translate(
        "Signed at Aktau on 12 August 2018. Not in force on 15 December 2025, the date of our knowledge: "
        "Turkmenistan, Kazakhstan, Azerbaijan and Russia had ratified, Iran had not (Art. 22 asks for "
        "all five)."
    ),
)
