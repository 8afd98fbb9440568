"""Whole files: written beside and renamed, kept on a shelf, sent in parts."""
