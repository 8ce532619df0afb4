"""Numeric kernels over systems of needs; numpy and scipy only, no domain word."""

from auditor.kernels.bits import lost, reach, touched
from auditor.kernels.plan import Bools, Floats, Ints, Plan, Words
from auditor.kernels.prepared import Prepared, prepare
from auditor.kernels.quotient import Condensed, condense, marks
from auditor.kernels.reasons import because, below, closure
from auditor.kernels.sweep import Given, Late
from auditor.kernels.times import minutes
from auditor.kernels.words import pack, unpack

__all__ = [
    "Bools",
    "Condensed",
    "Floats",
    "Given",
    "Ints",
    "Late",
    "Plan",
    "Prepared",
    "Words",
    "because",
    "below",
    "closure",
    "condense",
    "lost",
    "marks",
    "minutes",
    "pack",
    "prepare",
    "reach",
    "touched",
    "unpack",
]
