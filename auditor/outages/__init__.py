"""Real outages as conditions over facts of resources, and what each would touch in an inventory."""

from auditor.outages.changed import lasting, lengthened, on_day_of, repeated
from auditor.outages.facts_asked import facts_asked
from auditor.outages.load import catalogue, load
from auditor.outages.nodes import candidates, folded
from auditor.outages.reach import in_reach
from auditor.outages.schema import Impact, Outage
from auditor.outages.touch import Touch, touched
from auditor.outages.transplant import transplant

__all__ = [
    "Impact",
    "Outage",
    "Touch",
    "candidates",
    "catalogue",
    "facts_asked",
    "folded",
    "in_reach",
    "lasting",
    "lengthened",
    "load",
    "on_day_of",
    "repeated",
    "touched",
    "transplant",
]
