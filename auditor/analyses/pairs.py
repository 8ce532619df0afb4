"""N-2: pairs of failure domains that stop workloads which neither of the two stops alone.

The yes/no form, best and worst case, as in the survival analysis. Ranked by what neither takes alone; pairs
in which one takes the other along are no pairs, and those implied by a pair with a narrower domain in it are
counted, not shown. ``docs/whatif.md`` says how they are found.
"""

from __future__ import annotations

from auditor.analyses._survey import survey
from auditor.analyses._survey_section import section
from auditor.analyses.base import Analysis, Context, Finding
from auditor.model.survey import What


def run(context: Context) -> Finding:
    """Return what pairs of domains would stop."""
    found = survey(context.estate, What.PAIRS)
    return Finding(value=found, sections=(section(found, context.estate, slug="pairs"),))


ANALYSIS = Analysis(name="pairs", run=run, order=40)
