"""Filters in CQL2, the Common Query Language of OGC: read within bounds, and what they mean."""
