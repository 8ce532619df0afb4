"""A company on moto, read over HTTP by the real connector: what comes out is what was put in."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.inventory import Inventory
from auditor.model.evidence import Evidence
from auditor.model.need import Need
from auditor.model.resource import Resource
from tests.connectors.aws.answers import facts, roles
from tests.connectors.aws.company import ACCOUNT, REGIONS, SECRET, SEOUL, TOKYO, Company
from tests.connectors.aws.test_catalogue import KINDS


@pytest.fixture(scope="session")
def by_id(inventory: Inventory) -> dict[str, Resource]:
    found = [inventory.resource(row) for row in range(len(inventory))]
    return {resource.id: resource for resource in found} | {
        alias: resource for resource in found for alias in resource.aliases
    }


def need(resource: Resource, role: str) -> Need:
    (found,) = (need for need in resource.needs if need.role == role)
    return found


def machine(company: Company, name: str) -> str:
    return f"arn:aws:ec2:{SEOUL}:{ACCOUNT}:instance/{company.ids[name]}"


def test_every_kind_is_read_and_nothing_is_missing(inventory: Inventory) -> None:
    """Each kind of the catalogue is seen at least once, and no call failed."""
    assert set(inventory.resources["kind"]) == set(KINDS)
    assert inventory.gaps == ()
    assert set(inventory.resources["provider"]) == {"aws"}
    assert set(inventory.resources["account"]) == {ACCOUNT}


def test_ids_are_arns_and_unique(inventory: Inventory) -> None:
    """Every id is an ARN of the account's partition, and there is one resource to each."""
    assert inventory.resources["id"].str.starts_with("arn:aws:").all()
    assert inventory.resources["id"].n_unique() == len(inventory)


def test_the_zones_of_each_region_are_physical_ones(inventory: Inventory) -> None:
    """Zones come as ids that mean the same in every account, whether they are used or not."""
    zones = {zone.zone for zone in inventory.zones if zone.region == SEOUL}
    assert zones == {f"apne2-az{number}" for number in (1, 2, 3, 4)}
    assert {zone.region for zone in inventory.zones} == set(REGIONS)


def test_an_instance_knows_its_system_zone_state_and_disks(
    by_id: dict[str, Resource], company: Company
) -> None:
    """Platform, zone id, state, tags and needs of a machine come from its description."""
    till = by_id[company.ids["till"]]
    assert facts(till) == {
        "host": True,
        "image": "ami-03cf127a",
        "os": "windows",
        "os_distribution": "windows-server",
        "resolver": "vpc",
        "sku": "m1.small",
        "state": "running",
    }
    assert till.name == "till"
    assert till.placement.zones == ("apne2-az3",)
    assert ("auditor:agent.crowdstrike-falcon", "7.11") in till.tags
    found = roles(till)
    assert found["vpc"] == [(company.ids["vpc"],)]
    assert found["subnet"] == [(company.ids["subnet-c"],)]
    assert found["disk"][0][0] in by_id


def test_linux_is_what_has_no_platform(by_id: dict[str, Resource], company: Company) -> None:
    """EC2 names Windows only; the family of the others is known, their distribution is not."""
    web = facts(by_id[company.ids["web-a"]])
    assert web["os"] == "linux"
    assert "os_distribution" not in web


def test_stopped_machines_stay_and_terminated_ones_go(by_id: dict[str, Resource], company: Company) -> None:
    """A stopped machine is still there with its state; a terminated one is not."""
    assert facts(by_id[company.ids["idle"]])["state"] == "stopped"
    assert company.ids["gone"] not in by_id


def test_a_network_knows_its_name_servers(by_id: dict[str, Resource], company: Company) -> None:
    """The VPC needs its DHCP options, and these name the servers."""
    vpc, options = by_id[company.ids["vpc"]], by_id[company.ids["dhcp"]]
    assert facts(vpc)["cidrs"] == ("10.1.0.0/16",)
    assert roles(vpc)["dhcp"] == [(company.ids["dhcp"],)]
    assert facts(options)["dns.servers"] == ("10.1.0.10", "192.0.2.53")


def test_a_balancer_hangs_on_its_forwarding_listeners(by_id: dict[str, Resource], company: Company) -> None:
    """A listener that only redirects does not hold a balancer up; of two others one or both are needed."""
    balancer = by_id[company.ids["lb-shop"]]
    assert need(balancer, "listener").k == (1, 2)
    assert company.ids["listener-redirect"] not in roles(balancer)["listener"][0]
    assert facts(balancer)["entry_point"] is True
    assert balancer.aliases == (company.ids["lb-shop-dns"].lower(),)
    assert ("workload", "shop") in balancer.tags
    assert "entry_point" not in facts(by_id[company.ids["lb-inner"]])


def test_a_balancer_needs_one_of_its_zones(by_id: dict[str, Resource], company: Company) -> None:
    """It is spread over the zones of its subnets."""
    zones = need(by_id[company.ids["lb-shop"]], "zone")
    assert [member.ref for member in zones.members] == ["zone:aws/apne2-az1", "zone:aws/apne2-az2"]
    assert zones.k == (1, 1)


def test_what_a_listener_serves_on_paths_is_needed_in_the_worst_case(
    by_id: dict[str, Resource], company: Company
) -> None:
    """The default target group is needed; that of a path rule only if the service cannot do without it."""
    forwards = [item for item in by_id[company.ids["listener-web"]].needs if item.role == "forwards"]
    assert [(item.members[0].ref, item.unknown) for item in forwards] == [
        (company.ids["tg-web"], None),
        (company.ids["tg-images"], "paths"),
    ]


def test_only_targets_in_service_count(by_id: dict[str, Resource], company: Company) -> None:
    """A stopped machine is registered but not a member; of two healthy ones one is enough."""
    targets = need(by_id[company.ids["tg-web"]], "targets")
    assert {member.ref for member in targets.members} == {company.ids["web-a"], company.ids["web-b"]}
    assert targets.k == (1, 1)


def test_addresses_become_the_machines_they_belong_to(by_id: dict[str, Resource], company: Company) -> None:
    """A target by address is the machine that has it; a stranger stays a reference."""
    refs = [member.ref for member in need(by_id[company.ids["tg-pods"]], "targets").members]
    assert machine(company, "web-a") in refs
    assert f"{company.ids['vpc']}/10.1.2.99" in refs


def test_a_container_service_stands_for_its_tasks(by_id: dict[str, Resource], company: Company) -> None:
    """The target group of a container service needs the service, not the tasks' passing addresses."""
    assert roles(by_id[company.ids["tg-tasks"]])["targets"] == [(company.ids["service"],)]


def test_a_group_states_the_minimum_of_its_pool(by_id: dict[str, Resource], company: Company) -> None:
    """Of four machines with a minimum of three, the worst case needs three, behind a balancer too."""
    assert need(by_id[company.ids["asg"]], "members").k == (1, 3)
    assert len(need(by_id[company.ids["asg"]], "members").members) == 4
    assert need(by_id[company.ids["tg-fleet"]], "targets").k == (1, 3)
    assert facts(by_id[company.ids["asg"]])["launch_template"] == company.ids["template"]


def test_a_multi_az_database_survives_its_zone(by_id: dict[str, Resource], company: Company) -> None:
    """Where the standby is not told, any other zone of the subnets may hold it, a minute or two away."""
    database = by_id[company.ids["db"]]
    zones = need(database, "zone")
    assert [(member.ref, member.delay) for member in zones.members] == [
        ("zone:aws/apne2-az1", (0.0, 0.0)),
        ("zone:aws/apne2-az2", (1.0, 2.0)),
        ("zone:aws/apne2-az3", (1.0, 2.0)),
    ]
    assert facts(database)["engine"] == "postgres"
    assert company.ids["db-host"] in database.aliases


def test_a_read_replica_is_no_redundancy(by_id: dict[str, Resource], company: Company) -> None:
    """A replica in another region says what it copies, and neither needs it nor stands in for it."""
    replica = by_id[company.ids["db-replica"]]
    assert facts(replica)["replica_of"] == company.ids["db"]
    assert replica.placement.region == TOKYO
    refs = {ref for members in roles(by_id[company.ids["db"]]).values() for group in members for ref in group}
    assert not any("orders-tokyo" in ref for ref in refs)


def test_an_aurora_cluster_needs_its_writer_or_after_a_minute_a_reader(
    by_id: dict[str, Resource], company: Company
) -> None:
    """The writer is in service, the reader takes over."""
    members = need(by_id[company.ids["cluster"]], "members").members
    assert [(member.ref, member.delay) for member in members] == [
        (company.ids["ledger-1"], (0.0, 0.0)),
        (company.ids["ledger-2"], (1.0, 2.0)),
    ]


def test_a_global_database_needs_the_cluster_that_writes(
    by_id: dict[str, Resource], company: Company
) -> None:
    """It is one thing in no region, however many regions list it, and answers on the writer's name."""
    books = by_id[company.ids["global-host"].lower()]
    assert (books.id, books.placement.region) == (company.ids["global"], "global")
    assert roles(books)["writer"] == [(company.ids["books-seoul"],)]


def test_buckets_are_placed_in_their_own_regions(by_id: dict[str, Resource]) -> None:
    """Buckets are listed once for all regions and lie where their location says; no location is us-east-1."""
    assert by_id["arn:aws:s3:::company-site"].placement.region == SEOUL
    assert by_id["arn:aws:s3:::company-old"].placement.region == "us-east-1"
    assert facts(by_id["arn:aws:s3:::company-site"])["replicas"] == ("arn:aws:s3:::company-copy",)
    assert by_id["arn:aws:s3:::company-site"].tags == (("workload", "site"),)


def test_only_the_wanted_regions_are_kept(inventory: Inventory, by_id: dict[str, Resource]) -> None:
    """With regions named in the settings, nothing of another region comes in, buckets included."""
    assert set(inventory.resources["region"]) == {*REGIONS, "global"}
    assert "arn:aws:s3:::company-away" not in by_id


def test_a_function_uses_what_its_environment_names(by_id: dict[str, Resource], company: Company) -> None:
    """Hosts, queue addresses and ARNs become inferred needs that lead to the things themselves."""
    function = by_id[company.ids["function"]]
    used = [item for item in function.needs if item.role == "uses"]
    assert {by_id[item.members[0].ref].id for item in used} == {
        company.ids["db"],
        company.ids["queue"],
        company.ids["topic"],
    }
    assert {item.evidence for item in used} == {Evidence.INFERRED}
    assert roles(function)["subnet"] == [(company.ids["subnet-a"], company.ids["subnet-b"])]
    assert roles(function)["trigger"] == [(company.ids["queue"],)]


def test_a_function_in_a_network_asks_its_resolver(inventory: Inventory, company: Company) -> None:
    """That it resolves names through the VPC is provider knowledge, and marked as such."""
    row = inventory.resources["id"].to_list().index(company.ids["function"])
    (fact,) = (fact for fact in inventory.resource(row).facts if fact.name == "resolver")
    assert (fact.value, fact.evidence) == ("vpc", Evidence.ASSUMED)


def test_values_of_settings_are_dropped(inventory: Inventory) -> None:
    """Nothing of an environment variable but the names of hosts and things is kept anywhere."""
    tables: list[Any] = [
        inventory.resources,
        inventory.facts,
        inventory.tags,
        inventory.aliases,
        inventory.needs,
        inventory.members,
    ]
    assert SECRET not in "".join(str(table.to_dicts()) for table in tables)
    assert "production" not in str(inventory.members.to_dicts())


def test_a_container_service_runs_its_task_in_its_subnets(
    by_id: dict[str, Resource], company: Company
) -> None:
    """Service, cluster, task definition and what the task's environment names hang together."""
    service, task = by_id[company.ids["service"]], by_id[company.ids["task"]]
    assert roles(service)["cluster"] == [(company.ids["ecs"],)]
    assert roles(service)["task"] == [(company.ids["task"],)]
    assert roles(service)["subnet"] == [(company.ids["subnet-a"], company.ids["subnet-b"])]
    assert facts(service)["resolver"] == "vpc"
    assert roles(task)["uses"] == [(company.ids["db-host"],)]


def test_a_kubernetes_cluster_needs_its_nodes(by_id: dict[str, Resource], company: Company) -> None:
    """The cluster needs its node group, the node group its machines' group and a subnet."""
    assert roles(by_id[company.ids["eks"]])["nodes"] == [(company.ids["nodegroup"],)]
    nodes = roles(by_id[company.ids["nodegroup"]])
    assert nodes["machines"][0][0].startswith(f"{ACCOUNT}/{SEOUL}/autoscaling/eks-")
    assert nodes["subnet"] == [(company.ids["subnet-a"], company.ids["subnet-b"])]


def test_queues_and_topics_name_where_messages_go(by_id: dict[str, Resource], company: Company) -> None:
    """A queue has its dead-letter queue, a topic its subscribers; people are no subscribers."""
    assert roles(by_id[company.ids["queue"]])["dead-letter"] == [(company.ids["queue-dead"],)]
    assert roles(by_id[company.ids["topic"]])["subscriber"] == [(company.ids["queue"],)]
    assert by_id[company.ids["topic"]].name == "placed"


def test_apis_call_their_functions(by_id: dict[str, Resource], company: Company) -> None:
    """Both kinds of API are entry points that need the function behind them and answer on a host."""
    for api in (company.ids["rest"], company.ids["http"]):
        found = by_id[f"{api}.execute-api.{SEOUL}.amazonaws.com"]
        assert roles(found)["integration"] == [(company.ids["function"],)]
        assert facts(found)["entry_point"] is True


def test_a_distribution_needs_its_origin(by_id: dict[str, Resource], company: Company) -> None:
    """The origin's host leads to the bucket; the name that DNS owns stays with DNS."""
    cdn = by_id[company.ids["cdn"]]
    assert by_id[roles(cdn)["origin"][0][0]].id == "arn:aws:s3:::company-site"
    assert "www.example.com" not in cdn.aliases
    assert by_id["www.example.com"].kind == "aws.route53.record"


def test_a_failover_record_switches_after_its_checks_fail(
    by_id: dict[str, Resource], company: Company
) -> None:
    """Three checks ten seconds apart and a TTL of thirty seconds: a minute, by the checkers alone."""
    answers = need(by_id["shop.example.com"], "answers")
    assert [(member.ref, member.delay, member.via) for member in answers.members] == [
        (company.ids["lb-shop-dns"], (0.0, 0.0), ()),
        ("standby.example.net", (1.0, 1.0), ("service:aws/global/route53",)),
    ]


def test_split_traffic_needs_every_side_that_is_not_checked(
    by_id: dict[str, Resource], company: Company
) -> None:
    """A checked side has the others as its standby; without checks each side is needed."""
    pay = {item.members[0].ref: item for item in by_id["pay.example.com"].needs}
    assert [(member.ref, member.delay) for member in pay[company.ids["lb-shop-dns"]].members] == [
        (company.ids["lb-shop-dns"], (0.0, 0.0)),
        ("pay.example.net", (0.0, 1.0)),
    ]
    assert len(pay["pay.example.net"].members) == 1
    assert [len(item.members) for item in by_id["near.example.com"].needs] == [1, 1]


def test_records_nobody_connects_to_are_left_out(inventory: Inventory) -> None:
    """Proofs of ownership and texts are no names that users come to."""
    names = set(inventory.resources.filter(inventory.resources["kind"] == "aws.route53.record")["name"])
    assert names == {f"{name}.example.com" for name in ("www", "shop", "pay", "near", "ip")}
