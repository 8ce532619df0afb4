"""Real outages as predicates over facts, and their catalogue."""
