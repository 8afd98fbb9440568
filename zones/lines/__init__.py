"""Lines in the water: outer limits, equidistance lines, and the faces between them."""
