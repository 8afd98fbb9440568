"""Drawings for print: strokes in units of the drawing, letters of the report's font; QR codes."""

from __future__ import annotations

import io
import re

FONT = "DejaVu Sans"
MAP_SIDE_CM = 12.0
LONGEST_ADDRESS = 500  # what a code of this size holds without getting too fine

_PIXELS_PER_CM = 96 / 2.54
_SCREEN_STROKE = ' vector-effect="non-scaling-stroke"'
_TAG = re.compile(r"<(?:path|circle)\b[^>]*>")
_RIGHT_TO_LEFT = re.compile(r'(<text\b[^>]* direction="rtl"[^>]*>)([^<]*)(?=</text>)')
# Such programs heed no direction but that of marks within the text (UAX 9: RLE and PDF).
_EMBEDDED = "\\1\N{RIGHT-TO-LEFT EMBEDDING}\\2\N{POP DIRECTIONAL FORMATTING}"
_WIDTH = re.compile(r'(?<= stroke-width=")[^"]+|(?<= stroke-dasharray=")[^"]+')
_SIZE = re.compile(r'viewBox="0 0 (\d+) (\d+)"')


def for_print(svg: str, width_cm: float) -> str:
    """A drawing of `api.pages.sketch` as an SVG file for programs that know neither pages nor screens.

    There strokes are as wide in pixels at every size; here they are in units of the drawing, for a picture
    of this width.
    """
    found = _SIZE.search(svg)
    assert found is not None
    scale = int(found[1]) / (width_cm * _PIXELS_PER_CM)

    def scaled(tag: re.Match[str]) -> str:
        text = tag[0]
        if _SCREEN_STROKE not in text:
            return text
        return _WIDTH.sub(lambda one: _scaled(one[0], scale), text.replace(_SCREEN_STROKE, ""))

    text = _RIGHT_TO_LEFT.sub(_EMBEDDED, _TAG.sub(scaled, str(svg)))
    if " xmlns=" in text[:200]:
        return text.replace('font-family="sans-serif"', f'font-family="{FONT}"', 1)
    return text.replace("<svg", f'<svg xmlns="http://www.w3.org/2000/svg" font-family="{FONT}"', 1)


def _scaled(numbers: str, scale: float) -> str:
    return " ".join(f"{float(one) * scale:.4g}" for one in numbers.split())


def code_of(address: str) -> str:
    """The QR code (ISO/IEC 18004) of an address as an SVG file."""
    import segno  # an extra

    target = io.BytesIO()
    code = segno.make_qr(address, error="m")
    code.save(target, kind="svg", border=2, xmldecl=False, nl=False, omitsize=True)
    return target.getvalue().decode("ascii")
