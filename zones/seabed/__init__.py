"""The sectors of the seabed (Article 8) and the lines between them."""
