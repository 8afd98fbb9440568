"""Many positions at once: read from any form, answered in chunks, written to any form."""
