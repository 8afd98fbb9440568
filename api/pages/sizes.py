"""What the page at ``/`` can be asked for, and the sizes of its drawn map."""

from __future__ import annotations

from api.pages.sketch import SEABED, WATER, aspect

LAYERS, PARTS = (WATER, SEABED), ("answer",)

# Width and height of the drawn map in pixels: an image button tells where it was pressed in these.
SIZES = {size: (round(height * aspect()), height) for size, height in (("small", 400), ("large", 660))}
