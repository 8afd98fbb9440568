"""The answer for positions."""
