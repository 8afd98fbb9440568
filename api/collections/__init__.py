"""Collections of features as OGC API - Features has them, and as files."""
