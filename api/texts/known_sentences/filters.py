"""Why a filter, or a list of names, is refused."""

from __future__ import annotations

from api.languages.marks import to_translate

SENTENCES = (
    to_translate("%(parameter)s: %(fault)s"),
    to_translate("names are needed, each once, with commas between them; known are %(names)s"),
    to_translate("no field %(name)s; there are %(names)s"),
    to_translate("an empty name; there are %(names)s"),
    to_translate("%(name)s is given twice"),
    to_translate("a %(name)s is needed where a %(other)s stands: %(text)s"),
    to_translate("a %(name)s cannot be compared with a %(other)s: %(text)s"),
    to_translate("this stands where a value, a property or an operation is needed: %(text)s"),
    to_translate("no property %(name)s; known here: %(names)s"),
    to_translate("no operation %(name)s; there are %(names)s"),
    to_translate("%(name)s takes %(count)s arguments and has %(number)s"),
    to_translate("%(name)s takes 2 arguments or more and has %(number)s"),
    to_translate("no CQL2 text: it cannot be read on at its end"),
    to_translate("no CQL2 text: it cannot be read on at %(text)s, character %(number)s"),
    to_translate("numbers have to be finite"),
    to_translate("geometry can be asked by spatial functions alone"),
    to_translate("in takes a value and a list of values"),
    to_translate("a filter may ask at most %(count)s spatial functions"),
    to_translate("at most %(count)s characters are read, these are %(number)s"),
    to_translate("brackets are read at most %(count)s deep"),
    to_translate("conditions or lists stand in each other more than %(count)s deep"),
    to_translate("%(text)s is no geometry"),
    to_translate("%(geometry)s is empty"),
    to_translate("%(text)s has coordinates beyond those of %(name)s"),
    to_translate("%(text)s is no valid geometry: %(what)s"),
    to_translate("this %(name)s is none: %(what)s"),
    to_translate("geometry, BBOX or a geometry is needed where %(text)s stands"),
    to_translate("bbox takes four numbers, %(name)s, or six with heights"),
    to_translate("bbox is none: %(text)s; %(names)s is needed"),
    to_translate("a %(name)s is written as %(example)s, not as %(text)s"),
)
