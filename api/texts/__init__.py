"""Values as text: JSON, GeoJSON, tables, positions, answers for people."""
