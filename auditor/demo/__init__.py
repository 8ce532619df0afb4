"""The embedded company."""
