"""What a former audit saves: work, and not one byte of the result."""

from __future__ import annotations

import dataclasses
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from auditor.analyses._since import Reuse, reuse
from auditor.analyses.cut_sets import CANDIDATES, MOST, measure
from auditor.analyses.runner import blank_audit, run_audit
from auditor.config import Settings
from auditor.estate.graph import Estate
from auditor.formats import format_named
from auditor.formats.json import read
from auditor.inventory import Inventory
from auditor.model.audit import Audit
from auditor.model.evidence import Fact
from auditor.model.need import Member, Need
from auditor.model.resource import Resource
from auditor.model.workload import Vendor, Workload
from auditor.outages import catalogue
from auditor.report import document
from auditor.report.redact import redact
from tests.analyses.estates import SEOUL, TOKYO, estate, fact, server, workload

WORKLOADS = 8
SHARED = 4


@dataclasses.dataclass(slots=True)
class Company:
    """Workloads over machines of their own and shared ones, some of which need each other in a circle."""

    machines: dict[str, Resource]
    workloads: dict[str, Workload]
    vendors: dict[str, Vendor]

    def estate(self) -> Estate:
        return estate(
            *self.machines.values(),
            workloads=tuple(self.workloads.values()),
            vendors=tuple(self.vendors.values()),
        )


def some(role: str, *refs: str, k: int = 1, delay: float = 0.0) -> Need:
    first, *others = (Member(ref=ref) for ref in refs)
    late = [dataclasses.replace(other, delay=(delay, 2 * delay), manual=delay > 0) for other in others]
    return Need(role=role, members=(first, *late), k=(1, k) if delay == 0 else (1, 1))


def placed(name: str, place: int, *needs: Need, facts: tuple[Fact, ...] = ()) -> Resource:
    region, prefix = ((SEOUL, "apne2"), (TOKYO, "apne1"))[place // 3 % 2]
    made = server(name, zone=f"{prefix}-az{place % 3 + 1}", region=region, facts=facts)
    return dataclasses.replace(made, needs=needs)


def company() -> Company:
    """Return the same company every time."""
    peers = [some("peer", f"shared-{(at + 1) % 3}", f"zone:aws/apne2-az{at % 3 + 1}") for at in range(SHARED)]
    shared = {
        f"shared-{at}": placed(f"shared-{at}", at, dataclasses.replace(peer, quorum=True))
        for at, peer in enumerate(peers)
    }
    own = {
        f"m{number}-{at}": placed(f"m{number}-{at}", number + at, some("base", f"shared-{number % SHARED}"))
        for number in range(WORKLOADS)
        for at in range(3)
    }
    workloads = {
        f"w{number}": workload(
            f"w{number}",
            some("front", *(f"m{number}-{at}" for at in range(3)), k=1 + number % 2),
            some("copy", f"shared-{number % 3}", f"m{number}-0", delay=20.0 * (number % 4)),
            *([some("pay", f"vendor:v{number % 2}")] if number % 3 == 0 else []),
        )
        for number in range(WORKLOADS)
    }
    vendors = {
        f"v{at}": Vendor(name=f"v{at}", hosted_on=(f"region:aws/{(SEOUL, TOKYO)[at]}",)) for at in (0, 1)
    }
    return Company(machines=shared | own, workloads=workloads, vendors=vendors)


def simple() -> Company:
    """Return the company without copies: one need each, and a vendor here and there."""
    made = company()
    for name, load in made.workloads.items():
        kept = tuple(each for each in load.needs if each.role != "copy")
        made.workloads[name] = dataclasses.replace(load, needs=kept)
    return made


def change(rng: np.random.Generator, subject: Company) -> None:
    """Change one thing, as it changes in a company from one day to the next."""
    name = str(rng.choice(sorted(subject.machines)))
    old = subject.machines[name]
    number = str(rng.choice(sorted(subject.workloads)))
    load = subject.workloads[number]
    what = int(rng.integers(8))
    if what == 0:
        moved = placed(name, int(rng.integers(6)), *old.needs)
        subject.machines[name] = moved
    elif what == 1:
        subject.machines[name] = dataclasses.replace(
            old, facts=(fact("host", True), fact("os", str(rng.choice(["windows", "linux"]))))
        )
    elif what == 2:
        subject.machines["new"] = placed("new", int(rng.integers(6)), some("base", "shared-0"))
    elif what == 3:
        subject.workloads[number] = dataclasses.replace(
            load, rto_minutes=float(rng.choice([5.0, 30.0, 600.0]))
        )
    elif what == 4:
        subject.workloads[number] = dataclasses.replace(load, needs=load.needs[:1])
    elif what == 5:
        subject.machines[name] = dataclasses.replace(old, needs=(*old.needs, some("pay", "vendor:v1")))
    elif what == 6:
        subject.vendors["v0"] = Vendor(name="v0", hosted_on=(f"region:aws/{TOKYO}",))
    else:
        del subject.workloads[number]


def audited(subject: Estate, since: Audit | None = None, *, order: int | None = None) -> Audit:
    """Return the audit of the cut sets alone."""
    blank = blank_audit(subject.inventory, Settings(), catalogue())
    return dataclasses.replace(blank, cut_sets=measure(subject, catalogue(), order=order, since=since))


@cache
def former() -> Audit:
    """Return the audit of the company as it is every time."""
    return audited(company().estate())


def digests(audit: Audit) -> dict[str, str]:
    return {cuts.workload: cuts.digest for cuts in audit.cut_sets or ()}


@pytest.mark.parametrize("seed", range(20))
def test_a_run_that_takes_over_finds_what_one_from_scratch_finds(seed: int) -> None:
    """After any change of a company: cut sets, probabilities, importance and digests are the same."""
    rng = np.random.default_rng(seed)
    before = former()
    changed = company()
    for _ in range(int(rng.integers(1, 4))):
        change(rng, changed)
    now = changed.estate()
    assert audited(now, before) == audited(now)


def test_most_is_taken_over_after_small_changes() -> None:
    """Random changes, one at a time, leave more than half of all workloads as they were, and touch some."""
    before = former()
    taken = anew = 0
    for seed in range(15):
        changed = company()
        change(np.random.default_rng(seed), changed)
        done = reuse(audited(changed.estate(), before), before)
        taken, anew = taken + done.taken, anew + done.anew
    assert taken > anew > 0


def test_what_is_taken_over_is_not_searched_again() -> None:
    """A mark put into the former audit comes out again, for the unchanged workloads alone."""
    before = former()
    marked = tuple(dataclasses.replace(cuts, omitted=777) for cuts in before.cut_sets or ())
    changed = company()
    changed.workloads["w3"] = dataclasses.replace(changed.workloads["w3"], rto_minutes=1.0)
    found = audited(changed.estate(), dataclasses.replace(before, cut_sets=marked)).cut_sets or ()
    assert {cuts.workload for cuts in found if cuts.omitted == 777} == {f"w{n}" for n in range(WORKLOADS)} - {
        "w3"
    }


@pytest.mark.parametrize(
    ("changed", "touched"),
    [
        ("m2-1", {2}),
        ("shared-3", {3, 7}),
        (
            "shared-0",
            set(range(WORKLOADS)),
        ),  # shared-0 to shared-2 need each other, and w3 and w7 one of them
    ],
)
def test_a_new_need_touches_those_that_stand_on_its_owner(changed: str, touched: set[int]) -> None:
    """A machine that comes to need a vendor gives new digests to all above it and to no other workload."""
    after = company()
    machine = after.machines[changed]
    after.machines[changed] = dataclasses.replace(
        machine, needs=(*machine.needs, some("mail", f"zone:aws/{'apne1-az2'}", "vendor:v1", k=2))
    )
    old, new = digests(former()), digests(audited(after.estate()))
    assert {name for name in old if old[name] != new[name]} == {f"w{number}" for number in touched}


def test_a_machine_by_another_name_changes_nothing() -> None:
    """An instance replaced by one just like it leaves all that stops a workload as it was."""
    after = company()
    after.machines["zz-new"] = dataclasses.replace(after.machines.pop("m2-1"), id="zz-new", name="zz-new")
    load = after.workloads["w2"]
    front = some("front", "m2-0", "zz-new", "m2-2")
    after.workloads["w2"] = dataclasses.replace(load, needs=(front, *load.needs[1:]))
    old, new = former(), audited(after.estate())
    assert old.cut_sets == new.cut_sets


def test_a_rate_that_changes_touches_those_that_can_fail_by_it() -> None:
    """Another record of outages gives other probabilities, so what rests on them is computed anew."""
    subject, before = company().estate(), former()
    fewer = {key: outage for key, outage in catalogue().items() if key.startswith("azure")}
    found = measure(subject, fewer, since=before)
    assert found == measure(subject, fewer)
    assert all(cuts.digest != digests(before)[cuts.workload] for cuts in found)


def test_other_terms_take_nothing_over() -> None:
    """Sets up to two, then asked up to three: the former audit is no help, and says why."""
    subject = company().estate()
    two = audited(subject, order=2)
    now = audited(subject, two)
    assert now == former()
    assert "other settings for cut sets" in reuse(now, two).why_none


def test_reasons_for_taking_nothing_over_are_told_apart() -> None:
    """Another version, no digests, or everything changed: each is said in its own words."""
    now = former()
    other = tuple(dataclasses.replace(c, digest="0" + c.digest) for c in now.cut_sets or ())
    older = dataclasses.replace(now, tool=dataclasses.replace(now.tool, version="0.0.1"), cut_sets=other)
    assert reuse(now, older).why_none == "another version made it, auditor 0.0.1"
    bare = dataclasses.replace(
        now, cut_sets=tuple(dataclasses.replace(c, digest="") for c in now.cut_sets or ())
    )
    assert "redacted" in reuse(now, bare).why_none
    changed = tuple(dataclasses.replace(c, digest=c.digest[:-1] + "-") for c in now.cut_sets or ())
    assert "changed since" in reuse(now, dataclasses.replace(now, cut_sets=changed)).why_none
    assert reuse(now, now) == Reuse(taken=WORKLOADS, anew=0)


@pytest.mark.parametrize("workloads", [1, 40, 41, 64, 65, 500, 512, 100_000])
def test_work_stays_bounded_whatever_the_number_of_workloads(workloads: int) -> None:
    """The share of each is that of the next power of two, so that one workload more changes no terms."""
    share = CANDIDATES >> (workloads - 1).bit_length()
    assert min(MOST, share) * workloads <= CANDIDATES


def whole(inventory: Inventory, since: Audit | None = None) -> Audit:
    few = {key: outage for key, outage in catalogue().items() if key.endswith(("-dns", "2024-07-19"))}
    return run_audit(inventory, Settings(), few, since=since)


def as_json(audit: Audit) -> bytes:
    return format_named("json").render(audit, document(audit))


def test_the_whole_audit_is_the_same_to_the_byte(tmp_path: Path) -> None:
    """Every analysis, with a former audit that was written, read again and is of another day."""
    path = tmp_path / "old.json"
    path.write_bytes(as_json(whole(simple().estate().inventory)))
    changed = simple()
    changed.machines["m1-0"] = placed("m1-0", 5)
    changed.machines["new"] = placed("new", 2, some("base", "shared-0"))
    changed.vendors["v0"] = Vendor(name="v0", hosted_on=(f"region:aws/{TOKYO}",))
    now = changed.estate().inventory
    since = read(path)
    made = whole(now, since)
    scratch = whole(now)
    assert as_json(made) == as_json(scratch)
    assert made.sections == scratch.sections
    assert reuse(made, since).taken > 0


def test_a_written_audit_reads_as_it_was(tmp_path: Path) -> None:
    """Each figure survives the way to the file and back: what is taken over has all its digits."""
    before = former()
    path = tmp_path / "old.json"
    path.write_bytes(as_json(before))
    assert read(path).cut_sets == before.cut_sets


def test_a_redacted_audit_keeps_no_digests() -> None:
    """Whoever guesses a graph could prove it by its digest."""
    subject = company().estate()
    made = redact(former(), subject.inventory)
    assert {cuts.digest for cuts in made.cut_sets or ()} == {""}
