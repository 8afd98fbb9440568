"""Editions: built, kept, opened."""
