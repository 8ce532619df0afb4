"""Numeric kernels over systems of needs; numpy and scipy only, no domain word."""

from auditor.kernels.bits import lost, reach, touched
from auditor.kernels.plan import Bools, Floats, Ints, Plan, Words
from auditor.kernels.prepared import Prepared, prepare
from auditor.kernels.reasons import because, closure
from auditor.kernels.times import minutes
from auditor.kernels.words import pack, unpack

__all__ = [
    "Bools",
    "Floats",
    "Ints",
    "Plan",
    "Prepared",
    "Words",
    "because",
    "closure",
    "lost",
    "minutes",
    "pack",
    "prepare",
    "reach",
    "touched",
    "unpack",
]
