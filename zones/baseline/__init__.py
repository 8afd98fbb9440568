"""From a coast to the baseline: whose shore, straight lines, border ends."""
