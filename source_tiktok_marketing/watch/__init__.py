"""What a person sees of a sync: what it will cost, how far it is, what became of it."""
