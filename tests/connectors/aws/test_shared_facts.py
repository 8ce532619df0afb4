"""What a copy may share with its primary without running on it: keys, registries, roles, NAT gateways."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.connectors.images import registries, registry
from auditor.model.evidence import FactValue
from auditor.model.gap import GapReason
from auditor.model.resource import Resource
from tests.connectors.aws.answers import facts, harvested, only

KEY = "arn:aws:kms:ap-northeast-2:123456789012:key/0b0b"
ROLE = "arn:aws:iam::123456789012:role/shop"
NAT = "arn:aws:ec2:ap-northeast-2:123456789012:natgateway/"
CASES: dict[str, tuple[str, str, dict[str, Any], dict[str, FactValue]]] = {
    "disk": (
        "ec2",
        "aws.ec2.volume",
        {"DescribeVolumes": {"Volumes": [{"VolumeId": "vol-1", "Encrypted": True, "KmsKeyId": KEY}]}},
        {"encryption_key": KEY},
    ),
    "machine": (
        "ec2",
        "aws.ec2.instance",
        {
            "DescribeInstances": {
                "Reservations": [
                    {
                        "Instances": [
                            {
                                "InstanceId": "i-1",
                                "State": {"Name": "running"},
                                "IamInstanceProfile": {"Arn": ROLE, "Id": "AIPA"},
                            }
                        ]
                    }
                ]
            }
        },
        {"identity": (ROLE,)},
    ),
    "database": (
        "rds",
        "aws.rds.instance",
        {
            "DescribeDBInstances": {
                "DBInstances": [{"DBInstanceIdentifier": "db", "DBInstanceArn": "arn:db", "KmsKeyId": KEY}]
            }
        },
        {"encryption_key": KEY},
    ),
    "database cluster": (
        "rds",
        "aws.rds.cluster",
        {
            "DescribeDBClusters": {
                "DBClusters": [{"DBClusterIdentifier": "db", "DBClusterArn": "arn:db", "KmsKeyId": KEY}]
            }
        },
        {"encryption_key": KEY},
    ),
    "cache": (
        "elasticache",
        "aws.elasticache.replicationgroup",
        {
            "DescribeReplicationGroups": {
                "ReplicationGroups": [{"ReplicationGroupId": "c", "ARN": "arn:c", "KmsKeyId": KEY}]
            }
        },
        {"encryption_key": KEY},
    ),
    "table": (
        "dynamodb",
        "aws.dynamodb.table",
        {
            "ListTables": {"TableNames": ["shop"]},
            "DescribeTable": {
                "Table": {
                    "TableName": "shop",
                    "SSEDescription": {"Status": "ENABLED", "KMSMasterKeyArn": KEY},
                }
            },
        },
        {"encryption_key": KEY},
    ),
    "function": (
        "lambda",
        "aws.lambda.function",
        {
            "ListFunctions": {
                "Functions": [{"FunctionName": "f", "FunctionArn": "arn:f", "KMSKeyArn": KEY, "Role": ROLE}]
            }
        },
        {"encryption_key": KEY, "identity": (ROLE,)},
    ),
    "Kubernetes": (
        "eks",
        "aws.eks.cluster",
        {
            "ListClusters": {"clusters": ["k"]},
            "DescribeCluster": {
                "cluster": {
                    "name": "k",
                    "roleArn": ROLE,
                    "encryptionConfig": [{"resources": ["secrets"], "provider": {"keyArn": KEY}}],
                }
            },
        },
        {"encryption_key": KEY, "identity": (ROLE,)},
    ),
}
SHARED = ("encryption_key", "image_registry", "identity", "egress", "egress.subnets")


def shared(resource: Resource) -> dict[str, FactValue]:
    return {name: value for name, value in facts(resource).items() if name in SHARED}


@pytest.mark.parametrize("case", CASES)
def test_keys_and_roles_are_told_by_what_uses_them(case: str) -> None:
    """The answer that is read anyway names them, and nothing becomes a need by it."""
    service, kind, answers, expected = CASES[case]
    found = only(service, answers, kind)
    assert shared(found) == expected
    assert not {member.ref for need in found.needs for member in need.members} & {KEY, ROLE}


@pytest.mark.parametrize(
    ("given", "key"),
    [
        (KEY, KEY),
        ("0b0b", KEY),
        ("alias/shop", "arn:aws:kms:ap-northeast-2:123456789012:alias/shop"),
        (None, None),
    ],
)
def test_a_queue_names_its_key_in_several_ways(given: str | None, key: str | None) -> None:
    """An id or an alias is of the queue's own region; a queue without a key of its own tells none."""
    address = "https://sqs.ap-northeast-2.amazonaws.com/123456789012/q"
    attributes = {"KmsMasterKeyId": given} if given else {}
    answers = {"ListQueues": {"QueueUrls": [address]}, "GetQueueAttributes": {"Attributes": attributes}}
    assert facts(only("sqs", answers, "aws.sqs.queue")).get("encryption_key") == key


def test_a_task_definition_tells_where_its_images_are_pulled_from() -> None:
    """Hosts only, each once, of every container; and both of its roles."""
    task = "arn:aws:ecs:ap-northeast-2:123456789012:task-definition/shop:7"
    service = "arn:aws:ecs:ap-northeast-2:123456789012:service/c/s"
    ecr = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
    images = [f"{ecr}/shop:1", f"{ecr}/log@sha256:00", "nginx:latest", "team/tool"]
    definition = {
        "taskDefinitionArn": task,
        "taskRoleArn": ROLE,
        "containerDefinitions": [{"name": str(at), "image": image} for at, image in enumerate(images)],
    }
    answers = {
        "ListClusters": {"clusterArns": ["arn:c"]},
        "ListServices": {"serviceArns": [service]},
        "DescribeServices": {"services": [{"serviceArn": service, "taskDefinition": task}]},
        "DescribeTaskDefinition": {"taskDefinition": definition},
    }
    found = only("ecs", answers, "aws.ecs.taskdefinition")
    assert shared(found) == {"image_registry": (ecr, "docker.io"), "identity": (ROLE,)}


@pytest.mark.parametrize(
    ("image", "host"),
    [
        ("nginx", "docker.io"),
        ("team/tool:1", "docker.io"),
        ("localhost/tool", "localhost"),
        ("registry:5000/tool", "registry"),
        ("GHCR.io/team/tool@sha256:00", "ghcr.io"),
        ("", None),
    ],
)
def test_the_host_of_an_image_is_read_as_docker_reads_it(image: str, host: str | None) -> None:
    """A first part with a dot or a port is a host, any other is a name at Docker Hub."""
    assert registry(image) == host
    assert registries([image, image]) == ((host,) if host else ())


def network(*tables: dict[str, Any]) -> dict[str, Any]:
    subnets = [
        {"SubnetId": f"subnet-{letter}", "SubnetArn": f"arn:{letter}", "VpcId": "vpc-1"} for letter in "ab"
    ]
    gateways = [
        {"NatGatewayId": "nat-1", "VpcId": "vpc-1", "SubnetId": "subnet-p"},
        {"NatGatewayId": "nat-2", "VpcId": "vpc-1"},
    ]
    return {
        "DescribeSubnets": {"Subnets": subnets},
        "DescribeRouteTables": {"RouteTables": [{"VpcId": "vpc-1", **table} for table in tables]},
        "DescribeNatGateways": {"NatGateways": gateways},
    }


def through(gateway: str, *associations: dict[str, Any], to: str = "0.0.0.0/0") -> dict[str, Any]:
    route = {"DestinationCidrBlock": to, "NatGatewayId": gateway}
    return {"Routes": [route], "Associations": list(associations)}


def exits(answers: dict[str, Any]) -> dict[str, dict[str, FactValue]]:
    found = harvested("ec2", answers).resources
    return {one.id: shared(one) for one in found if one.kind == "aws.ec2.subnet"}


MAIN = {"Main": True, "RouteTableAssociationId": "rtbassoc-1"}


def test_a_subnet_leaves_by_its_own_table_before_the_main_one() -> None:
    """A subnet with no table of its own uses the network's; a regional gateway stands in no subnet."""
    own = through("nat-2", {"SubnetId": "subnet-b"})
    assert exits(network(through("nat-1", MAIN), own)) == {
        "arn:a": {"egress": (f"{NAT}nat-1",), "egress.subnets": ("subnet-p",)},
        "arn:b": {"egress": (f"{NAT}nat-2",)},
    }


def test_only_the_default_route_is_the_way_out() -> None:
    """A route to one partner through a gateway, or a default by the internet gateway, tells none."""
    direct = {"Routes": [{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"}], "Associations": [MAIN]}
    partner = through("nat-1", {"SubnetId": "subnet-b"}, to="198.51.100.0/24")
    assert exits(network(direct, partner)) == {"arn:a": {}, "arn:b": {}}


def test_route_tables_that_may_not_be_read_cost_the_fact_alone() -> None:
    """The subnets stay, and a gap names what to allow."""
    answers = network()
    del answers["DescribeRouteTables"]
    harvest = harvested("ec2", answers)
    assert [one.id for one in harvest.resources if one.kind == "aws.ec2.subnet"] == ["arn:a", "arn:b"]
    denied = [gap for gap in harvest.gaps() if gap.operation == "ec2:DescribeRouteTables"]
    assert [(gap.reason, gap.remedy) for gap in denied] == [
        (GapReason.DENIED, "allow ec2:DescribeRouteTables")
    ]
