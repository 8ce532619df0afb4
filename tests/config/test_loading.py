"""``auditor.toml``: what it becomes, and how mistakes are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.config import Settings, load_settings, parse_settings
from auditor.errors import ConfigError
from auditor.model.evidence import Evidence, Fact
from auditor.model.need import Member, Need
from auditor.model.resource import Placement, Resource
from auditor.model.workload import Criticality, Fleet, Join, Substitutability, Vendor, Workload

FULL = """
[aws]
profile = "audit"
regions = ["ap-northeast-2", "ap-northeast-1"]
workers = 8

[azure]
enabled = false

[report]
output = "out"
currency = "KRW"

[score]
weights = { vendor = 0.0 }

[limits]
min_score = 60
max_lost_share = { region = 0.5 }

[not_applicable]
vendor = "we buy none"

[[workloads]]
name = "shop"
criticality = "critical"
owner = "payments team"
revenue_per_hour = 1_000_000
rto_minutes = 30
match = [{ tags = { app = "shop" } }, { names = "shop-*", accounts = ["1"] }]
needs = [
  "vendor:navitaire",
  { any = ["db-seoul", { ref = "db-tokyo", manual = true, tested_on = 2026-01-31 }], role = "database" },
  { quorum = true, k = [1, 2], of = [
    "a", "b", { ref = "c", delay = 5, loss = [0, 1], via = "control-plane:aws/iam" },
  ] },
]

[[vendors]]
name = "navitaire"
hosted_on = "region:azure/centralus"
hosts = ["*.Navitaire.com"]
substitutability = "hard"

[[resources]]
name = "till"
kind = "onprem.server"
region = "Gangnam"
zones = "unknown"
facts.os = "Windows"
facts.agent.crowdstrike-falcon = "7.11"
aliases = "TILL.example"

[[fleets]]
name = "windows"
match = [{ names = "win-*" }, { tags = { os = "windows" } }]
facts = { offline_utc = "04:00-06:00" }
"""


def test_everything() -> None:
    """A file that uses every section becomes the model's own values."""
    settings = parse_settings(FULL)
    assert settings.source == "auditor.toml"
    assert (settings.aws.profile, settings.aws.workers, settings.azure.enabled) == ("audit", 8, False)
    assert settings.score.weights == {
        "region": 0.3,
        "provider": 0.2,
        "zone": 0.2,
        "software": 0.15,
        "vendor": 0.0,
    }
    assert settings.limits.max_lost_share == {"region": 0.5}
    assert settings.not_applicable == {"vendor": "we buy none"}
    origin = "auditor.toml workload shop"
    assert settings.workloads == (
        Workload(
            name="shop",
            criticality=Criticality.CRITICAL,
            owner="payments team",
            revenue_per_hour=1_000_000,
            currency="KRW",
            rto_minutes=30,
            joins=(Join(tags=(("app", "shop"),)), Join(names=("shop-*",), accounts=("1",))),
            needs=(
                Need(
                    role="declared",
                    members=(Member(ref="vendor:navitaire"),),
                    evidence=Evidence.DECLARED,
                    origin=origin,
                ),
                Need(
                    role="database",
                    members=(
                        Member(ref="db-seoul"),
                        Member(
                            ref="db-tokyo",
                            delay=(60, 240),
                            manual=True,
                            loss=None,
                            assumed=True,
                            tested_on="2026-01-31",
                        ),
                    ),
                    evidence=Evidence.DECLARED,
                    origin=origin,
                ),
                Need(
                    role="declared",
                    members=(
                        Member(ref="a"),
                        Member(ref="b"),
                        Member(ref="c", delay=(5, 5), loss=(0, 1), via=("control-plane:aws/iam",)),
                    ),
                    k=(1, 2),
                    evidence=Evidence.DECLARED,
                    origin=origin,
                    quorum=True,
                ),
            ),
        ),
    )
    assert settings.vendors == (
        Vendor(
            name="navitaire",
            hosted_on=("region:azure/centralus",),
            hosts=("*.navitaire.com",),
            substitutability=Substitutability.HARD,
        ),
    )
    stated = {"evidence": Evidence.DECLARED, "origin": "auditor.toml resource till"}
    assert settings.resources == (
        Resource(
            id="declared:till",
            kind="onprem.server",
            name="till",
            placement=Placement(provider="onprem", region="Gangnam", zones=None),
            facts=(
                Fact(name="agent.crowdstrike-falcon", value="7.11", **stated),  # type: ignore[arg-type]
                Fact(name="os", value="windows", **stated),  # type: ignore[arg-type]
            ),
            aliases=("till", "till.example"),
        ),
    )
    facts = (("offline_utc", ("04:00-06:00",)),)
    assert settings.fleets == (
        Fleet(name="windows", join=Join(names=("win-*",)), facts=facts),
        Fleet(name="windows", join=Join(tags=(("os", "windows"),)), facts=facts),
    )


def test_no_file_is_all_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a file everything has a default; one in the working folder is found by itself."""
    monkeypatch.chdir(tmp_path)
    assert load_settings(None) == Settings()
    Path("auditor.toml").write_text("[aws]\nworkers = 3\n")
    assert load_settings(None).aws.workers == 3


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    """What a file points to lies beside it, wherever the command runs."""
    (tmp_path / "mine").mkdir()
    path = tmp_path / "company.toml"
    path.write_text('\ufeff[outages]\nfolders = ["mine"]\n', encoding="utf-8")
    settings = load_settings(path)
    assert settings.outages.folders == (tmp_path / "mine",)
    assert settings.source == "company.toml"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('"x"', Member(ref="x")),
        ('{ ref = "x", delay = 5 }', Member(ref="x", delay=(5, 5))),
        ('{ ref = "x", delay = [1, 2.5] }', Member(ref="x", delay=(1, 2.5))),
        (
            '{ ref = "x", manual = true }',
            Member(ref="x", delay=(60, 240), manual=True, loss=None, assumed=True),
        ),
        (
            '{ ref = "x", manual = true, failover_minutes = 20, tested_on = "2026-02-01", loss = 1 }',
            Member(ref="x", delay=(20, 20), manual=True, loss=(1, 1), tested_on="2026-02-01"),
        ),
        ('{ ref = "x", delay = 1, loss = "unknown" }', Member(ref="x", delay=(1, 1), loss=None)),
    ],
)
def test_members(line: str, expected: Member) -> None:
    """A standby people switch to takes an assumed hour or four, unless somebody says how long."""
    settings = parse_settings(f'[[workloads]]\nname = "w"\nneeds = {{ any = ["a", {line}] }}')
    assert settings.workloads[0].needs[0].members[1] == expected


@pytest.mark.parametrize(
    ("entry", "placement"),
    [
        ('kind = "aws.ec2.instance"\nzones = "apne2-az1"', ("aws", "ap-northeast-2", ("apne2-az1",))),
        ('kind = "AWS.rds.instance"\nregion = "AP-northeast-2"', ("aws", "ap-northeast-2", ())),
        ('kind = "aws.route53.zone"\nregion = "global"', ("aws", "global", ())),
        (
            'kind = "aws.ec2.instance"\nregion = "us-west-2"\nzones = ["usw2-lax1-az1"]',
            ("aws", "us-west-2", ("usw2-lax1-az1",)),
        ),
        ('kind = "shop.till"\nprovider = "Gcp"\nregion = "anywhere"', ("gcp", "anywhere", ())),
        ('kind = "azure.compute.disks"\nzones = "unknown"', ("azure", None, None)),
    ],
)
def test_placements(entry: str, placement: tuple[str, str | None, tuple[str, ...] | None]) -> None:
    """The kind tells the provider, a physical zone the region, and nothing said is unknown."""
    place = parse_settings(f'[[resources]]\nname = "r"\n{entry}').resources[0].placement
    assert (place.provider, place.region, place.zones) == placement


def test_other_clouds_endpoints_allow_other_regions() -> None:
    """Pointed at a sovereign cloud, our lists of regions say nothing."""
    text = """
    [azure]
    endpoint = "https://management.usgovcloudapi.net/"
    [[resources]]
    name = "r"
    kind = "azure.compute.virtualmachines"
    region = "usgovvirginia"
    """
    settings = parse_settings(text)
    assert settings.azure.endpoint == "https://management.usgovcloudapi.net"
    assert settings.resources[0].placement.region == "usgovvirginia"


W = '[[workloads]]\nname = "w"\n'
R = '[[resources]]\nname = "r"\nkind = "aws.ec2.instance"\n'


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("x = [1", ":1: unclosed array", "texts need quotes"),
        ("\n\n[aws\n", ":3: ", "texts need quotes"),
        ("[aws]\nworker = 1", ":2: aws.worker: there is no such key", 'did you mean "workers"?'),
        ("[zzz]\n", ":1: zzz: there is no such key", "known here: aws, azure, report,"),
        ('[aws]\nworkers = "16"', ":2: aws.workers: must be a whole number", "mend that line"),
        ("[aws]\nworkers = 0", ":2: aws.workers: must be 1 or more", "mend that line"),
        ("[aws]\nread_timeout = nan", ":2: aws.read_timeout: must be a finite number", "mend that line"),
        ('[aws]\nenabled = "yes"', ":2: aws.enabled: must be true or false", "mend that line"),
        ('[aws]\nendpoint_url = "localhost"', ':2: aws.endpoint_url: "localhost" is not a URL', "https://"),
        ('[azure]\nendpoint = "http://x"', ':2: azure.endpoint: "http://x" is not https', "only https"),
        ('[azure]\nca_file = "no.pem"', ':2: azure.ca_file: "no.pem" is not there', "beside the settings"),
        ('[outages]\nfolders = ["no"]', ':2: outages.folders[0]: "no" is not there', "beside the settings"),
        (
            '[aws]\nregions = [\n  "ap-northest-2",\n]',
            ':3: aws.regions[0]: there is no aws region "ap-northest-2" in the list of February 2026',
            'did you mean "ap-northeast-2"?',
        ),
        ('[report]\ncurrency = "won"', ':2: report.currency: "won" is not an ISO 4217', "KRW, EUR or USD"),
        ("[score]\nweights = { regoin = 1 }", ':2: score.weights.regoin: "regoin" is not', "one of region"),
        (
            "[score.weights]\nregion = 0\nprovider = 0\nzone = 0\nsoftware = 0\nvendor = 0",
            ":1: score.weights: every axis weighs nothing",
            "mend that line",
        ),
        ("[limits]\nmin_score = 101", ":2: limits.min_score: must be 100 or less", "mend that line"),
        ('[not_applicable]\nmoon = "no"', ':2: not_applicable.moon: "moon" is not a scored axis', "one of"),
        ("workloads = 3", ":1: workloads: must be a list", "mend that line"),
        ('[[workloads]]\nnmae = "w"', ":2: workloads[0].nmae: there is no such key", 'did you mean "name"?'),
        ('[[workloads]]\nowner = "w"', ":1: workloads[0].name: is missing", "mend that line"),
        (
            W + 'criticality = "hihg"',
            ':3: workloads[0].criticality: must be critical, high, medium or low, not "hihg"',
            "",
        ),
        (W + "revenue_per_hour = 5", ":3: workloads[0].revenue_per_hour: is money without a currency", "add"),
        (W + "rto_minutes = -5", ":3: workloads[0].rto_minutes: must be 0 or more", "mend that line"),
        (W + "match = {}", ":3: workloads[0].match: matches everything", 'names = "*"'),
        (W + W, ':4: workloads[1].name: "w" is there twice', "every name is unique"),
        (W + 'needs = [\n  "a",\n  3,\n]', ":5: workloads[0].needs[1]: must be a table", "mend that line"),
        (W + 'needs = { any = ["a"], k = 2 }', ":3: workloads[0].needs.k: any means one of them", "{ of ="),
        (W + 'needs = [{ of = ["a", "b"] }]', ":3: workloads[0].needs[0].k: says how many", "add k = 2"),
        (
            W + 'needs = [{ of = ["a", "b"], k = 3 }]',
            ":3: workloads[0].needs[0].k: needs 3 in service but only 2 of its 2 members have no delay",
            "a standby does not count",
        ),
        (
            W + 'needs = [{ any = [{ ref = "a", delay = 5 }] }]',
            ":3: workloads[0].needs[0]: needs 1 in service but only 0 of its 1 members have no delay",
            "a standby does not count",
        ),
        (W + 'needs = [{ of = ["a"], k = 0 }]', ":3: workloads[0].needs[0].k: must be 1 or more", "mend"),
        (
            W + 'needs = [{ any = ["a", { ref = "b", delay = [5, 2] }] }]',
            ":3: workloads[0].needs[0].any[1].delay: [5, 2] must be 0 <= low <= high",
            "mend that line",
        ),
        (
            W + 'needs = [{ any = ["a", { ref = "b", manual = true, delay = 0 }] }]',
            ":3: workloads[0].needs[0].any[1].manual: people cannot switch to it in 0 minutes",
            "leave manual out",
        ),
        (
            W + 'needs = [{ any = ["a", { ref = "b", delay = 1, failover_minutes = 2 }] }]',
            ":3: workloads[0].needs[0].any[1].failover_minutes: give delay or failover_minutes, not both",
            "mend that line",
        ),
        (
            W + 'needs = ["region:aws/ap-northest-2"]',
            ':3: workloads[0].needs[0]: there is no aws region "ap-northest-2" in the list of February 2026',
            'did you mean "ap-northeast-2"?',
        ),
        (
            W + 'needs = ["zone:aws/ap-northeast-2a"]',
            ':3: workloads[0].needs[0]: "ap-northeast-2a" is not a physical zone of aws',
            "such as apne2-az1",
        ),
        (
            '[[vendors]]\nname = "v"\nhosted_on = ["azure"]',
            ':3: vendors[0].hosted_on[0]: "azure" is not a failure domain',
            "such as region:azure/centralus",
        ),
        (
            '[[vendors]]\nname = "v"\nsubstitutability = "none"',
            ':3: vendors[0].substitutability: must be easy, hard or impossible, not "none"',
            "",
        ),
        ('[[resources]]\nkind = "a.b"', ":1: resources[0]: has neither name nor id", 'add name = "..."'),
        (
            '[[resources]]\nname = "r"\nkind = "server"',
            ':3: resources[0].kind: "server" is not a kind',
            "such as onprem.server",
        ),
        (
            '[[resources]]\nname = "r"\nkind = "azure.compute.disks"\nregion = "Korea Central"',
            ':4: resources[0].region: there is no azure region "Korea Central" in the list of September 2025',
            'did you mean "koreacentral"?',
        ),
        (
            R + 'region = "ap-northeast-2"\nzones = ["ap-northeast-2a"]',
            ':5: resources[0].zones[0]: "ap-northeast-2a" is not a physical zone of ap-northeast-2',
            "one of apne2-az1, apne2-az2, apne2-az3 or apne2-az4; letters",
        ),
        (
            R + 'region = "us-east-1"\nzones = ["apne2-az1"]',
            ':5: resources[0].zones[0]: "apne2-az1" is not a physical zone of us-east-1',
            "one of use1-az1",
        ),
        (
            '[[resources]]\nname = "r"\nkind = "azure.compute.disks"\nregion = "westus"\nzones = "1"',
            ':5: resources[0].zones: "1" is not a physical zone of westus',
            "that region has no zones",
        ),
        (R + 'facts = { oss = "linux" }', ':4: resources[0].facts.oss: there is no fact "oss"', '"os"?'),
        (
            R + '[resources.facts]\nos = "beos"',
            ":5: resources[0].facts.os: must be windows, linux or macos",
            "",
        ),
        (
            R + "facts.agent.crowdstrike-falcon = 7.10",
            ":4: resources[0].facts.agent.crowdstrike-falcon: must be a text in quotes",
            "7.10 without quotes is the number 7.1",
        ),
        (R + "facts.multi_az = 1", ':4: resources[0].facts.multi_az: must be true or false, not "1"', ""),
        (R + "facts = 1", ":4: resources[0].facts: must be a table such as", ""),
        ('[[fleets]]\nname = "f"\nfacts.os = "linux"', ":1: fleets[0].match: is missing", ""),
        (
            '[[fleets]]\nname = "f"\nmatch.names = "*"\nfacts = {}',
            ":4: fleets[0].facts: must not be empty",
            "",
        ),
        (
            '[aws]\nworker = 1\nworkers = "a"\n[report]\ncurrency = "x"',
            ":2: aws.worker: there is no such key",
            'did you mean "workers"?; more to mend on line 3, 5',
        ),
    ],
)
def test_mistakes(text: str, message: str, hint: str) -> None:
    """A mistake is one line with file, line and key, and a hint beside it."""
    with pytest.raises(ConfigError) as caught:
        parse_settings(text)
    assert str(caught.value).startswith(f"auditor.toml{message}")
    assert "\n" not in str(caught.value)
    assert hint in caught.value.hint
    assert caught.value.hint


def test_unreadable_files(tmp_path: Path) -> None:
    """A file that is not there, not a file or not text is named."""
    path = tmp_path / "a.toml"
    with pytest.raises(ConfigError, match=r"a\.toml: no such file or directory$"):
        load_settings(path)
    with pytest.raises(ConfigError, match=r": is a directory$"):
        load_settings(tmp_path)
    path.write_bytes(b'[report]\noutput = "\xff"')
    with pytest.raises(ConfigError, match=r"a\.toml:2: is not UTF-8 text$"):
        load_settings(path)
