"""From audit to document."""
