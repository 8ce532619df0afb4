"""Firms whose fate the sources tell, and what a replay says of estates of their kind."""

from auditor.analyses._backtest.cases import RECORD, Case, cases, parse
from auditor.analyses._backtest.judge import Judgement, Outcome, judge
from auditor.analyses._backtest.sections import headline, sections
from auditor.analyses._backtest.trial import Declare, Tally, Trial, backtest, tally

__all__ = [
    "RECORD",
    "Case",
    "Declare",
    "Judgement",
    "Outcome",
    "Tally",
    "Trial",
    "backtest",
    "cases",
    "headline",
    "judge",
    "parse",
    "sections",
    "tally",
]
