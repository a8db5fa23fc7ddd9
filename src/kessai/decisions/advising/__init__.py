"""点検: what is unusual or contradictory in a draft. It warns, and stops nothing."""
