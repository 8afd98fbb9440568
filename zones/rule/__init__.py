"""The rule: what a position is in, and the cells where it needs no search."""
