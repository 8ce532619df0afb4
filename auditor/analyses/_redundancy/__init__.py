"""False redundancy: what is claimed, what takes it all at once, and how that is known."""
