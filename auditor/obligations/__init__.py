"""Notification laws as data."""
