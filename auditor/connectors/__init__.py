"""Connectors: list what a company has; failures become gaps."""
