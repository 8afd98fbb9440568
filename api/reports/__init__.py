"""Reports to file: an answer as a page of PDF that carries its record, and what checks one later."""
