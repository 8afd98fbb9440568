"""Where and when vessels enter and leave zones and sectors, and how long they stay."""

LONGEST_GAP_H = 6.0  # between two positions of a vessel that are joined, where no other is chosen
