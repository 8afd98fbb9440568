"""What routes and areas cross."""
