"""Tests of the notification laws."""
