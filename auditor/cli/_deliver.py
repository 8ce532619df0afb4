"""From a finished audit to its files and the exit status."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.cli._destination import Destination, look, write_file, write_stdout
from auditor.cli._voice import Voice

if TYPE_CHECKING:
    from auditor.config import LimitSettings
    from auditor.inventory import Inventory
    from auditor.model.audit import Audit

DONE, LIMIT_PASSED, INCOMPLETE = 0, 1, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a result is to be told."""

    redact: bool = False
    strict: bool = False
    verbose: bool = False
    no_color: bool = False


def deliver(
    audit: Audit, inventory: Inventory, *, to: Destination, manner: Manner, voice: Voice, answer: str = ""
) -> None:
    """Write an audit wherever it is wanted; as the ``answer`` to a question it is told whole and alone."""
    from auditor.report import document, excerpt

    if manner.redact:
        from auditor.report.redact import redact

        audit = redact(audit, inventory)
    made = excerpt(audit, answer) if answer else document(audit)
    for each, path in to.places(stem(audit.taken_at)):
        write_file(path, each.render(audit, made))
        voice.wrote(str(path))
    if to.stdout is not None:
        shown = look(no_color=manner.no_color, full=bool(answer) or manner.verbose)
        write_stdout(to.stdout.render(audit, made, shown))


def keep(inventory: Inventory, *, to: Destination, manner: Manner, voice: Voice) -> str | None:
    """Keep the snapshot beside the reports of a folder; return its digest, None where none is kept."""
    if to.folder is None:
        return None
    if manner.redact:
        voice.note("no snapshot kept: it would hold the real names")
        return None
    from auditor.inventory import snapshot

    path = to.folder / f"{stem(inventory.taken_at)}{snapshot.SUFFIX}"
    snapshot.save(inventory, path)
    voice.wrote(str(path))
    return snapshot.digest(path)


def stem(taken_at: str) -> str:
    """Return how the files of a run are called: ``audit-20261120T090000Z``."""
    return "audit-" + taken_at.replace("-", "").replace(":", "")


def status(audit: Audit, limits: LimitSettings, *, strict: bool, voice: Voice) -> int:
    """Return the exit status of a finished audit, and say why when it is not 0."""
    if strict and audit.gaps:
        voice.warn(f"incomplete: {len(audit.gaps)} places could not be read (--strict)")
        return INCOMPLETE
    passed = passed_limits(audit, limits)
    for line in passed:
        voice.warn(f"limit passed: {line}")
    return LIMIT_PASSED if passed else DONE


def passed_limits(audit: Audit, limits: LimitSettings) -> list[str]:
    """Return the limits that the worst case passes, in words; not seen is not absent."""
    passed = []
    if limits.min_score is not None and audit.score is not None and audit.score.value[0] < limits.min_score:
        passed.append(f"score {audit.score.value[0]:.0f} is below {limits.min_score:g}")
    for axis, most in sorted(limits.max_lost_share.items()):
        worst = max(
            (item for item in audit.survival or () if item.axis == axis),
            key=lambda item: (item.lost_share[1], item.domain),
            default=None,
        )
        if worst is not None and worst.lost_share[1] > most:
            passed.append(f"losing {worst.domain} takes {worst.lost_share[1]:.0%}, more than {most:.0%}")
    return passed
