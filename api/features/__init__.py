"""Features of an atlas as OGC API - Features has them: chosen, described, related."""
