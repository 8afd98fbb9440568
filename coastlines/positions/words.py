"""What stands in a position but numbers: marks of degrees, hemispheres and axes, in six languages.

English; Russian ``с.ш.`` and ``в.д.`` (northern latitude, eastern longitude) and the letters С Ю В З; Kazakh
``с.е.`` and ``ш.б.``; Azerbaijani, Turkmen and Persian by their words. A hemisphere may stand with the word
for latitude or longitude. Words of units and directions are those of Unicode CLDR.
"""

from __future__ import annotations

import re
from functools import cache

# Words of latitude and of longitude, as regular expressions.
_LATITUDE = (
    r"lat(?:itude)?\b\.?", r"φ|ф(?=\s*=)", r"шир(?:от\w*|\.)?", r"ендік\w*|ендіг\w*",
    r"(?:en\s+dairə\w*|enli[ky]\w*)", r"giňişli[kg]\w*", r"عرض(?:\s*جغرافیایی)?",
)  # fmt: skip
_LONGITUDE = (
    r"lon(?:g(?:itude)?)?\b\.?|lng\b\.?", r"λ", r"долг?(?:от\w*|\.)?", r"бойлы[қғ]\w*",
    r"(?:uzunlu[qğ]\s+dairə\w*|uzunlu[qğ]\w*)", r"uzakly[kg]\w*", r"طول(?:\s*جغرافیایی)?",
)  # fmt: skip

# Of each hemisphere: words, and letters or short forms that must not go on.
_WORDS = {
    "north": r"north(?:ern)?|север\w*|сев\.?|солтүсті[кг]\w*|şimal\w*|demirgazyk\w*|شمالی?",
    "south": r"south(?:ern)?|южн\w*|юг\w*|оңтүсті[кг]\w*|cənub\w*|günorta\w*|جنوبی?",
    "east": r"east(?:ern)?|восточн\w*|восток\w*|вост\.?|шығыс\w*|şərq\w*|gündogar\w*|شرقی?",
    "west": r"west(?:ern)?|запад\w*|зап\.?|батыс\w*|qərb\w*|günbatar\w*|غربی?",
}
_SHORT = {
    "north": r"с\.?\s*ш\.?(?!\w)|с\.\s*е\.?(?!\w)|ş\.\s*e\.?(?!\w)|n(?![^\W\d_])|с(?![^\W\d_]|\.)",
    "south": r"ю\.?\s*ш\.?(?!\w)|о\.\s*е\.?(?!\w)|c\.\s*e\.?(?!\w)|s(?![a-df-mo-rt-vx-z])|ю(?![^\W\d_]|\.)",
    "east": r"в\.?\s*д\.?(?!\w)|ш\.\s*б\.?(?!\w)|ş\.\s*u\.?(?!\w)|e(?![^\W\d_])|в(?![^\W\d_]|\.)",
    "west": r"з\.?\s*д\.?(?!\w)|б\.\s*б\.?(?!\w)|q\.\s*u\.?(?!\w)|w(?![^\W\d_])|з(?![^\W\d_]|\.)",
}
_AXIS_OF = {"north": "lat", "south": "lat", "east": "lon", "west": "lon"}
AXES = {
    "north": ("lat", "N"), "south": ("lat", "S"), "east": ("lon", "E"), "west": ("lon", "W"),
    "lat": ("lat", ""), "lon": ("lon", ""),
}  # fmt: skip


def _hemisphere(name: str) -> str:
    """A hemisphere with the word of its axis before or behind it, or alone."""
    axis = "|".join(_LATITUDE if _AXIS_OF[name] == "lat" else _LONGITUDE)
    return rf"(?:(?:{axis})\s*)?(?:{_WORDS[name]})(?!\w)(?:\s+(?:{axis}))?|{_SHORT[name]}"


_PATTERNS = (
    ("number", r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"),
    ("and", r"(?:and|и|және|və|we|و)(?!\w)"),
    # A unit letter may touch the hemisphere letter behind it, as in 42d33m36sN.
    (
        "second",
        r"[\"″”“ʺ˝]|['′’‘ʹʼ´`]{2}|(?:sec(?:onds?)?|сек(?:унд\w*)?|saniyə\w*|sekun[dt]\w*|ثانیه)(?!\w)\.?",
    ),
    (
        "minute",
        r"['′’‘ʹʼ´`]|(?:min(?:utes?|ut\w*)?|мин(?:ут\w*)?|dəqiqə\w*|دقیقه)(?!\w)\.?|m(?![a-df-mo-rt-vx-z])",
    ),
    (
        "degree",
        r"[°º˚∘]|(?:deg(?:rees?)?|град(?:ус\w*)?|dərəcə\w*|gradus\w*|درجه)(?!\w)\.?|d(?!emir|[a-df-mo-rt-vx-z])",
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
