"""Tests of the outage catalogue and its conditions."""
