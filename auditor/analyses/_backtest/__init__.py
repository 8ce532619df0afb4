"""Firms whose fate the sources tell, and what a replay says of estates of their kind."""
