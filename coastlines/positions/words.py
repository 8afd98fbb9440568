"""What stands in a position but numbers: marks of degrees, hemispheres and axes, in six languages.

English; Russian ``с.ш.`` and ``в.д.`` (northern latitude, eastern longitude) and the letters С Ю В З; Kazakh
``с.е.`` and ``ш.б.``; Azerbaijani, Turkmen and Persian by their words. A hemisphere may stand with the word
for latitude or longitude. Words of units and directions are those of Unicode CLDR.
"""

from __future__ import annotations

import re
from functools import cache

# The rest of a word, and its end. A number may touch a word and is none of it.
_REST, _END = r"[^\W\d_]*", r"(?![^\W\d_])"
# Endings that words of units and axes have; with any others they could hide a hemisphere that touches them.
_RUSSIAN = r"(?:[аыуе]|ой|ами?|ах)"
_KAZAKH = r"(?:қа|т(?:ы|а|ан|ың|ық)|пен)"
_AZERBAIJANI = r"(?:si|lik|dən?|yə|ni|nin|lər)"
_TURKMEN = r"(?:yň?|dan?|lyk|lar)"
# Words of latitude and of longitude, as regular expressions.
_LATITUDE = (
    rf"lat(?:itude)?{_END}\.?", r"φ|ф(?=\s*=)", rf"шир(?:\.|(?:от{_RUSSIAN}?)?{_END})",
    rf"енді(?:к(?:т[еі]|тен|тің|ке|пен)?|гі(?:н(?:ің|ен?|де)?)?){_END}",
    rf"(?:en\s+dairə(?:si(?:nin|ndə|nə)?)?|enli(?:k(?:in|dən?)?|yi(?:n(?:in|də|dən|ə|i)?)?)){_END}",
    rf"giňişli(?:k(?:iň|den?)?|gi(?:ň|niň|nden?|ne|ni)?){_END}", r"عرض(?:\s*جغرافیایی)?",
)  # fmt: skip
_LONGITUDE = (
    rf"lon(?:g(?:itude)?)?{_END}\.?|lng{_END}\.?", r"λ", rf"долг?(?:\.|(?:от{_RUSSIAN}?)?{_END})",
    rf"бойлы(?:қ(?:т[аы]|тан|тың|қа|пен)?|ғы(?:н(?:ың|ан?|да)?)?){_END}",
    rf"(?:uzunlu[qğ]\s+dairə(?:si(?:nin|ndə|nə)?)?|uzunlu(?:q(?:un|dan?)?|ğu(?:n(?:un|da|dan|a|u)?)?)){_END}",
    rf"uzakly(?:k(?:yň|dan?)?|gy(?:ň|nyň|ndan?|na|ny)?){_END}", r"طول(?:\s*جغرافیایی)?",
)  # fmt: skip

# Of each hemisphere: words, and letters or short forms that must not go on. The Azerbaijani short form of
# southern latitude is none of them: so the Kazakh one of northern latitude looks in Latin letters.
_WORDS = {
    "north": rf"north(?:ern)?|север{_REST}|сев\.?|солтүсті[кг]{_REST}|şimal{_REST}|demirgazyk{_REST}|شمالی?",
    "south": rf"south(?:ern)?|южн{_REST}|юг{_REST}|оңтүсті[кг]{_REST}|cənub{_REST}|günorta{_REST}|جنوبی?",
    "east": rf"east(?:ern)?|восто(?:чн|к){_REST}|вост\.?|шығыс{_REST}|şərq{_REST}|gündogar{_REST}|شرقی?",
    "west": rf"west(?:ern)?|запад{_REST}|зап\.?|батыс{_REST}|qərb{_REST}|günbatar{_REST}|غربی?",
}
_STOP = r"(?:\.(?![0-9]))?"  # behind a letter, and no decimal point
_SHORT = {
    "north": rf"с\.?\s*ш\.?{_END}|с\.\s*е\.?{_END}|ş\.\s*e\.?{_END}|n{_END}{_STOP}|с{_END}(?!\.)",
    "south": rf"ю\.?\s*ш\.?{_END}|о\.\s*е\.?{_END}|s(?![a-df-mo-rt-vx-z]){_STOP}|ю{_END}(?!\.)",
    "east": rf"в\.?\s*д\.?{_END}|ш\.\s*б\.?{_END}|ş\.\s*u\.?{_END}|e{_END}{_STOP}|в{_END}(?!\.)",
    "west": rf"з\.?\s*д\.?{_END}|б\.\s*б\.?{_END}|q\.\s*u\.?{_END}|w{_END}{_STOP}|з{_END}(?!\.)",
}
# Directions between two, as of the wind: no hemisphere.
_BETWEEN = rf"(?!{_REST}(?:восто|запад|шығыс|батыс|şərq|qərb|gündogar|günbatar))"
_AXIS_OF = {"north": "lat", "south": "lat", "east": "lon", "west": "lon"}
AXES = {
    "north": ("lat", "N"), "south": ("lat", "S"), "east": ("lon", "E"), "west": ("lon", "W"),
    "lat": ("lat", ""), "lon": ("lon", ""),
}  # fmt: skip


def _hemisphere(name: str) -> str:
    """A hemisphere with the word of its axis before or behind it, or alone."""
    is_lat = _AXIS_OF[name] == "lat"
    axis = "|".join(_LATITUDE if is_lat else _LONGITUDE)
    words = f"{_BETWEEN if is_lat else ''}(?:{_WORDS[name]}){_END}"
    return rf"(?:(?:{axis})\s*)?{words}(?:\s+(?:{axis}))?|{_SHORT[name]}"


_PATTERNS = (
    ("number", r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"),
    ("and", rf"(?:and|и|және|və|we|و){_END}"),
    # A unit letter may touch the hemisphere letter behind it, as in 42d33m36sN.
    (
        "second",
        rf"[\"″”“ʺ˝]|['′’‘ʹʼ´`]{{2}}"
        rf"|(?:sec(?:onds?)?|сек(?:унд(?:{_RUSSIAN}|{_KAZAKH})?)?|saniyə{_AZERBAIJANI}?|sekun[dt]{_TURKMEN}?|ثانیه)"
        rf"{_END}\.?",
    ),
    (
        "minute",
        rf"['′’‘ʹʼ´`]|(?:min(?:utes?|ut{_TURKMEN}?)?|мин(?:ут(?:{_RUSSIAN}|{_KAZAKH})?)?|dəqiqə{_AZERBAIJANI}?|دقیقه)"
        rf"{_END}\.?|m(?![a-df-mo-rt-vx-z])",
    ),
    (
        "degree",
        rf"[°º˚∘]|(?:deg(?:rees?)?|град(?:ус(?:{_RUSSIAN}|о[вм]|{_KAZAKH})?)?|dərəcə{_AZERBAIJANI}?"
        rf"|gradus{_TURKMEN}?|درجه){_END}\.?|d(?!emir|[a-df-mo-rt-vx-zə])",
    ),
    *((name, _hemisphere(name)) for name in AXES if name in _AXIS_OF),
    ("lat", rf"(?:{'|'.join(_LATITUDE)})\s*[:=]?"),
    ("lon", rf"(?:{'|'.join(_LONGITUDE)})\s*[:=]?"),
    ("colon", r":"),
    ("separator", r"[,;/|\n]"),
    ("space", r"\s+"),
)


@cache
def token_pattern() -> re.Pattern[str]:
    """Whatever stands in a position, one named group each; compiled when the first one is read."""
    return re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _PATTERNS), re.IGNORECASE)
