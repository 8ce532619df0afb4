"""Audits kept over time."""
