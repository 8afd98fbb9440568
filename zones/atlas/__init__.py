"""What is drawn of an edition, as features with flat properties."""
