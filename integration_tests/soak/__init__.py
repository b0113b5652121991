"""Random faults, again and again, and a comparison with calm syncs."""
