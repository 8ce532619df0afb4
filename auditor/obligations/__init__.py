"""Notification laws as data, and the rule that evaluates them on interruptions."""

from auditor.obligations.evaluate import Found, evaluate
from auditor.obligations.interruption import Case, Interruption, Kind
from auditor.obligations.load import catalogue, load
from auditor.obligations.schema import Regime

__all__ = ["Case", "Found", "Interruption", "Kind", "Regime", "catalogue", "evaluate", "load"]
