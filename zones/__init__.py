"""Geometry core: from coastlines to the zones of the Aktau Convention, exact on WGS84."""
