"""For each outage carried over: what it puts out, what it must spare, and who it is out of reach for.

``nodes`` and ``control`` are domain ids that go out; ``spared`` are ids that do not. ``yes``, ``maybe`` and
``no`` are resources and what an impact on running things makes of them. An outage in a zone that nobody named
is asked about ``zone``. ``near`` is in reach, ``far`` is not.
"""

from __future__ import annotations

from dataclasses import dataclass

from auditor.model.evidence import FactValue
from auditor.model.need import Member, Need
from auditor.model.resource import Resource
from tests.outages.small import thing

_SHORT = {"skus": "disk.skus", "s1": "agent.sentinelone", "openssl": "agent.openssl", "java": "agent.java"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is expected of one outage."""

    outage: str
    near: Resource
    far: Resource
    zone: str | None = None
    nodes: tuple[str, ...] = ()
    control: tuple[str, ...] = ()
    spared: tuple[str, ...] = ()
    yes: tuple[Resource, ...] = ()
    maybe: tuple[Resource, ...] = ()
    no: tuple[Resource, ...] = ()


def aws(kind: str, region: str, zone: str | None = None, **facts: FactValue) -> Resource:
    """Return a resource of AWS; its id is told from all that it is."""
    return _made(f"aws.{kind}", region, zone, facts)


def gcp(kind: str, region: str, zone: str | None = None, **facts: FactValue) -> Resource:
    """Return a resource of Google Cloud."""
    return _made(f"gcp.{kind}", region, zone, facts)


def box(**facts: FactValue) -> Resource:
    """Return a host in the cellar."""
    return _made("onprem.server", None, None, {"host": True, **facts})


def user(*nodes: str) -> Resource:
    """Return something that is declared to need domain nodes, such as vendors."""
    needs = tuple(Need(role="part", members=(Member(ref=node),)) for node in nodes)
    return thing("user of " + ", ".join(nodes), "onprem.server", needs=needs)


def _made(kind: str, region: str | None, zone: str | None, facts: dict[str, FactValue]) -> Resource:
    named = {_SHORT.get(key, key): value for key, value in facts.items()}
    name = " ".join([kind, region or "", zone or "", *(f"{key}={value}" for key, value in named.items())])
    return thing(name, kind, region=region, zones=() if zone is None else (zone,), facts=named)


VIRGINIA, TOKYO, SYDNEY = "us-east-1", "ap-northeast-1", "ap-southeast-2"
VM, DISK, DB, BALANCER = "ec2.instance", "ec2.volume", "rds.instance", "elbv2.loadbalancer"
TELLING = aws("s3.bucket", VIRGINIA, event_notifications=True)
BUCKET = _made("alibaba.oss.bucket", "cn-hangzhou", None, {})
_OLD: dict[str, FactValue] = {
    "peer_authorities": ("letsencrypt",),
    "os": "linux",
    "os_distribution": "ubuntu",
}

CASES = (
    Case(
        outage="aws-2011-04-21-us-east-1-ebs",
        zone="use1-az1",
        control=("control-plane:aws/us-east-1/ec2",),
        spared=("zone:aws/use1-az1", "service:aws/us-east-1/ec2"),
        yes=(
            aws(DISK, VIRGINIA, "use1-az1"),
            aws(VM, VIRGINIA, "use1-az1", skus=("gp3",)),
            aws(DB, VIRGINIA, "use1-az1", multi_az=False),
            aws(DB, VIRGINIA, multi_az=True),
        ),
        maybe=(aws(VM, VIRGINIA, "use1-az1"), aws(DB, VIRGINIA, "use1-az1")),
        no=(
            aws(DISK, VIRGINIA, "use1-az2"),
            aws(VM, VIRGINIA, "use1-az1", skus=("ephemeral",)),
            aws(DB, VIRGINIA, "use1-az2", multi_az=False),
            aws(DISK, TOKYO, "apne1-az1"),
        ),
        near=aws(DISK, VIRGINIA, "use1-az6"),
        far=aws(DISK, TOKYO, "apne1-az1"),
    ),
    Case(
        outage="aws-2011-08-07-eu-west-1-power",
        zone="euw1-az1",
        nodes=("zone:aws/euw1-az1",),
        control=("control-plane:aws/eu-west-1/ec2",),
        spared=("zone:aws/euw1-az2",),
        yes=(aws(DISK, "eu-west-1", "euw1-az1"), aws(DB, "eu-west-1", "euw1-az1", multi_az=False)),
        no=(aws(DISK, "eu-west-1", "euw1-az2"), aws(DB, "eu-west-1", "euw1-az2", multi_az=False)),
        near=aws(VM, "eu-west-1", "euw1-az3"),
        far=aws(VM, "eu-central-1", "euc1-az1"),
    ),
    Case(
        outage="aws-2012-06-29-us-east-1-power",
        zone="use1-az4",
        nodes=("zone:aws/use1-az4",),
        control=("control-plane:aws/us-east-1/ec2", "control-plane:aws/us-east-1/elbv2"),
        spared=("zone:aws/use1-az1", "region:aws/us-east-1"),
        yes=(aws(DISK, VIRGINIA, "use1-az4"), aws(DB, VIRGINIA, multi_az=True)),
        no=(aws(DISK, VIRGINIA, "use1-az1"), aws(DB, VIRGINIA, "use1-az1", multi_az=False)),
        near=aws(VM, VIRGINIA, "use1-az2"),
        far=aws(VM, "us-west-2", "usw2-az2"),
    ),
    Case(
        outage="aws-2012-10-22-us-east-1-ebs",
        zone="use1-az1",
        control=("control-plane:aws/us-east-1/ec2",),
        spared=("zone:aws/use1-az1",),
        yes=(aws(DISK, VIRGINIA, "use1-az1"), aws(BALANCER, VIRGINIA), aws(BALANCER, VIRGINIA, "use1-az1")),
        no=(aws(DISK, VIRGINIA, "use1-az3"), aws(DB, VIRGINIA, "use1-az3", multi_az=False)),
        near=aws(BALANCER, VIRGINIA),
        far=aws(BALANCER, TOKYO),
    ),
    Case(
        outage="aws-2012-12-24-us-east-1-elb",
        nodes=("service:aws/us-east-1/elbv2",),
        control=("control-plane:aws/us-east-1/elbv2",),
        spared=("control-plane:aws/us-east-1/ec2",),
        near=aws(BALANCER, VIRGINIA),
        far=aws(VM, VIRGINIA, "use1-az1"),
    ),
    Case(
        outage="aws-2013-12-17-sa-east-1-power",
        zone="sae1-az1",
        nodes=("zone:aws/sae1-az1", "service:aws/sa-east-1/ec2"),
        spared=("zone:aws/sae1-az2",),
        near=aws(VM, "sa-east-1", "sae1-az2"),
        far=aws(VM, VIRGINIA, "use1-az1"),
    ),
    Case(
        outage="aws-2015-09-20-us-east-1-dynamodb",
        nodes=("service:aws/us-east-1/dynamodb", "service:aws/us-east-1/sqs"),
        control=("control-plane:aws/us-east-1/autoscaling", "control-plane:aws/us-east-1/signin"),
        spared=("service:aws/us-east-1/ec2", "service:aws/us-west-2/dynamodb"),
        near=aws("dynamodb.table", VIRGINIA),
        far=aws("dynamodb.table", TOKYO),
    ),
    Case(
        outage="aws-2016-06-05-ap-southeast-2-power",
        zone="apse2-az1",
        nodes=("zone:aws/apse2-az1",),
        control=("control-plane:aws/ap-southeast-2/autoscaling", "control-plane:aws/ap-southeast-2/ec2"),
        yes=(aws(VM, SYDNEY, "apse2-az1", host=True, resolver="vpc"),),
        no=(
            aws(VM, SYDNEY, "apse2-az1", host=True, resolver="outside"),
            aws(VM, SYDNEY, "apse2-az2", host=True, resolver="vpc"),
            aws(DISK, SYDNEY, "apse2-az1"),
        ),
        near=aws(VM, SYDNEY, "apse2-az3"),
        far=aws(VM, TOKYO, "apne1-az1"),
    ),
    Case(
        outage="aws-2017-02-28-us-east-1-s3",
        nodes=("service:aws/us-east-1/s3", "service:aws/us-east-1/lambda"),
        control=("control-plane:aws/us-east-1/ec2",),
        spared=("service:aws/us-east-1/ec2",),
        yes=(aws(DISK, VIRGINIA, "use1-az1"),),
        no=(aws(VM, VIRGINIA, "use1-az1"), aws(DISK, TOKYO, "apne1-az1")),
        near=aws("s3.bucket", VIRGINIA),
        far=aws("s3.bucket", TOKYO),
    ),
    Case(
        outage="aws-2019-08-23-ap-northeast-1-cooling",
        zone="apne1-az4",
        nodes=("zone:aws/apne1-az4",),
        control=("control-plane:aws/ap-northeast-1/autoscaling", "control-plane:aws/ap-northeast-1/ec2"),
        yes=(
            aws("elasticache.replicationgroup", TOKYO, "apne1-az4"),
            aws(BALANCER, TOKYO, lb_type="application", sticky_sessions=True),
        ),
        maybe=(aws(BALANCER, TOKYO, lb_type="application", waf=False),),
        no=(
            aws("elasticache.replicationgroup", TOKYO, "apne1-az1"),
            aws(BALANCER, TOKYO, lb_type="network"),
            aws(BALANCER, TOKYO, lb_type="application", waf=False, sticky_sessions=False),
        ),
        near=aws(VM, TOKYO, "apne1-az1"),
        far=aws(VM, "ap-northeast-3", "apne3-az1"),
    ),
    Case(
        outage="aws-2020-11-25-us-east-1-kinesis",
        nodes=("service:aws/us-east-1/kinesis", "service:aws/us-east-1/cognito-idp"),
        control=("control-plane:aws/us-east-1/autoscaling", "control-plane:aws/us-east-1/ecs"),
        spared=("service:aws/us-east-1/ecs", "service:aws/us-east-1/ec2"),
        near=aws("lambda.function", VIRGINIA),
        far=aws("lambda.function", TOKYO),
    ),
    Case(
        outage="aws-2021-02-19-ap-northeast-1-az1-cooling",
        nodes=("zone:aws/apne1-az1",),
        spared=("zone:aws/apne1-az4",),
        near=aws(VM, TOKYO, "apne1-az4"),
        far=aws(VM, "ap-northeast-2", "apne2-az1"),
    ),
    Case(
        outage="aws-2021-09-02-ap-northeast-1-directconnect",
        nodes=("service:aws/ap-northeast-1/directconnect",),
        spared=("service:aws/ap-northeast-1/ec2",),
        near=user("service:aws/ap-northeast-1/directconnect"),
        far=aws(VM, TOKYO, "apne1-az1"),
    ),
    Case(
        outage="aws-2021-12-15-us-west",
        yes=(aws(VM, "us-west-1", host=True), aws(BALANCER, "us-west-2", internet_facing=True)),
        no=(aws(VM, VIRGINIA, host=True), aws("s3.bucket", "us-west-2")),
        near=aws(VM, "us-west-2", host=True),
        far=aws(VM, VIRGINIA, host=True),
    ),
    Case(
        outage="aws-2021-12-22-us-east-1-az4-power",
        nodes=("zone:aws/use1-az4",),
        spared=("zone:aws/use1-az1",),
        near=aws(VM, VIRGINIA, "use1-az1"),
        far=aws(VM, "us-east-2", "use2-az1"),
    ),
    Case(
        outage="aws-2022-07-28-us-east-2-az1-power",
        nodes=("zone:aws/use2-az1",),
        spared=("zone:aws/use2-az2",),
        near=aws(VM, "us-east-2", "use2-az1"),
        far=aws(VM, VIRGINIA, "use1-az1"),
    ),
    Case(
        outage="aws-2023-06-13-us-east-1-lambda",
        nodes=("service:aws/us-east-1/lambda", "service:aws/us-east-1/connect"),
        control=("control-plane:aws/us-east-1/eks", "control-plane:aws/us-east-1/sts"),
        spared=("service:aws/us-east-1/eks", "service:aws/us-east-1/s3"),
        near=aws("lambda.function", VIRGINIA),
        far=aws("lambda.function", "us-west-2"),
    ),
    Case(
        outage="aws-2024-07-30-us-east-1-kinesis",
        nodes=("service:aws/us-east-1/kinesis", "service:aws/us-east-1/logs"),
        spared=("service:aws/us-east-1/s3", "service:aws/us-east-1/ecs"),
        yes=(TELLING, aws("ecs.service", VIRGINIA, log_mode="blocking")),
        maybe=(aws("s3.bucket", VIRGINIA), aws("ecs.service", VIRGINIA)),
        no=(
            aws("s3.bucket", VIRGINIA, event_notifications=False),
            aws("ecs.service", VIRGINIA, log_mode="non-blocking"),
            aws("s3.bucket", TOKYO, event_notifications=True),
        ),
        near=aws("s3.bucket", VIRGINIA),
        far=aws("s3.bucket", VIRGINIA, event_notifications=False),
    ),
    Case(
        outage="aws-2025-04-15-ap-northeast-1-az4-power",
        nodes=("zone:aws/apne1-az4",),
        control=("control-plane:aws/ap-northeast-1/ec2",),
        spared=("zone:aws/apne1-az1",),
        yes=(aws(DB, TOKYO, "apne1-az4"),),
        no=(aws(DB, TOKYO, "apne1-az1"), aws("s3.bucket", TOKYO)),
        near=aws(DB, TOKYO, "apne1-az1"),
        far=aws(DB, "ap-northeast-2", "apne2-az1"),
    ),
    Case(
        outage="akamai-2021-07-22",
        nodes=("vendor:akamai", "vendor:akamai-edge-dns"),
        spared=("vendor:cloudflare",),
        near=user("vendor:akamai-edge-dns"),
        far=user("vendor:fastly"),
    ),
    Case(
        outage="alibaba-2023-11-12-ak",
        control=("control-plane:alibaba/console",),
        yes=(BUCKET,),
        no=(_made("alibaba.ecs.instance", "cn-hangzhou", None, {"host": True}), aws("s3.bucket", VIRGINIA)),
        near=BUCKET,
        far=aws("s3.bucket", VIRGINIA),
    ),
    Case(
        outage="cloudflare-2019-07-02",
        nodes=("vendor:cloudflare",),
        spared=("vendor:cloudflare-analytics",),
        near=user("vendor:cloudflare-waf"),
        far=user("vendor:fastly"),
    ),
    Case(
        outage="cloudflare-2022-06-21",
        nodes=("vendor:cloudflare-cdn",),
        spared=("vendor:cloudflare-waf",),
        near=user("vendor:cloudflare"),
        far=user("vendor:akamai"),
    ),
    Case(
        outage="cloudflare-2023-11-02",
        nodes=("vendor:cloudflare-analytics",),
        control=("control-plane:cloudflare/dashboard",),
        spared=("vendor:cloudflare", "vendor:cloudflare-cdn"),
        near=user("vendor:cloudflare"),
        far=user("vendor:fastly"),
    ),
    Case(
        outage="datadog-2023-03-08",
        nodes=("vendor:datadog",),
        spared=("os:linux", "agent:systemd/linux"),
        near=user("vendor:datadog"),
        far=box(os="linux"),
    ),
    Case(
        outage="dyn-2016-10-21",
        nodes=("vendor:dyn", "vendor:dyn-managed-dns"),
        near=user("vendor:dyn"),
        far=user("vendor:akamai-edge-dns"),
    ),
    Case(
        outage="fastly-2021-06-08",
        nodes=("vendor:fastly", "vendor:fastly-cdn"),
        near=user("vendor:fastly-cdn"),
        far=user("vendor:cloudflare"),
    ),
    Case(
        outage="gcp-2019-06-02-network",
        nodes=("service:gcp/us-east4/compute", "service:gcp/us-west2/spanner", "service:gcp/us-east4/pubsub"),
        control=("control-plane:gcp/servicecontrol",),
        spared=("service:gcp/us-west1/compute", "service:gcp/southamerica-east1/spanner"),
        near=gcp("compute.instance", "us-east4", "us-east4-a"),
        far=aws(VM, VIRGINIA, "use1-az1"),
    ),
    Case(
        outage="gcp-2020-12-14-identity",
        nodes=("service:gcp/global/iam", "vendor:google-workspace"),
        spared=("service:gcp/global/compute",),
        near=gcp("compute.instance", "europe-west1", "europe-west1-b"),
        far=user("vendor:okta"),
    ),
    Case(
        outage="gcp-2022-07-19-europe-west2-cooling",
        nodes=("zone:gcp/europe-west2-a", "service:gcp/europe-west2/storage"),
        spared=("zone:gcp/europe-west2-b", "service:gcp/europe-west2/compute"),
        near=gcp("compute.instance", "europe-west2", "europe-west2-b"),
        far=gcp("compute.instance", "europe-west1", "europe-west1-b"),
    ),
    Case(
        outage="gcp-2023-04-25-europe-west9",
        nodes=("zone:gcp/europe-west9-a", "service:gcp/europe-west9/container"),
        control=("control-plane:gcp/console", "control-plane:gcp/europe-west9/storage"),
        spared=("region:gcp/europe-west9", "zone:gcp/europe-west9-b"),
        near=gcp("compute.instance", "europe-west9", "europe-west9-b"),
        far=aws(VM, "eu-west-3", "euw3-az1"),
    ),
    Case(
        outage="gcp-2025-06-12-service-control",
        nodes=("service:gcp/asia-east1/storage", "service:gcp/global/iam"),
        control=("control-plane:gcp/asia-east1/compute", "control-plane:gcp/servicecontrol"),
        spared=("service:gcp/asia-east1/compute",),
        near=gcp("storage.bucket", "asia-east1"),
        far=aws("s3.bucket", TOKYO),
    ),
    Case(
        outage="letsencrypt-2021-09-30-dst-root",
        yes=(
            box(**_OLD, os_version="14.04"),
            box(**_OLD, os_version="18.04", openssl="1.0.2k"),
            box(**_OLD, os_version="18.04", java="1.8.0_131"),
            box(**_OLD, os_version="18.04", java="7u80"),
        ),
        maybe=(box(os="linux"), box(os_distribution="ubuntu", os_version="14.04")),
        no=(
            box(os_distribution="ubuntu", os_version="14.04", peer_authorities=("digicert",)),
            aws("s3.bucket", VIRGINIA),
        ),
        near=box(os="linux"),
        far=aws("s3.bucket", VIRGINIA),
    ),
    Case(
        outage="nirs-2025-09-26-daejeon",
        nodes=("region:nirs-korea/daejeon", "vendor:korea-government-services"),
        near=user("vendor:korea-government-services"),
        far=user("vendor:kakao"),
    ),
    Case(
        outage="ovh-2021-03-10-strasbourg",
        nodes=("zone:ovh/sbg1", "zone:ovh/sbg2", "zone:ovh/sbg3", "zone:ovh/sbg4", "vendor:ovh"),
        spared=("provider:ovh", "region:ovh/gra"),
        near=_made("ovh.server.dedicated", "sbg", "sbg2", {"host": True}),
        far=_made("ovh.server.dedicated", "gra", "gra1", {"host": True}),
    ),
    Case(
        outage="sentinelone-2025-05-29",
        control=("control-plane:sentinelone/console",),
        spared=("agent:sentinelone/windows", "vendor:sentinelone"),
        near=box(s1="present"),
        far=box(s1="none"),
    ),
)
