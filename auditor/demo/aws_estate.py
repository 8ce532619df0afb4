"""The demo company's AWS side, built through boto3 as a company would build it, on a moto server.

moto lacks Systems Manager's inventory calls, so security agents come in by tags
(``auditor:agent.<product>``), which is how a company without that inventory would declare them too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import boto3

SEOUL, TOKYO, VIRGINIA = "ap-northeast-2", "ap-northeast-1", "us-east-1"
SHOP_DOMAIN, PAY_DOMAIN = "shop.hanbit.example", "pay.hanbit.example"
LINUX_IMAGE, WINDOWS_IMAGE = "ami-linux", "ami-windows"
FALCON = "auditor:agent.crowdstrike-falcon"
CREDENTIALS = {
    "aws_access_key_id": "demo",
    "aws_secret_access_key": "demo",
}  # what moto takes; nothing secret
ZONES = 3  # how many of a region are used


def emptied(endpoint: str) -> None:
    """Empty moto, whose state is the whole process's, whichever of its servers is asked."""
    connection = HTTPConnection(urlsplit(endpoint).netloc, timeout=30)
    try:
        connection.request("POST", "/moto-api/reset")
        connection.getresponse().read()
    finally:
        connection.close()


class Region:
    """Clients and network of one region: a VPC with a subnet in each of three physical zones."""

    def __init__(self, endpoint: str, region: str, *, cidr: str) -> None:
        self.name = region
        self._endpoint = endpoint
        ec2 = self.client("ec2")
        self.images = _images(ec2)
        self.zones = _zones(ec2)
        self.vpc = ec2.create_vpc(CidrBlock=f"{cidr}.0.0/16")["Vpc"]["VpcId"]
        self.subnets = {
            zone: ec2.create_subnet(VpcId=self.vpc, CidrBlock=f"{cidr}.{index}.0/24", AvailabilityZone=name)[
                "Subnet"
            ]["SubnetId"]
            for index, (zone, name) in enumerate(self.zones.items())
        }

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        """Return a client of one service in this region."""
        make: Any = boto3.client  # typed by literal names of services only
        return make(service, region_name=self.name, endpoint_url=self._endpoint, **CREDENTIALS)

    def machines(
        self,
        workload: str,
        *,
        zones: Sequence[str] = (),
        image: str = LINUX_IMAGE,
        role: str = "app",
        tags: Mapping[str, str] | None = None,
    ) -> list[str]:
        """Start one machine per zone; return their ids."""
        found = []
        for zone in zones or self.zones:
            wanted = {"Name": f"{workload}-{role}-{zone}", "workload": workload, "auditor:role": role}
            started = self.client("ec2").run_instances(
                ImageId=self.images[image],
                MinCount=1,
                MaxCount=1,
                InstanceType="m5.large",
                SubnetId=self.subnets[zone],
                TagSpecifications=[{"ResourceType": "instance", "Tags": _tags(wanted | dict(tags or {}))}],
            )
            found.append(started["Instances"][0]["InstanceId"])
        return found

    def balancer(
        self, workload: str, targets: Sequence[str], *, kind: str = "application"
    ) -> tuple[str, str]:
        """Put an internet-facing load balancer before machines; return its ARN and DNS name."""
        elbv2 = self.client("elbv2")
        protocol = "HTTP" if kind == "application" else "TCP"
        made = elbv2.create_load_balancer(
            Name=f"{workload}-lb",
            Subnets=list(self.subnets.values()),
            Type=kind,
            Scheme="internet-facing",
            Tags=_tags({"workload": workload}),
        )["LoadBalancers"][0]
        group = elbv2.create_target_group(
            Name=f"{workload}-tg",
            Protocol=protocol,
            Port=80,
            VpcId=self.vpc,
            TargetType="instance",
            Tags=_tags({"workload": workload}),
        )["TargetGroups"][0]["TargetGroupArn"]
        elbv2.register_targets(TargetGroupArn=group, Targets=[{"Id": target} for target in targets])
        elbv2.create_listener(
            LoadBalancerArn=made["LoadBalancerArn"],
            Protocol=protocol,
            Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
        )
        return made["LoadBalancerArn"], made["DNSName"]

    def way_out(self) -> None:
        """Lead all subnets out through one NAT gateway, which stands in the first zone."""
        ec2 = self.client("ec2")
        address = ec2.allocate_address(Domain="vpc")["AllocationId"]
        first = next(iter(self.subnets.values()))
        gateway = ec2.create_nat_gateway(SubnetId=first, AllocationId=address)["NatGateway"]["NatGatewayId"]
        (table,) = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [self.vpc]}])[
            "RouteTables"
        ]
        ec2.create_route(
            RouteTableId=table["RouteTableId"], DestinationCidrBlock="0.0.0.0/0", NatGatewayId=gateway
        )

    def database(self, workload: str, *, multi_az: bool = True) -> str:
        """Create a MySQL database; return its ARN."""
        rds = self.client("rds")
        group = f"{workload}-subnets"
        rds.create_db_subnet_group(
            DBSubnetGroupName=group, DBSubnetGroupDescription=group, SubnetIds=list(self.subnets.values())
        )
        made = rds.create_db_instance(
            DBInstanceIdentifier=f"{workload}-db",
            DBInstanceClass="db.r5.large",
            Engine="mysql",
            AllocatedStorage=100,
            MasterUsername="demo",
            MasterUserPassword="demo-demo-demo",
            MultiAZ=multi_az,
            DBSubnetGroupName=group,
            Tags=_tags({"workload": workload}),
        )
        return str(made["DBInstance"]["DBInstanceArn"])


def _tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def _zones(ec2: Any) -> dict[str, str]:  # noqa: ANN401 - boto3 makes its clients at run time
    """Return the first zones of the region: physical id to the name this account has for it."""
    zones = ec2.describe_availability_zones()["AvailabilityZones"]
    return dict(sorted((zone["ZoneId"], zone["ZoneName"]) for zone in zones)[:ZONES])


def _images(ec2: Any) -> dict[str, str]:  # noqa: ANN401 - boto3 makes its clients at run time
    """Return one Linux and one Windows image of those the server knows."""
    images = ec2.describe_images(Owners=["amazon"])["Images"]
    windows = sorted(i["ImageId"] for i in images if i.get("Platform") == "windows")
    linux = sorted(i["ImageId"] for i in images if i.get("Platform") != "windows")
    return {LINUX_IMAGE: linux[0], WINDOWS_IMAGE: windows[0]}


def build(endpoint: str) -> None:
    """Build the whole AWS side, and nothing else, on the moto server at ``endpoint``."""
    emptied(endpoint)
    seoul = Region(endpoint, SEOUL, cidr="10.10")
    tokyo = Region(endpoint, TOKYO, cidr="10.20")
    _shop(seoul)
    _payment(seoul, tokyo)
    _stores(seoul)
    _small_ones(seoul)


def _shop(seoul: Region) -> None:
    """Build the shop: Linux machines with Falcon over three zones, a Multi-AZ database, a queue, a site."""
    machines = seoul.machines("shop", role="web", tags={FALCON: "7.14"})
    _, host = seoul.balancer("shop", machines)
    seoul.database("shop")
    seoul.client("sqs").create_queue(QueueName="shop-orders", tags={"workload": "shop"})
    seoul.client("s3").create_bucket(
        Bucket="hanbit-campaign", CreateBucketConfiguration={"LocationConstraint": SEOUL}
    )
    seoul.client("s3").put_bucket_tagging(
        Bucket="hanbit-campaign", Tagging={"TagSet": _tags({"workload": "campaign-site"})}
    )
    _record(seoul, SHOP_DOMAIN, [{"Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": host}]}])


def _payment(seoul: Region, tokyo: Region) -> None:
    """Build payment: Seoul, with a warm copy in Tokyo behind health-checked DNS failover.

    The copy has three zones and one way out of them, as nobody has looked at it for long.
    """
    _global_table(seoul)
    tokyo.way_out()
    hosts = []
    for region in (seoul, tokyo):
        machines = region.machines("payment", role=f"api-{region.name}")
        hosts.append(region.balancer("payment", machines, kind="network")[1])
    route53 = seoul.client("route53")
    check = route53.create_health_check(
        CallerReference="payment-seoul",
        HealthCheckConfig={
            "Type": "HTTPS",
            "FullyQualifiedDomainName": hosts[0],
            "Port": 443,
            "RequestInterval": 30,
            "FailureThreshold": 3,
        },
    )["HealthCheck"]["Id"]
    common = {"Type": "CNAME", "TTL": 60}
    primary = {"SetIdentifier": "seoul", "Failover": "PRIMARY", "HealthCheckId": check}
    secondary = {"SetIdentifier": "tokyo", "Failover": "SECONDARY"}
    _record(
        seoul,
        PAY_DOMAIN,
        [
            common | primary | {"ResourceRecords": [{"Value": hosts[0]}]},
            common | secondary | {"ResourceRecords": [{"Value": hosts[1]}]},
        ],
    )


def _global_table(seoul: Region) -> None:
    dynamodb = seoul.client("dynamodb")
    dynamodb.create_table(
        TableName="payment-ledger",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        Tags=_tags({"workload": "payment"}),
    )
    dynamodb.update_table(TableName="payment-ledger", ReplicaUpdates=[{"Create": {"RegionName": TOKYO}}])


def _record(region: Region, name: str, sets: Sequence[Mapping[str, Any]]) -> None:
    route53 = region.client("route53")
    zone = route53.create_hosted_zone(Name=name, CallerReference=name)["HostedZone"]["Id"]
    route53.change_resource_record_sets(
        HostedZoneId=zone,
        ChangeBatch={
            "Changes": [
                {"Action": "CREATE", "ResourceRecordSet": {"Name": f"{name}.", **item}} for item in sets
            ]
        },
    )


def _stores(seoul: Region) -> None:
    """Build the tills' servers: Windows with Falcon over three zones."""
    machines = seoul.machines(
        "store-tills", image=WINDOWS_IMAGE, role="till", tags={FALCON: "7.11", "auditor:os": "windows"}
    )
    seoul.balancer("store-tills", machines)


def _small_ones(seoul: Region) -> None:
    """Build a nightly job on one machine, and the AWS half of search and of the loyalty programme."""
    seoul.machines("settlement-batch", zones=("apne2-az3",), role="job", tags={FALCON: "none"})
    seoul.balancer("search", seoul.machines("search", role="api"))
    seoul.balancer("loyalty", seoul.machines("loyalty", role="api"))
