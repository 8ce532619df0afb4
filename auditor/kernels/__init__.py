"""Numeric kernels over systems of needs; numpy and scipy only, no domain word."""
