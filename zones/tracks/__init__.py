"""Where and when vessels enter and leave zones and sectors, and how long they stay."""
