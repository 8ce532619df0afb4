"""Slow, plain answers that the fast code must agree with."""
