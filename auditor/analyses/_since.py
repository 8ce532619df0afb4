"""What a former audit found that would be found again: by digests of all that it was computed from.

A digest is written as two parts: of the terms (program, libraries, what was asked), and of the workload.
"""

from __future__ import annotations

import hashlib
from dataclasses import astuple, dataclass
from importlib.metadata import PackageNotFoundError, version

import numpy as np

from auditor.analyses._cutsets_search import Terms
from auditor.kernels.decision import available
from auditor.model.audit import Audit
from auditor.model.cuts import WorkloadCuts

BETWEEN = "-"
MADE = 2
"""To be raised whenever the same needs may give other cut sets than before within one version."""


def described(terms: Terms) -> str:
    """Return a digest of what the cut sets of every workload depend on besides the workload itself."""
    parts = (MADE, _version("cross-cloud-auditor"), np.__version__, _version("scipy"), *astuple(terms))
    diagrams = _version("oxidd") if terms.diagrams and available() else ""
    return hashlib.blake2b(repr((*parts, diagrams)).encode(), digest_size=4).hexdigest()


def written(before: str, digest: str) -> str:
    """Return a workload's digest as audits hold it."""
    return before + BETWEEN + digest


def known_cuts(since: Audit | None, before: str) -> dict[str, WorkloadCuts]:
    """Return by digest what a former audit holds that was found on the same terms."""
    if since is None:
        return {}
    told = ((*each.digest.partition(BETWEEN), each) for each in since.cut_sets or ())
    return {digest: each for terms, _, digest, each in told if terms == before and digest}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reuse:
    """How much of an audit a former one held.

    Attributes:
        taken, anew: workloads whose cut sets were taken over, and the others.
        why_none: why nothing was, as far as the former audit tells; else empty.
    """

    taken: int
    anew: int
    why_none: str = ""


def reuse(audit: Audit, since: Audit) -> Reuse:
    """Return how much of ``audit`` was taken over from ``since``."""
    former = {each.digest for each in since.cut_sets or () if each.digest}
    now = [each.digest for each in audit.cut_sets or ()]
    taken = sum(digest in former for digest in now)
    return Reuse(
        taken=taken, anew=len(now) - taken, why_none="" if taken else _why(audit, since, former, now)
    )


def _why(audit: Audit, since: Audit, former: set[str], now: list[str]) -> str:
    if since.schema != audit.schema or since.tool != audit.tool:
        return f"another version made it, {since.tool.name} {since.tool.version}"
    if not former:
        return "it holds no digests: it is redacted, or has no workloads"
    if not {each.partition(BETWEEN)[0] for each in now} & {each.partition(BETWEEN)[0] for each in former}:
        return "it was made with other settings for cut sets, other libraries, or for another size of estate"
    return "everything that stops a workload, or the record of outages, has changed since"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # run from a source tree that was never installed
        return ""
