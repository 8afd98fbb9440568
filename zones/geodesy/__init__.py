"""Distances, lines between points, nearest segments and faces on WGS84."""
