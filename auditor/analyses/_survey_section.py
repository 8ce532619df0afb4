"""What further losses would take, as blocks for people."""

from __future__ import annotations

from auditor.analyses._text import loss_tone, named, percent
from auditor.estate.graph import Estate
from auditor.model.section import Block, Cell, Note, Section, Table, Tone
from auditor.model.survey import Loss, Survey, What

SHOWN = 40
NAMED = 8
TITLES = {
    What.DOMAINS: "What one more loss takes",
    What.RESOURCES: "What one resource more takes",
    What.PAIRS: "What two losses take that neither takes alone",
}
NOUNS = {
    What.DOMAINS: ("failure domain", "failure domains"),
    What.RESOURCES: ("resource", "resources"),
    What.PAIRS: ("pair of domains", "pairs of domains"),
}


def section(found: Survey, estate: Estate, *, slug: str = "survey") -> Section:
    """Return the section on a survey."""
    title = TITLES[found.what]
    if not estate.workloads:
        blocks: tuple[Block, ...] = (Note(lines=("No workloads were found.",)),)
        return Section(id=slug, title=title, blocks=blocks, brief=blocks)
    lead = Note(lines=_lead(found), tone=loss_tone(found.already_share) if found.given else Tone.PLAIN)
    tables = (_table(found, estate),) if found.losses else ()
    notes = _remarks(found)
    remarks = (Note(lines=notes, bulleted=True),) if notes else ()
    brief = Note(lines=(_summary(found, estate),), tone=_tone(found))
    blocks = (lead, *tables, *remarks)
    return Section(id=slug, title=title, blocks=blocks, summary=brief.lines[0], brief=(brief,))


def _tone(found: Survey) -> Tone:
    return loss_tone(found.losses[0].joint_share) if found.losses else Tone.GOOD


def _summary(found: Survey, estate: Estate) -> str:
    one, many = NOUNS[found.what]
    more = "more" if found.given else "something"
    if not found.losses:
        return f"No {one} stops {more if found.given else 'a workload'}{_alone(found)}."
    lead = found.losses[0]
    verb = f"{one} stops" if found.stopping == 1 else f"{many} stop"
    return (
        f"{found.stopping:,} {verb} {more}{_alone(found)}; "
        f"{_of(lead, estate)} would stop {percent(lead.joint_share)} of the business."
    )


def _alone(found: Survey) -> str:
    return " that neither stops alone" if found.what is What.PAIRS else ""


def _lead(found: Survey) -> tuple[str, ...]:
    lines = []
    if found.given:
        verb = "is" if len(found.given) == 1 else "are"
        text = f"While {' and '.join(found.given)} {verb} out for {found.minutes:g} min, "
        taken = (
            "nothing is lost yet" if not found.already else f"{percent(found.already_share)} is lost already"
        )
        whom = f" ({named(found.already, NAMED)})" if found.already else ""
        lines.append(text + taken + whom + ".")
    one, many = NOUNS[found.what]
    noun = many if found.tried != 1 else one
    counted = [f"{found.stopping:,} would stop {'more' if found.given else 'something'}{_alone(found)}"]
    if found.weakening is not None:
        counted.append(f"{found.weakening:,} would only take a redundancy")
        counted.append(f"{found.tried - found.stopping - found.weakening:,} nothing")
    lines.append(f"Of {found.tried:,} {noun} looked at, {', '.join(counted)}.")
    return tuple(lines)


def _table(found: Survey, estate: Estate) -> Table:
    shown = found.losses[:SHOWN]
    pairs = found.what is What.PAIRS
    what = "Both out" if pairs else "What else" if found.given else "Single loss"
    columns = (
        (what, "Lost", "More than the worse alone", "Stops")
        if pairs
        else (what, "Lost", "Stops", "Takes a redundancy of")
    )
    hidden = found.stopping - sum(1 + loss.alike for loss in shown)
    rest = f" {hidden:,} more stop something." if hidden else ""
    beyond = " beyond what is already lost" if found.given else ""
    part = ", the part that neither takes alone" if pairs else ""
    return Table(
        columns=columns,
        rows=tuple(_row(loss, estate, pairs=pairs) for loss in shown),
        numeric=columns[1:3] if pairs else columns[1:2],
        caption=f"Share of criticality weight lost{beyond}{part}, best to worst case.{rest}",
    )


def _row(loss: Loss, estate: Estate, *, pairs: bool) -> tuple[Cell, ...]:
    like = f", and {loss.alike:,} like it" if loss.alike else ""
    bound = " (bound)" if loss.bound else ""
    possible = tuple(name for name in loss.workloads if name not in set(loss.certain))
    stops = "; ".join(
        part
        for part in (
            named(loss.certain, NAMED),
            f"possibly {named(possible, NAMED)}" if possible else "",
        )
        if part
    )
    what = Cell(text=_of(loss, estate) + bound + like)
    lost = Cell(text=percent(loss.joint_share), tone=loss_tone(loss.joint_share))
    stopped = Cell(text=stops or "-")
    if pairs:
        return what, lost, Cell(text=percent(loss.beyond)), stopped
    return what, lost, stopped, Cell(text=named(loss.weakened, NAMED) or "-")


def _of(loss: Loss, estate: Estate) -> str:
    return " + ".join(_called(name, estate) for name in loss.of)


def _called(name: str, estate: Estate) -> str:
    """Return a domain by its id, a resource by its name and what it is."""
    node = estate.index[name]
    if node >= len(estate.inventory):
        return name
    called, kind = estate.inventory.resources.select("name", "kind").row(node)
    return f"{called or name} ({kind})"


def _remarks(found: Survey) -> tuple[str, ...]:
    lines = []
    if found.bearing:
        lines.append(
            f"{len(found.bearing)} workloads may be out for {found.minutes:g} min by their own limits "
            f"and count as never lost: {named(found.bearing, NAMED)}."
        )
    if found.broader:
        lines.append(f"{found.broader:,} pairs left out: one with a narrower domain in it takes as many.")
    if found.untried:
        lines.append(
            f"{found.untried:,} pairs were not looked at, they are too many; each would stop "
            f"{100 * found.untried_share:.2g}% at most."
        )
    if any(loss.bound for loss in found.losses):
        lines.append("Whole providers, accounts and operating systems are bounds: listed last.")
    return tuple(lines)
