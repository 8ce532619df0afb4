"""Notification laws on replays and logs: cases from replays, and how answers are told."""
