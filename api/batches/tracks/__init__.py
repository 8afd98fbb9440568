"""Tracks of vessels: read from tables of positions, sorted, followed, and what they tell written."""
