"""Answers that moto cannot give, in the shapes of botocore's models: what each configuration means."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.connectors.aws.link import linked
from auditor.connectors.aws.where import Where
from auditor.model.need import Need
from auditor.model.resource import Resource
from tests.connectors.aws.answers import SEOUL, facts, harvested, only, resources, roles

ARN = "arn:aws:rds:ap-northeast-2:123456789012"
GROUP = "aws.autoscaling.group"


def zones(resource: Resource) -> list[list[tuple[str, tuple[float, float]]]]:
    return [
        [(member.ref, member.delay) for member in need.members]
        for need in resource.needs
        if need.role == "zone"
    ]


def database(**changes: Any) -> Resource:
    instance = {
        "DBInstanceIdentifier": "shop",
        "DBInstanceArn": f"{ARN}:db:shop",
        "AvailabilityZone": "ap-northeast-2a",
        "MultiAZ": True,
        "Engine": "postgres",
        **changes,
    }
    answers = {"DescribeDBInstances": {"DBInstances": [instance]}, "DescribeDBClusters": {"DBClusters": []}}
    return only("rds", answers, "aws.rds.instance")


def test_a_standby_that_is_told_is_the_only_one() -> None:
    """With the secondary zone given, the database needs that zone or its primary's, and lies in both."""
    shop = database(SecondaryAvailabilityZone="ap-northeast-2c")
    assert zones(shop) == [[("zone:aws/apne2-az1", (0.0, 0.0)), ("zone:aws/apne2-az3", (1.0, 2.0))]]
    assert shop.placement.zones == ("apne2-az1", "apne2-az3")


def test_a_single_zone_database_states_no_zone_of_its_own() -> None:
    """Without Multi-AZ there is nothing to say beyond the placement, and the fact says so."""
    shop = database(MultiAZ=False)
    assert zones(shop) == []
    assert shop.placement.zones == ("apne2-az1",)
    assert facts(shop)["multi_az"] is False


def test_a_database_being_made_has_no_known_zone() -> None:
    """Zonal but not yet placed is unknown, not nowhere."""
    instance = {"DBInstanceIdentifier": "new", "DBInstanceArn": f"{ARN}:db:new", "MultiAZ": True}
    creating = only("rds", {"DescribeDBInstances": {"DBInstances": [instance]}}, "aws.rds.instance")
    assert creating.placement.zones is None
    assert zones(creating) == []


def test_a_read_replica_named_by_its_plain_name_is_in_the_same_region() -> None:
    """AWS gives the source's ARN across regions and its bare name within one; both become an ARN."""
    shop = database(ReadReplicaSourceDBInstanceIdentifier="main", MultiAZ=False)
    assert facts(shop)["replica_of"] == f"{ARN}:db:main"


def group(**changes: Any) -> Resource:
    nodes = [
        {"CacheClusterId": "s-001", "CurrentRole": "replica", "PreferredAvailabilityZone": "ap-northeast-2a"},
        {"CacheClusterId": "s-002", "CurrentRole": "primary", "PreferredAvailabilityZone": "ap-northeast-2b"},
    ]
    answer = {
        "ReplicationGroupId": "s",
        "ARN": "arn:aws:elasticache:ap-northeast-2:123456789012:replicationgroup:s",
        "AutomaticFailover": "enabled",
        "NodeGroups": [{"NodeGroupMembers": nodes, "PrimaryEndpoint": {"Address": "S.example.com"}}],
        **changes,
    }
    answers = {"DescribeReplicationGroups": {"ReplicationGroups": [answer]}}
    return only("elasticache", answers, "aws.elasticache.replicationgroup")


def test_a_cache_fails_over_from_its_primary_zone() -> None:
    """The primary's zone serves; with automatic failover a replica's zone does within two minutes."""
    cache = group()
    assert zones(cache) == [[("zone:aws/apne2-az2", (0.0, 0.0)), ("zone:aws/apne2-az1", (0.5, 2.0))]]
    assert cache.aliases == ("s.example.com",)


def test_a_cache_without_automatic_failover_is_switched_by_hand() -> None:
    """Then people switch, through the control plane, and what is lost is unknown."""
    (need,) = (need for need in group(AutomaticFailover="disabled").needs if need.role == "zone")
    standby = need.members[1]
    assert (standby.manual, standby.delay, standby.loss) == (True, (60.0, 240.0), None)
    assert standby.via == ("control-plane:aws/ap-northeast-2/elasticache",)


def test_each_shard_of_a_clustered_cache_is_needed_whichever_node_is_primary() -> None:
    """With cluster mode no role is told: one zone is enough at best, at worst each is the primary's."""
    shards = [
        {
            "NodeGroupMembers": [
                {"CacheClusterId": "s-1", "PreferredAvailabilityZone": f"ap-northeast-2{a}"},
                {"CacheClusterId": "s-2", "PreferredAvailabilityZone": f"ap-northeast-2{b}"},
            ]
        }
        for a, b in ("ab", "bc")
    ]
    one, two, three = (f"zone:aws/apne2-az{number}" for number in (1, 2, 3))
    now, later = (0.0, 0.0), (0.5, 2.0)
    cache = group(NodeGroups=shards)
    assert zones(cache) == [
        [(one, now), (two, now)],
        [(one, now), (two, later)],
        [(two, now), (one, later)],
        [(two, now), (three, now)],
        [(two, now), (three, later)],
        [(three, now), (two, later)],
    ]
    assert [need.unknown for need in cache.needs if need.role == "zone"] == [None, "primary", "primary"] * 2


TABLE = {
    "ListTables": {"TableNames": ["carts"]},
    "DescribeTable": {
        "Table": {
            "TableName": "carts",
            "TableArn": "arn:aws:dynamodb:ap-northeast-2:123456789012:table/carts",
            "TableStatus": "ACTIVE",
            "Replicas": [
                {"RegionName": "us-east-1", "ReplicaStatus": "ACTIVE"},
                {"RegionName": "ap-northeast-1", "ReplicaStatus": "ACTIVE"},
                {"RegionName": "eu-west-1", "ReplicaStatus": "CREATING"},
            ],
        }
    },
    "ListTagsOfResource": {"Tags": []},
}


def test_a_global_table_names_the_regions_of_its_copies() -> None:
    """Only copies that serve count, and they are a fact: who can reach them is not for the table to say."""
    table = only("dynamodb", TABLE, "aws.dynamodb.table")
    assert facts(table)["replicas"] == ("ap-northeast-1", "us-east-1")
    assert table.needs == ()


def test_a_table_that_may_not_be_described_is_still_there() -> None:
    """The listing alone gives the thing its id."""
    table = only("dynamodb", {"ListTables": TABLE["ListTables"]}, "aws.dynamodb.table")
    assert table.id == "arn:aws:dynamodb:ap-northeast-2:123456789012:table/carts"


@pytest.mark.parametrize(
    ("constraint", "region"), [(None, "us-east-1"), ("EU", "eu-west-1"), ("ap-northeast-2", "ap-northeast-2")]
)
def test_old_names_of_bucket_locations_are_understood(constraint: str | None, region: str) -> None:
    """No location means us-east-1, and EU is how Ireland was once called."""
    location = {"LocationConstraint": constraint} if constraint else {}
    answers = {
        "ListBuckets": {"Buckets": [{"Name": "b"}]},
        "GetBucketLocation": location,
        "GetBucketReplication": "ReplicationConfigurationNotFoundError",
        "GetBucketTagging": "NoSuchTagSet",
    }
    where = Where(partition="aws", account="123456789012", region="global")
    bucket = only("s3", answers, "aws.s3.bucket", where=where)
    assert bucket.placement.region == region
    assert harvested("s3", answers, where=where).gaps() == ()


def machine(**changes: Any) -> dict[str, Any]:
    return {
        "InstanceId": "i-1",
        "State": {"Name": "running"},
        "VpcId": "vpc-1",
        "Placement": {"AvailabilityZone": "ap-northeast-2a"},
        **changes,
    }


def machines(*found: dict[str, Any]) -> list[Resource]:
    answers = {"DescribeInstances": {"Reservations": [{"Instances": list(found)}]}}
    return [one for one in resources("ec2", answers) if one.kind == "aws.ec2.instance"]


@pytest.mark.parametrize(
    ("details", "family", "distribution"),
    [
        ("Linux/UNIX", "linux", None),
        ("Red Hat Enterprise Linux", "linux", "rhel"),
        ("SUSE Linux", "linux", "sles"),
        ("Ubuntu Pro", "linux", "ubuntu"),
        ("Windows", "windows", "windows-server"),
        ("Windows with SQL Server Standard", "windows", "windows-server"),
    ],
)
def test_the_billing_name_tells_the_system(details: str, family: str, distribution: str | None) -> None:
    """PlatformDetails names paid distributions and Windows; plain Linux says nothing of the distribution."""
    (found,) = machines(machine(PlatformDetails=details))
    assert facts(found)["os"] == family
    assert facts(found).get("os_distribution") == distribution


def test_a_mac_is_neither() -> None:
    """Mac instances run macOS."""
    (found,) = machines(machine(InstanceType="mac2.metal", PlatformDetails="Linux/UNIX"))
    assert facts(found)["os"] == "macos"


def test_a_private_host_name_in_two_networks_is_nobodys_name() -> None:
    """A name that two machines share would link to the wrong one, so neither keeps it."""
    name = "ip-10-0-0-5.ap-northeast-2.compute.internal"
    twins = machines(
        machine(PrivateDnsName=name), machine(InstanceId="i-2", VpcId="vpc-2", PrivateDnsName=name)
    )
    assert [twin.aliases for twin in twins] == [("i-1",), ("i-2",)]


def test_pods_on_one_node_are_one_target() -> None:
    """Addresses of pods are secondary addresses of their node; two on one node are one member."""
    node = machine(
        NetworkInterfaces=[
            {"PrivateIpAddresses": [{"PrivateIpAddress": "10.0.0.8"}, {"PrivateIpAddress": "10.0.0.9"}]}
        ]
    )
    ec2 = harvested("ec2", {"DescribeInstances": {"Reservations": [{"Instances": [node]}]}})
    elb = harvested("elbv2", pool("10.0.0.8", "10.0.0.9"))
    (targets,) = (
        need
        for one in linked(ec2.resources + elb.resources, ())
        if one.kind == "aws.elbv2.targetgroup"
        for need in one.needs
    )
    assert [member.ref for member in targets.members] == [
        "arn:aws:ec2:ap-northeast-2:123456789012:instance/i-1"
    ]
    assert targets.k == (1, 1)


def pool(*addresses: str) -> dict[str, Any]:
    group = {
        "TargetGroupArn": "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:targetgroup/p/1",
        "TargetType": "ip",
        "VpcId": "vpc-1",
    }
    health = [
        {
            "Target": {"Id": ip, "AvailabilityZone": f"ap-northeast-2{'ab'[at % 2]}"},
            "TargetHealth": {"State": "healthy"},
        }
        for at, ip in enumerate(addresses)
    ]
    return {
        "DescribeLoadBalancers": {"LoadBalancers": []},
        "DescribeTargetGroups": {"TargetGroups": [group]},
        "DescribeTargetHealth": {"TargetHealthDescriptions": health},
    }


def test_strangers_stand_for_their_zones() -> None:
    """Addresses that belong to nothing listed are needed as zones: half of them in the worst case."""
    (found,) = resources("elbv2", pool("10.0.0.8", "10.0.0.9", "10.0.0.10"))
    assert roles(found) == {"target-zones": [("zone:aws/apne2-az1", "zone:aws/apne2-az2")]}
    assert found.needs[0].k == (1, 1)


def targets_in(**states: str) -> Need:
    group = {"TargetGroupArn": "arn:aws:elasticloadbalancing:x:1:targetgroup/p/1", "TargetType": "instance"}
    health = [{"Target": {"Id": id_}, "TargetHealth": {"State": state}} for id_, state in states.items()]
    answers = {
        "DescribeTargetGroups": {"TargetGroups": [group]},
        "DescribeTargetHealth": {"TargetHealthDescriptions": health},
    }
    (found,) = resources("elbv2", answers)
    (targets,) = found.needs
    return targets


def test_with_every_target_unhealthy_all_get_traffic() -> None:
    """A health check that fails everywhere takes nobody out: balancers fail open."""
    targets = targets_in(**{"i-1": "unhealthy", "i-2": "unhealthy", "i-3": "draining"})
    assert [(member.ref, member.unknown) for member in targets.members] == [("i-1", None), ("i-2", None)]


def test_a_target_being_checked_may_serve() -> None:
    """It counts in the best case only, unless no other target is known to serve."""
    states = {"i-1": "healthy", "i-2": "initial", "i-3": "unhealthy", "i-4": "draining", "i-5": "unused"}
    targets = targets_in(**states)
    assert [(member.ref, member.unknown) for member in targets.members] == [
        ("i-1", None),
        ("i-2", "target_health"),
    ]


@pytest.mark.parametrize(("states", "serving"), [({"i-1": "healthy", "i-2": "draining"}, 1), ({}, 0)])
def test_a_target_group_tells_how_many_targets_get_traffic(states: dict[str, str], serving: int) -> None:
    """A group without targets is told as such; of one whose targets could not be read nothing is said."""
    group = {"TargetGroupArn": "arn:aws:elasticloadbalancing:x:1:targetgroup/p/1", "TargetType": "instance"}
    health = [{"Target": {"Id": id_}, "TargetHealth": {"State": state}} for id_, state in states.items()]
    answers: dict[str, Any] = {"DescribeTargetGroups": {"TargetGroups": [group]}}
    (found,) = resources("elbv2", answers | {"DescribeTargetHealth": {"TargetHealthDescriptions": health}})
    assert facts(found)["capacity"] == serving


@pytest.mark.parametrize("wanted", [0, 4])
def test_a_group_of_machines_tells_how_many_it_is_set_to_run(wanted: int) -> None:
    """Desired capacity, not the minimum: a pilot light of none runs nothing."""
    group = {
        "AutoScalingGroupName": "web",
        "AutoScalingGroupARN": "arn:aws:autoscaling:x:1:autoScalingGroup:u:autoScalingGroupName/web",
        "AvailabilityZones": ["ap-northeast-2a"],
        "MinSize": 0,
        "DesiredCapacity": wanted,
    }
    found = only("autoscaling", {"DescribeAutoScalingGroups": {"AutoScalingGroups": [group]}}, GROUP)
    assert facts(found)["capacity"] == wanted


def distribution(**changes: Any) -> Resource:
    origins = [{"Id": name, "DomainName": f"{name}.example.com"} for name in ("main", "spare", "images")]
    config = {
        "Id": "E1",
        "ARN": "arn:aws:cloudfront::123456789012:distribution/E1",
        "DomainName": "d1.cloudfront.net",
        "Enabled": True,
        "Origins": {"Quantity": 3, "Items": origins},
        "DefaultCacheBehavior": {"TargetOriginId": "main"},
        **changes,
    }
    answers = {"ListDistributions": {"DistributionList": {"Items": [config]}}}
    return only("cloudfront", answers, "aws.cloudfront.distribution")


def test_an_origin_group_falls_back_request_by_request() -> None:
    """The second origin of a group serves within half a minute of the first failing."""
    members = [{"OriginId": "main"}, {"OriginId": "spare"}]
    groups = {"Quantity": 1, "Items": [{"Id": "both", "Members": {"Quantity": 2, "Items": members}}]}
    found = distribution(OriginGroups=groups, DefaultCacheBehavior={"TargetOriginId": "both"})
    assert [[(member.ref, member.delay) for member in need.members] for need in found.needs] == [
        [("main.example.com", (0.0, 0.0)), ("spare.example.com", (0.0, 0.5))]
    ]


def test_other_paths_of_a_distribution_are_needed_in_the_worst_case() -> None:
    """An origin that serves only some paths is uncertain; one that is not used is no need."""
    behaviours = {"Quantity": 1, "Items": [{"TargetOriginId": "images"}]}
    found = distribution(CacheBehaviors=behaviours)
    assert [(need.members[0].ref, need.unknown) for need in found.needs] == [
        ("main.example.com", None),
        ("images.example.com", "paths"),
    ]


def test_a_disabled_distribution_is_no_entry_point() -> None:
    """Nobody comes in where it is switched off."""
    assert "entry_point" not in facts(distribution(Enabled=False))


SERVICE = {
    "serviceArn": "arn:aws:ecs:ap-northeast-2:123456789012:service/apps/api",
    "launchType": "EC2",
    "runningCount": 4,
    "desiredCount": 4,
}


def containers(service: dict[str, Any]) -> dict[str, Any]:
    cluster = "arn:aws:ecs:ap-northeast-2:123456789012:cluster/apps"
    boxes = [f"arn:aws:ecs:ap-northeast-2:123456789012:container-instance/apps/{at}" for at in range(150)]

    def described(args: Any) -> dict[str, Any]:
        return {
            "containerInstances": [
                {"ec2InstanceId": f"i-{arn.rpartition('/')[2]}", "status": "ACTIVE", "agentConnected": True}
                for arn in args["containerInstances"]
            ]
        }

    return {
        "ListClusters": {"clusterArns": [cluster]},
        "DescribeClusters": {"clusters": [{"clusterArn": cluster}]},
        "ListContainerInstances": {"containerInstanceArns": boxes},
        "DescribeContainerInstances": described,
        "ListServices": {"serviceArns": [service["serviceArn"]]},
        "DescribeServices": {"services": [service]},
    }


def test_containers_on_machines_need_half_of_them_in_the_worst_case() -> None:
    """All machines of the cluster are seen, however many, and half of them are needed at worst."""
    service = only("ecs", containers(SERVICE), "aws.ecs.service")
    assert facts(service)["capacity"] == 4
    (need,) = (need for need in service.needs if need.role == "machines")
    assert len(need.members) == 150
    assert need.k == (1, 75)


def test_fargate_needs_no_machines() -> None:
    """Tasks on Fargate have nobody's machines under them, whether by launch type or by capacity provider."""
    by_type = only("ecs", containers({**SERVICE, "launchType": "FARGATE"}), "aws.ecs.service")
    strategy = {"capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT"}]}
    by_strategy = only(
        "ecs",
        containers({key: value for key, value in SERVICE.items() if key != "launchType"} | strategy),
        "aws.ecs.service",
    )
    assert "machines" not in roles(by_type) | roles(by_strategy)


@pytest.mark.parametrize(("running", "worst"), [(1, 3), (2, 2), (3, 2), (9, 2)])
def test_few_tasks_may_all_be_in_the_subnet_that_is_lost(running: int, worst: int) -> None:
    """One task over three subnets may be in any of them; with one in each, two subnets must stay."""
    network = {"awsvpcConfiguration": {"subnets": ["subnet-1", "subnet-2", "subnet-3"]}}
    changes = {"launchType": "FARGATE", "runningCount": running, "networkConfiguration": network}
    service = only("ecs", containers({**SERVICE, **changes}), "aws.ecs.service")
    (need,) = (need for need in service.needs if need.role == "subnet")
    assert need.k == (1, worst)


def names(
    *records: dict[str, Any], checks: tuple[dict[str, Any], ...] = (), private: bool = False
) -> list[Resource]:
    answers = {
        "ListHostedZones": {
            "HostedZones": [
                {"Id": "/hostedzone/Z1", "Name": "example.com.", "Config": {"PrivateZone": private}}
            ]
        },
        "ListResourceRecordSets": {"ResourceRecordSets": list(records)},
        "ListHealthChecks": {"HealthChecks": list(checks)},
        "ListTagsForResources": {
            "ResourceTagSets": [{"ResourceId": "Z1", "Tags": [{"Key": "workload", "Value": "shop"}]}]
        },
    }
    where = Where(partition="aws", account="123456789012", region="global")
    return [one for one in resources("route53", answers, where=where) if one.kind == "aws.route53.record"]


def alias(target: str, **routing: Any) -> dict[str, Any]:
    return {
        "Name": "www.example.com.",
        "Type": "A",
        "AliasTarget": {"HostedZoneId": "Z2", "DNSName": target, "EvaluateTargetHealth": False},
        **routing,
    }


def test_an_alias_leads_to_the_host_behind_it() -> None:
    """The dualstack name of a balancer is the balancer; the zone's tags are its names' tags."""
    (www,) = names(alias("dualstack.Shop-1.ap-northeast-2.elb.amazonaws.com."))
    assert roles(www) == {"answers": [("shop-1.ap-northeast-2.elb.amazonaws.com",)]}
    assert www.id == "arn:aws:route53:::hostedzone/Z1/recordset/www.example.com"
    assert www.tags == (("workload", "shop"),)


def test_both_address_families_of_a_name_are_one_name() -> None:
    """The AAAA twin of an A record adds nothing."""
    (www,) = names(alias("a.example.net"), {**alias("a.example.net"), "Type": "AAAA"})
    assert roles(www) == {"answers": [("a.example.net",)]}


def test_a_target_whose_health_is_evaluated_counts_as_checked() -> None:
    """An alias that evaluates its target's health fails over by it, in the default time of a check."""
    evaluated = alias("a.example.net", SetIdentifier="1", Failover="PRIMARY")
    evaluated["AliasTarget"]["EvaluateTargetHealth"] = True
    (www,) = names(evaluated, alias("b.example.net", SetIdentifier="2", Failover="SECONDARY"))
    assert [(member.ref, member.delay) for member in www.needs[0].members] == [
        ("a.example.net", (0.0, 0.0)),
        ("b.example.net", (2.5, 2.5)),
    ]


def test_without_a_check_the_secondary_is_never_used() -> None:
    """Route 53 takes an unchecked primary for healthy, so it alone is needed."""
    (www,) = names(
        alias("a.example.net", SetIdentifier="1", Failover="PRIMARY"),
        alias("b.example.net", SetIdentifier="2", Failover="SECONDARY"),
    )
    assert roles(www) == {"answers": [("a.example.net",)]}


def test_a_weight_of_zero_only_stands_by() -> None:
    """Nobody is sent to a weight of zero until the checked others fail."""
    check = {
        "Id": "hc",
        "CallerReference": "1",
        "HealthCheckVersion": 1,
        "HealthCheckConfig": {"Type": "TCP", "RequestInterval": 30, "FailureThreshold": 2},
    }
    (www,) = names(
        alias("a.example.net", SetIdentifier="1", Weight=10, HealthCheckId="hc"),
        alias("b.example.net", SetIdentifier="2", Weight=0),
        checks=(check,),
    )
    assert [(member.ref, member.delay) for need in www.needs for member in need.members] == [
        ("a.example.net", (0.0, 0.0)),
        ("b.example.net", (2.0, 2.0)),
    ]


def test_several_addresses_of_one_record_may_all_be_needed() -> None:
    """Clients may or may not try the next address: one in the best case, all in the worst."""
    record = {
        "Name": "www.example.com.",
        "Type": "A",
        "TTL": 60,
        "ResourceRecords": [{"Value": "192.0.2.1"}, {"Value": "192.0.2.2"}],
    }
    (www,) = names(record)
    assert www.needs[0].k == (1, 2)


def test_private_names_are_no_entry_points() -> None:
    """Users do not come in through a private zone."""
    (www,) = names(alias("a.example.net"), private=True)
    assert "entry_point" not in facts(www)


@pytest.mark.parametrize(
    ("uri", "ref"),
    [
        (
            "arn:aws:apigateway:eu-west-1:lambda:path/x/functions/arn:aws:lambda:eu-west-1:1:function:f:live/invocations",
            "arn:aws:lambda:eu-west-1:1:function:f",
        ),
        ("arn:aws:apigateway:eu-west-1:sqs:path/1/orders", "service:aws/eu-west-1/sqs"),
        ("http://Api.Example.com/x", "api.example.com"),
    ],
)
def test_integrations_of_a_rest_api_lead_to_what_they_call(uri: str, ref: str) -> None:
    """A function without its alias, another AWS service, or a host; mocks and bare paths call nobody."""
    methods = {
        "GET": {"methodIntegration": {"type": "AWS", "uri": uri}},
        "OPTIONS": {"methodIntegration": {"type": "MOCK", "uri": "http://mock.example.com"}},
    }
    answers = {
        "GetRestApis": {"items": [{"id": "a1", "name": "api"}]},
        "GetResources": {"items": [{"id": "root"}, {"id": "r", "resourceMethods": methods}]},
        "GetVpcLinks": {"items": []},
    }
    assert roles(only("apigateway", answers, "aws.apigateway.restapi")) == {"integration": [(ref,)]}


def test_a_private_api_behind_a_link_needs_its_balancer() -> None:
    """An integration through a VPC link leads to the link's targets; a private API is no entry point."""
    methods = {
        "GET": {"methodIntegration": {"type": "HTTP", "connectionId": "l1", "uri": "http://x.example.com"}}
    }
    balancer = "arn:aws:elasticloadbalancing:ap-northeast-2:1:loadbalancer/net/n/1"
    answers = {
        "GetRestApis": {"items": [{"id": "a1", "endpointConfiguration": {"types": ["PRIVATE"]}}]},
        "GetResources": {"items": [{"id": "r", "resourceMethods": methods}]},
        "GetVpcLinks": {"items": [{"id": "l1", "targetArns": [balancer]}]},
    }
    api = only("apigateway", answers, "aws.apigateway.restapi")
    assert roles(api) == {"integration": [(balancer,)]}
    assert "entry_point" not in facts(api)


def test_an_http_api_may_lead_to_a_listener_or_a_function_version() -> None:
    """Version 2 names functions and listeners by ARN; the version of a function is the function."""
    function = "arn:aws:lambda:ap-northeast-2:1:function:f"
    listener = "arn:aws:elasticloadbalancing:ap-northeast-2:1:listener/app/a/1/2"
    integrations = [{"IntegrationUri": f"{function}:7"}, {"IntegrationUri": listener}]
    answers = {
        "GetApis": {"Items": [{"ApiId": "a1", "Name": "api"}]},
        "GetIntegrations": {"Items": integrations},
    }
    assert roles(only("apigatewayv2", answers, "aws.apigatewayv2.api")) == {
        "integration": [(listener, function)]
    }


def test_china_has_its_own_names() -> None:
    """Partition and domain come from the account, never from habit."""
    where = Where(
        partition="aws-cn", account="1", region="cn-north-1", dns_suffix="amazonaws.com.cn", zones=SEOUL.zones
    )
    answers = {"ListQueues": {"QueueUrls": ["https://sqs.cn-north-1.amazonaws.com.cn/1/q"]}}
    queue = only("sqs", answers, "aws.sqs.queue", where=where)
    assert queue.id == "arn:aws-cn:sqs:cn-north-1:1:q"
    assert "sqs.cn-north-1.amazonaws.com.cn/1/q" in queue.aliases
