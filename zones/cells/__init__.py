"""The sea in cells: where one answer holds, and where a few segments decide."""
