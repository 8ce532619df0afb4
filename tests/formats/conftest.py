"""A whole audit by hand: believable, with every kind of block, and with hostile names."""

from __future__ import annotations

import dataclasses

import pytest

from auditor.model.audit import (
    SCHEMA_ID,
    Assumption,
    Audit,
    Breach,
    Concentration,
    Coverage,
    DomainShare,
    Inputs,
    Lost,
    ReasonChain,
    Replay,
    Score,
    ScoreAxis,
    Survival,
    Tool,
    UnknownFact,
    Verdict,
    Window,
    WorkloadReplay,
    WorkloadSummary,
)
from auditor.model.change import Change
from auditor.model.gap import Gap, GapReason
from auditor.model.section import (
    Bars,
    Cell,
    Chain,
    Curve,
    Figure,
    Figures,
    Map,
    Marker,
    Matrix,
    Note,
    Section,
    Table,
    Tone,
)

HOSTILE = (
    "<script>alert(1)</script>",
    "[red]not red[/red]",
    "a|b`c*d_e",
    "[click](javascript:alert(1))",
    "escape\x1b[31mred\x9b2J",
    "rtl\u202eexe.txt",
    "=cmd|' /C calc'!A0",
    '"><img src=x onerror=alert(1)>',
    "line\nbreak\ttab",
    "무결점 결제",
)

RESOLVER = "service:aws/ap-northeast-2/vpc-resolver"
FALCON = "agent:crowdstrike-falcon/windows"
OUTAGES = (
    ("aws-2018-11-22-ap-northeast-2-dns", "AWS Seoul: name resolution inside EC2", True),
    ("aws-2021-12-07-us-east-1-network", "AWS us-east-1: internal network", True),
    ("aws-2022-02-06-ap-northeast-2-zone", "AWS Seoul: power in one zone", True),
    ("azure-2024-07-18-central-us-storage", "Azure Central US: storage", True),
    ("azure-2025-10-29-front-door", "Azure Front Door: configuration", False),
    ("aws-2025-10-20-us-east-1-dynamodb", "AWS us-east-1: DynamoDB name records", True),
    ("aws-2021-06-10-eu-central-1-zone", "AWS Frankfurt: cooling", False),
    ("azure-2021-03-15-aad", "Azure AD: keys", True),
    ("azure-2023-08-30-australia-east", "Azure Australia East: power", False),
    ("cloudflare-2025-11-18", "Cloudflare: bot management", False),
    ("crowdstrike-2024-07-19-falcon", "CrowdStrike Falcon for Windows", True),
    ("kakao-2022-10-15-pangyo", "Kakao: Pangyo data centre fire", False),
    ("ubuntu-2022-08-30-systemd", "Ubuntu 18.04: systemd on Azure", True),
)
WORKLOADS = ("shop", "payment", "analytics", "booking", "booking-backoffice", "loyalty-active-active")


def verdict_pair(row: int, column: int) -> tuple[Verdict, Verdict]:
    """Return some verdict for each workload and outage, every kind of it present."""
    reach = OUTAGES[column][2]
    if not reach:
        return Verdict.SPARED, Verdict.SPARED
    order = list(Verdict)
    best = order[(row * 2 + column) % 5]
    worst = order[max(order.index(best), (row + column * 3) % 5)]
    return best, worst


def replay_of(column: int, names: tuple[str, ...]) -> Replay:
    outage, title, reach = OUTAGES[column]
    window = Window(start="2018-11-21T23:19:00Z", end="2018-11-22T00:43:00Z", what="resolver")
    return Replay(
        outage=outage,
        title=title,
        in_reach=reach,
        verified=True,
        fixed_since=column == 0,
        windows=(window,),
        lost=Lost(
            weight_minutes=(84.0, 1344.0), money={"KRW": (1_000_000.0, 9_000_000.0), "USD": (0.0, None)}
        ),
        workloads=tuple(
            WorkloadReplay(
                workload=name,
                verdict=verdict_pair(row, column),
                minutes=(0.0, 84.0) if column != 3 else (0.0, None),
                impaired_minutes=(0.0, 84.0),
                partial=column == 3,
                share=None,
                roots_out=None,
                control_plane=("control-plane:aws/ap-northeast-2/rds",),
                rto_breach=Breach.POSSIBLE,
                data_loss=(0.0, 5.0),
                data_loss_possible=True,
                unknown_facts=("agent.crowdstrike-falcon",),
                windows=(window,),
                because=(
                    ReasonChain(
                        chain=(
                            RESOLVER,
                            "arn:aws:ec2:ap-northeast-2:123456789012:instance/i-0abc123def4567890",
                            f"workload:{name}",
                        ),
                        evidence=("assumed: every EC2 instance", "declared: auditor.toml"),
                    ),
                ),
            )
            for row, name in enumerate(names)
        ),
        notes=("The defect is fixed since 2018; the replay shows the same failure against today's estate.",),
    )


def matrix_of(names: tuple[str, ...]) -> Matrix:
    tones = {
        Verdict.DOWN: Tone.BAD,
        Verdict.INTERRUPTED: Tone.CAUTION,
        Verdict.IMPAIRED: Tone.CAUTION,
        Verdict.WEAKENED: Tone.PLAIN,
        Verdict.SPARED: Tone.GOOD,
    }

    def cell(row: int, column: int) -> Cell:
        best, worst = verdict_pair(row, column)
        text = best.value if best == worst else f"{best.value}...{worst.value}"
        return Cell(text=text, tone=tones[worst], detail="0-84 min" if worst is Verdict.DOWN else "")

    return Matrix(
        rows=names,
        columns=tuple(outage for outage, _, _ in OUTAGES),
        cells=tuple(tuple(cell(row, column) for column in range(len(OUTAGES))) for row in range(len(names))),
        row_title="Workload",
        caption="Exposed: would be down up to the minutes shown; an inventory never proves hit.",
    )


def sections_of(names: tuple[str, ...]) -> tuple[Section, ...]:
    losses = Table(
        columns=("Axis", "Domain", "Lost", "Without manual standbys", "Workloads"),
        rows=(
            row("service", RESOLVER, "71%", "71-80%", ", ".join(names[:3]), Tone.BAD),
            row("zone", "zone:aws/apne2-az1", "0-12%", "12%", names[3], Tone.CAUTION),
            row("agent", FALCON, "18%", "18%", names[4], Tone.CAUTION),
            row("provider", "provider:aws", "82%", "82%", "bound, not a headline", Tone.BAD),
        ),
        numeric=("Lost", "Without manual standbys"),
        caption="Share of criticality weight that stops when that one domain fails.",
    )
    matrix = matrix_of(names)
    return (
        Section(id="survival", title="Worst single losses", blocks=(losses,), brief=(losses,)),
        Section(
            id="replays",
            title="Past outages on today's estate",
            summary="7 of 8 outages in reach would stop something.",
            blocks=(
                Note(lines=("Replays ask what the same failure would do to today's estate.",)),
                matrix,
                Chain(
                    paths=(
                        (
                            RESOLVER,
                            "arn:aws:ec2:ap-northeast-2:123456789012:instance/i-0abc",
                            "workload:shop",
                        ),
                    ),
                    evidence=(("assumed: every EC2 instance", "declared: auditor.toml"),),
                ),
            ),
            brief=(matrix,),
        ),
        Section(
            id="concentration",
            title="Where it all stands",
            blocks=(
                Bars(
                    labels=(
                        "region:aws/ap-northeast-2",
                        "region:azure/centralus",
                        "region:azure/koreacentral",
                    ),
                    low=(62.0, 20.0, 8.0),
                    high=(71.0, 20.0, 9.5),
                    unit="%",
                    caption="Share of criticality weight per region",
                ),
                Map(
                    markers=(
                        Marker(label="Seoul", latitude=37.57, longitude=126.98, size=1.0, tone=Tone.BAD),
                        Marker(label="Tokyo", latitude=35.68, longitude=139.69, size=0.2),
                        Marker(label="Iowa", latitude=41.59, longitude=-93.62, size=0.5, tone=Tone.CAUTION),
                        Marker(label="Sydney", latitude=-33.87, longitude=151.21, size=0.1, tone=Tone.GOOD),
                    ),
                    caption="Regions by weight",
                ),
                Figures(
                    items=(
                        Figure(label="Effective regions", value="1.6", tone=Tone.CAUTION, detail="of 4 used"),
                        Figure(label="HHI", value="4,400", tone=Tone.BAD),
                    )
                ),
            ),
        ),
        Section(
            id="simulation",
            title="Outage years",
            blocks=(
                Curve(
                    x=(0.0, 60.0, 240.0, 600.0, 1440.0),
                    y=(1.0, 0.62, 0.21, 0.06, 0.01),
                    x_label="minutes a year",
                    y_label="chance of more",
                    caption="Loss exceedance",
                ),
            ),
        ),
    )


def row(axis: str, domain: str, lost: str, manual: str, names: str, tone: Tone) -> tuple[Cell, ...]:
    return (
        Cell(text=axis),
        Cell(text=domain),
        Cell(text=lost, tone=tone),
        Cell(text=manual),
        Cell(text=names, detail="most critical first"),
    )


def audit_of(names: tuple[str, ...]) -> Audit:
    """Return a complete audit over some workload names."""
    return Audit(
        schema=SCHEMA_ID,
        tool=Tool(name="auditor", version="0.1.0"),
        taken_at="2026-11-20T09:00:00Z",
        inputs=Inputs(
            providers=("aws", "azure"),
            accounts=("123456789012", "5d2c9a3e-7f40-4a51-9b1e-0f6a1c2d3e4f"),
            regions=("ap-northeast-1", "ap-northeast-2", "centralus", "global", "koreacentral"),
            resources=1234,
            outages=tuple(outage for outage, _, _ in OUTAGES),
            config="auditor.toml",
            snapshot_sha256="0" * 64,
        ),
        coverage=Coverage(
            resources=1234,
            understood=1180,
            generic=54,
            generic_kinds=(("azure.insights.components", 40), ("aws.glue.job", 14)),
            references=3021,
            references_unresolved=12,
            unassigned=31,
            gaps_by_reason=(("denied", 18), ("throttled", 1)),
            unknown_facts=(
                UnknownFact(
                    fact="agent.crowdstrike-falcon",
                    resources=14,
                    narrowed_by="tag auditor:agent.crowdstrike-falcon=<version>|present|none, or a fleet",
                ),
            ),
            value=0.94,
        ),
        score=Score(
            value=(41.0, 66.6),
            grade=("D", "C"),
            axes=(
                ScoreAxis(
                    axis="region",
                    weight=0.3,
                    observed=True,
                    worst_domain="region:aws/ap-northeast-2",
                    lost_share=(0.71, 0.8),
                ),
                ScoreAxis(
                    axis="vendor", weight=0.15, observed=False, worst_domain=None, lost_share=(0.0, 1.0)
                ),
            ),
        ),
        concentration=(
            Concentration(
                axis="region",
                weight="criticality",
                hhi=(4400.0, 5100.0),
                effective=(1.96, 2.27),
                unplaced=0.02,
                top=(DomainShare(domain="region:aws/ap-northeast-2", share=0.62),),
            ),
            Concentration(axis="region", weight="cost", hhi=None, effective=None, unplaced=0.0, top=()),
        ),
        survival=(
            survival("service", RESOLVER, (0.71, 0.71), names[:3]),
            survival("region", "region:aws/ap-northeast-2", (0.71, 0.71), names[:3]),
            survival("provider", "provider:aws", (0.82, 0.82), names[:4]),
            survival("agent", FALCON, (0.18, 0.18), names[4:5]),
        ),
        replays=tuple(replay_of(column, names) for column in range(len(OUTAGES))),
        advice=(
            change("add a health-checked standby in another region", RESOLVER, names[0], "high", 0.4),
            change("put hosts on another update ring", FALCON, names[4], "low", 0.18),
        ),
        workloads=tuple(
            WorkloadSummary(
                workload=name,
                criticality="high",
                evidence="declared",
                resources=20 + index,
                needs=("arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:loadbalancer/app/shop/1",),
                regions=("aws/ap-northeast-2",),
                revenue_per_hour=12_000_000.0 if index == 0 else None,
                currency="KRW" if index == 0 else None,
                rto_minutes=30.0,
            )
            for index, name in enumerate(names)
        ),
        gaps=gaps(),
        assumptions=(
            Assumption(
                text="criticality taken as medium", count=2, narrowed_by="set criticality in auditor.toml"
            ),
            Assumption(text="running now means online at the time", count=14),
        ),
        extensions={"metro": {"seoul": 0.7}},
        sections=sections_of(names),
    )


def survival(axis: str, domain: str, lost: tuple[float, float], names: tuple[str, ...]) -> Survival:
    return Survival(axis=axis, domain=domain, lost_share=lost, lost_share_no_manual=lost, workloads=names)


def change(text: str, domain: str, workload: str, effort: str, share: float) -> Change:
    return Change(
        change=text,
        domain=domain,
        workload=workload,
        effort=effort,
        removes=(100.0, 200.0),
        removes_share=(share, share),
        not_fixed=("provider:aws",),
    )


def gaps() -> tuple[Gap, ...]:
    regions = ("ap-northeast-1", "ap-northeast-2", "eu-central-1", "us-east-1")
    denied = tuple(
        Gap(
            provider="aws",
            account="123456789012",
            region=region,
            service="rds",
            operation="rds:DescribeDBInstances",
            reason=GapReason.DENIED,
            detail="AccessDenied: not authorized",
            remedy="allow rds:DescribeDBInstances",
        )
        for region in regions
    )
    return (
        *denied,
        Gap(provider="azure", reason=GapReason.THROTTLED, detail="429", operation="resourcegraph"),
    )


@pytest.fixture
def audit() -> Audit:
    """Return a complete, believable audit."""
    return audit_of(WORKLOADS)


@pytest.fixture
def hostile_audit(audit: Audit) -> Audit:
    """Return the audit with names an attacker chose, wherever a name can stand."""
    made = audit_of(HOSTILE[:6])
    table = Table(
        columns=HOSTILE[:2], rows=tuple((Cell(text=name), Cell(text="x", detail=name)) for name in HOSTILE)
    )
    figures = Figures(items=tuple(Figure(label=name, value=name, detail=name) for name in HOSTILE))
    chain = Chain(paths=(HOSTILE,), evidence=(HOSTILE[1:],))
    note = Note(lines=HOSTILE, bulleted=True)
    bars = Bars(labels=HOSTILE, low=(1.0,) * len(HOSTILE), high=(2.0,) * len(HOSTILE), caption=HOSTILE[0])
    places = Map(markers=tuple(Marker(label=name, latitude=0, longitude=0, size=1) for name in HOSTILE))
    blocks = (table, figures, chain, note, bars, places)
    hostile = Section(id="hostile", title=HOSTILE[0], blocks=blocks, brief=blocks)
    return dataclasses.replace(made, sections=(*made.sections, hostile), assumptions=audit.assumptions)


@pytest.fixture
def empty_audit() -> Audit:
    """Return the audit of an estate in which nothing was found."""
    return Audit(
        schema=SCHEMA_ID,
        tool=Tool(name="auditor", version="0.1.0"),
        taken_at="2026-11-20T09:00:00Z",
        inputs=Inputs(
            providers=(), accounts=(), regions=(), resources=0, outages=(), config=None, snapshot_sha256=None
        ),
    )
