"""Networks and entry points: who stands behind an address, and how traffic moves to the next one."""

from __future__ import annotations

import pytest

from auditor.model.resource import Resource
from tests.connectors.azure.bodies import (
    KOREA,
    NETWORK,
    Body,
    arm_id,
    body,
    card,
    facts,
    machine,
    need,
    network,
    read_all,
    refs,
)

CARD = "Microsoft.Network/networkInterfaces"


def balancer(*cards: str, rules: bool = True, public: bool = True) -> Body:
    """Return a load balancer before network interfaces, with a second pool for outbound rules only."""
    id_ = arm_id("Microsoft.Network/loadBalancers", "front")
    front: Body = {"publicIPAddress": {"id": arm_id("Microsoft.Network/publicIPAddresses", "ip")}}
    behind = [
        {"id": f"{arm_id('Microsoft.Network/networkInterfaces', name)}/ipConfigurations/ip"} for name in cards
    ]
    pools = [
        {"id": f"{id_}/backendAddressPools/in", "properties": {"backendIPConfigurations": behind}},
        {"id": f"{id_}/backendAddressPools/out", "properties": {"backendIPConfigurations": behind[:1]}},
    ]
    rule = {"properties": {"backendAddressPool": {"id": f"{id_}/backendAddressPools/in"}}}
    return body(
        "Microsoft.Network/loadBalancers",
        "front",
        sku={"name": "Standard"},
        properties={
            "frontendIPConfigurations": [{"properties": front if public else {"subnet": {"id": "/x"}}}],
            "backendAddressPools": pools if rules else pools[:1],
            "loadBalancingRules": [rule] if rules else [],
        },
    )


def address(*zones: str, location: str = KOREA, sku: str = "Standard") -> Body:
    """Return a public IP address."""
    return body(
        "Microsoft.Network/publicIPAddresses",
        "ip",
        location,
        zones=list(zones),
        sku={"name": sku, "tier": "Regional"},
        properties={
            "ipAddress": "203.0.113.9",
            "dnsSettings": {"fqdn": "Shop.koreacentral.cloudapp.azure.com"},
        },
    )


def test_a_load_balancer_needs_the_machines_behind_its_cards() -> None:
    """Back ends are the machines of the inbound pool that are not stopped; it is where users come in."""
    found = read_all(
        balancer("a-nic", "b-nic", "c-nic"),
        address("1", "2", "3"),
        *(card(f"{name}-nic", name) for name in "abc"),
        machine("a", state="running"),
        machine("b"),
        machine("c", state="deallocated"),
    )
    front = found["front"]
    assert refs(front, "back end") == ["a", "b"]
    assert need(front, "back end").k == (1, 1)
    assert refs(front, "public address") == ["ip"]
    assert facts(front)["entry_point"] is True
    assert facts(front)["zone_redundant"] is True
    assert front.placement.zones == ()


def test_a_private_load_balancer_is_no_entry_point() -> None:
    """Only a public address lets users in."""
    assert "entry_point" not in facts(read_all(balancer("a-nic", public=False))["front"])


def test_a_load_balancer_may_stand_before_a_scale_set() -> None:
    """Cards of a uniform scale set lead to the set."""
    scale_set = arm_id("Microsoft.Compute/virtualMachineScaleSets", "web")
    front = balancer("x", rules=False)
    front["properties"]["backendAddressPools"][0]["properties"]["backendIPConfigurations"] = [
        {"id": f"{scale_set}/virtualMachines/{n}/networkInterfaces/n/ipConfigurations/i"} for n in range(3)
    ]
    assert refs(read_all(front)["front"], "back end") == ["web"]


def test_a_pool_of_private_addresses_means_the_machines_that_have_them() -> None:
    """Addresses are looked up in the pool's own network only; elsewhere they are other machines."""
    front = balancer("x", rules=False)
    here, elsewhere = arm_id(NETWORK, "net"), arm_id(NETWORK, "other")
    front["properties"]["backendAddressPools"][0]["properties"] = {
        "loadBalancerBackendAddresses": [
            {"properties": {"ipAddress": "10.0.0.4", "virtualNetwork": {"id": here}}},
            {"properties": {"ipAddress": "10.0.0.5", "virtualNetwork": {"id": elsewhere}}},
        ]
    }
    gateway = body(
        "Microsoft.Network/applicationGateways",
        "gate",
        properties={
            "gatewayIPConfigurations": [{"properties": {"subnet": {"id": f"{here}/subnets/gate"}}}],
            "backendAddressPools": [
                {"properties": {"backendAddresses": [{"ipAddress": "10.0.0.5"}, {"fqdn": "Api.example"}]}}
            ],
        },
    )
    found = read_all(
        front,
        gateway,
        card("a-nic", "a"),
        machine("a"),
        card("b-nic", "b", "10.0.0.5"),
        machine("b"),
    )
    assert refs(found["front"], "back end") == ["a"]
    assert refs(found["gate"], "back end") == ["b", "api.example"]


def test_a_pool_whose_machines_are_all_stopped_hangs_on_them_all_the_same() -> None:
    """Nobody serving is no reason to take a load balancer for one that needs nobody."""
    off = (machine(name, state="deallocated") for name in "ab")
    front = read_all(balancer("a-nic", "b-nic"), card("a-nic", "a"), card("b-nic", "b"), *off)["front"]
    assert refs(front, "back end") == ["a", "b"]


def test_of_pools_behind_ports_of_their_own_one_or_each_is_needed() -> None:
    """Two rules with a pool each: which port users come to is not told; the pools say what each needs."""
    front = balancer("a-nic")
    second: Body = {
        "id": f"{front['id']}/backendAddressPools/Admin",
        "name": "Admin",
        "properties": {"backendIPConfigurations": [{"id": arm_id(CARD, "b-nic")}]},
    }
    front["properties"]["backendAddressPools"].append(second)
    front["properties"]["loadBalancingRules"].append(
        {"properties": {"backendAddressPools": [{"id": second["id"].upper()}]}}
    )
    found = read_all(front, card("a-nic", "a"), machine("a"), card("b-nic", "b"), machine("b"))
    wanted = need(found["front"], "back-end pool")
    assert refs(found["front"], "back-end pool") == ["in", "admin"]
    assert (wanted.k, wanted.unknown) == ((1, 2), None)
    assert refs(found["front"], "back end") == []
    assert [refs(found[name], "back end") for name in ("in of front", "Admin of front")] == [["a"], ["b"]]
    assert found["Admin of front"].kind == "azure.network.loadbalancers.backendaddresspools"
    assert facts(found["Admin of front"])["support"] is True


def gateway(rules: list[Body], maps: list[Body]) -> Body:
    """Return an application gateway with pools of one host each: web, images, api."""
    id_ = arm_id("Microsoft.Network/applicationGateways", "gate")
    pools = [
        {
            "id": f"{id_}/backendAddressPools/{name}",
            "properties": {"backendAddresses": [{"fqdn": f"{name}.example"}]},
        }
        for name in ("web", "images", "api")
    ]
    return body(
        "Microsoft.Network/applicationGateways",
        "gate",
        properties={
            "backendAddressPools": pools,
            "requestRoutingRules": [{"properties": rule} for rule in rules],
            "urlPathMaps": [{"properties": found} for found in maps],
        },
    )


def to(pool: str) -> Body:
    """Return a reference to a pool of the gateway."""
    return {"id": f"{arm_id('Microsoft.Network/applicationGateways', 'gate')}/backendAddressPools/{pool}"}


def test_a_gateway_needs_its_default_pool_and_others_by_their_paths() -> None:
    """As with listeners' rules: what paths lead to is needed in the worst case; what nothing does, never."""
    paths = {
        "defaultBackendAddressPool": to("web"),
        "pathRules": [{"properties": {"paths": ["/images/*"], "backendAddressPool": to("images")}}],
    }
    found = read_all(gateway([{"ruleType": "PathBasedRouting"}], [paths]))["gate"]
    assert [(each.members[0].ref, each.unknown) for each in found.needs if each.role == "back end"] == [
        ("web.example", None),
        ("images.example", "paths"),
    ]


def test_of_a_gateways_sites_one_or_each_is_needed() -> None:
    """Basic rules of several listeners lead to a pool each; one that only redirects leads to none."""
    rules: list[Body] = [
        {"backendAddressPool": to("web")},
        {"backendAddressPool": to("api")},
        {"redirectConfiguration": {}},
    ]
    found = read_all(gateway(rules, []))
    assert need(found["gate"], "back-end pool").k == (1, 2)
    assert refs(found["gate"], "back-end pool") == ["web", "api"]
    assert refs(found["api of gate"], "back end") == ["api.example"]


@pytest.mark.parametrize(
    ("given", "zones", "spread"),
    [
        (address("1", "2", "3"), (), True),
        (address("2"), ("koreacentral-az1",), False),
        (address(), (), True),  # a region where Azure spreads them unasked
        (address(location="centralus"), None, False),  # one where it does not
        (address(sku="Basic"), None, False),
        (address(location="koreasouth"), (), None),
    ],
)
def test_a_public_address_is_spread_by_zones_or_by_region(
    given: Body, zones: tuple[str, ...] | None, *, spread: bool | None
) -> None:
    """No zones means one unknown zone only in the old regions and for the Basic SKU."""
    found = read_all(given)["ip"]
    assert found.placement.zones == zones
    assert facts(found).get("zone_redundant") is spread
    assert "shop.koreacentral.cloudapp.azure.com" in found.aliases
    assert "203.0.113.9" in found.aliases


def test_a_machine_reaches_its_network_through_its_card() -> None:
    """The card needs a subnet, and subnets are names of their network."""
    found = read_all(machine("a"), card("a-nic", "a"), network())
    assert refs(found["a"], "network interface") == ["a-nic"]
    assert need(found["a-nic"], "subnet").members[0].ref in found["net"].aliases
    assert facts(found["net"])["cidrs"] == ("10.0.0.0/16",)


def traffic_manager(method: str, *endpoints: Body) -> Body:
    """Return a profile that probes every 10 s, tolerates 2 failures and has a TTL of 60 s."""
    return body(
        "Microsoft.Network/trafficManagerProfiles",
        "tm",
        "global",
        properties={
            "trafficRoutingMethod": method,
            "dnsConfig": {"fqdn": "shop.trafficmanager.net", "ttl": 60},
            "monitorConfig": {
                "intervalInSeconds": 10,
                "toleratedNumberOfFailures": 2,
                "timeoutInSeconds": 10,
            },
            "endpoints": list(endpoints),
        },
    )


def endpoint(host: str, priority: int, monitor: str = "Online", status: str = "Enabled") -> Body:
    """Return an external endpoint."""
    return {
        "name": host,
        "properties": {
            "target": host,
            "priority": priority,
            "endpointMonitorStatus": monitor,
            "endpointStatus": status,
        },
    }


def serving(resource: Resource, role: str) -> list[str]:
    """Return who is in service for the users of its own: the first member of each need."""
    return [each.members[0].ref for each in resource.needs if each.role == role]


def test_priority_routing_waits_for_probes_and_names() -> None:
    """The first priority serves; the next one after the failed probes, at worst with timeout and TTL."""
    found = read_all(traffic_manager("Priority", endpoint("B.example", 2), endpoint("a.example", 1)))["tm"]
    wanted = need(found, "endpoint")
    assert wanted.k == (1, 1)
    assert [(m.ref, m.delay) for m in wanted.members] == [
        ("a.example", (0.0, 0.0)),
        ("b.example", (20 / 60, 100 / 60)),
    ]
    assert found.placement.region == "global"
    assert found.aliases == ("shop.trafficmanager.net",)


@pytest.mark.parametrize("method", ["Weighted", "Performance", "Multivalue"])
def test_each_of_several_in_service_is_needed_by_its_users_until_they_are_moved(method: str) -> None:
    """Endpoints that share the traffic stand in for each other once names have changed, as in any DNS."""
    found = read_all(traffic_manager(method, endpoint("a.example", 1), endpoint("b.example", 2)))["tm"]
    wanted = [each for each in found.needs if each.role == "endpoint"]
    moved = (0.0, 100 / 60)
    assert [[(m.ref, m.delay) for m in each.members] for each in wanted] == [
        [("a.example", (0.0, 0.0)), ("b.example", moved)],
        [("b.example", (0.0, 0.0)), ("a.example", moved)],
    ]
    assert {each.k for each in wanted} == {(1, 1)}


@pytest.mark.parametrize("method", ["Geographic", "Subnet"])
def test_pinned_users_have_nobody_else(method: str) -> None:
    """Who is sent to one endpoint by place or address needs that one."""
    found = read_all(traffic_manager(method, endpoint("a.example", 1), endpoint("b.example", 2)))["tm"]
    assert need(found, "endpoint").k == (2, 2)
    assert {member.delay for member in need(found, "endpoint").members} == {(0.0, 0.0)}


def test_endpoints_that_are_off_or_failing_do_not_count() -> None:
    """Disabled and degraded endpoints are no members; one still being probed is not sure."""
    found = read_all(
        traffic_manager(
            "Weighted",
            endpoint("a.example", 1),
            endpoint("b.example", 1, status="Disabled"),
            endpoint("c.example", 1, monitor="Degraded"),
            endpoint("d.example", 1, monitor="CheckingEndpoint"),
        )
    )["tm"]
    sure, unsure = (each for each in found.needs if each.role == "endpoint")
    assert (sure.unknown, unsure.unknown) == (None, "target_health")
    assert [(m.ref, m.unknown) for m in sure.members] == [("a.example", None), ("d.example", "target_health")]
    assert [(m.ref, m.unknown) for m in unsure.members] == [("d.example", None), ("a.example", None)]


def test_azure_endpoints_are_the_resources_they_name() -> None:
    """A site is needed by its id; an address by its name, which belongs to what stands behind it."""
    site, bare = arm_id("Microsoft.Web/sites", "shop"), address()["id"]
    found = read_all(
        traffic_manager(
            "Weighted",
            {"properties": {"targetResourceId": site, "target": "shop.azurewebsites.net"}},
            {"properties": {"targetResourceId": bare, "target": "Front.example"}},
            {"properties": {"targetResourceId": bare}},
        )
    )["tm"]
    assert serving(found, "endpoint") == [bare.lower(), site.lower(), "front.example"]


def test_with_every_endpoint_failing_all_are_answered() -> None:
    """As Traffic Manager then hands out all of them, so do we."""
    down = [endpoint(f"{name}.example", 1, monitor="Degraded") for name in "ab"]
    found = read_all(traffic_manager("Weighted", *down))["tm"]
    assert serving(found, "endpoint") == ["a.example", "b.example"]


def test_front_door_switches_after_bad_probes() -> None:
    """The back end of lower priority steps in when the samples have gone bad."""
    id_ = arm_id("Microsoft.Network/frontDoors", "door")
    pool = {
        "name": "web",
        "properties": {
            "backends": [
                {"address": "a.example", "priority": 1, "enabledState": "Enabled"},
                {"address": "b.example", "priority": 2, "enabledState": "Enabled"},
                {"address": "c.example", "priority": 1, "enabledState": "Disabled"},
            ],
            "healthProbeSettings": {"id": f"{id_}/HealthProbeSettings/p".upper()},
            "loadBalancingSettings": {"id": f"{id_}/loadBalancingSettings/l"},
        },
    }
    found = read_all(
        body(
            "Microsoft.Network/frontDoors",
            "door",
            "Global",
            properties={
                "cName": "door.azurefd.net",
                "backendPools": [pool],
                "healthProbeSettings": [
                    {"id": f"{id_}/healthProbeSettings/p", "properties": {"intervalInSeconds": 60}}
                ],
                "loadBalancingSettings": [
                    {
                        "id": f"{id_}/loadBalancingSettings/l",
                        "properties": {"sampleSize": 4, "successfulSamplesRequired": 2},
                    }
                ],
            },
        )
    )["door"]
    members = need(found, "back end web").members
    assert [(m.ref, m.delay) for m in members] == [("a.example", (0.0, 0.0)), ("b.example", (0.0, 3.0))]
    assert facts(found)["entry_point"] is True


def classic(*routes: tuple[str, str], off: str = "") -> Body:
    """Return a classic Front Door with routes of (pattern, pool); pools have one host each."""
    id_ = arm_id("Microsoft.Network/frontDoors", "door")
    return body(
        "Microsoft.Network/frontDoors",
        "door",
        "Global",
        properties={
            "backendPools": [
                {
                    "id": f"{id_}/BackendPools/{name}",
                    "name": name,
                    "properties": {"backends": [{"address": f"{name}.example"}]},
                }
                for name in ("web", "api", "old")
            ],
            "routingRules": [
                {
                    "properties": {
                        "patternsToMatch": [pattern],
                        "enabledState": "Disabled" if pool == off else "Enabled",
                        "routeConfiguration": {"backendPool": {"id": f"{id_}/backendPools/{pool}"}},
                    }
                }
                for pattern, pool in routes
            ],
        },
    )


def test_a_front_door_needs_the_pool_of_every_path_and_others_by_theirs() -> None:
    """The route for everything is needed for certain, one for a path at worst, a disabled one never."""
    found = read_all(classic(("/*", "web"), ("/api/*", "api"), ("/*", "old"), off="old"))["door"]
    assert [(each.role, each.unknown) for each in found.needs] == [
        ("back end web", None),
        ("back end api", "paths"),
    ]


@pytest.mark.parametrize("pattern", ["/*", "/api/*"])
def test_of_a_front_doors_equal_routes_one_or_each_is_needed(pattern: str) -> None:
    """Two sites, or nothing but paths: either may be all that users come for."""
    found = read_all(classic((pattern, "web"), (pattern, "api")))
    assert need(found["door"], "back-end pool").k == (1, 2)
    assert [m.ref for m in need(found["api of door"], "back end api").members] == ["api.example"]
    assert found["api of door"].placement.region == "global"


def test_a_front_door_profile_is_read_with_what_is_below_it() -> None:
    """Endpoints become names of the profile, which needs one or each of its groups; probes decide there."""
    profile = "Microsoft.Cdn/profiles"
    origins = [
        body(
            f"{profile}/originGroups/origins",
            f"door/{group}/{name}",
            None,
            properties={"hostName": f"{name}.example"},
        )
        for group, name in (("probed", "a"), ("probed", "b"), ("blind", "c"), ("blind", "d"))
    ]
    found = read_all(
        body(profile, "door", "Global", sku={"name": "Premium_AzureFrontDoor"}, properties={}),
        body(f"{profile}/afdEndpoints", "door/www", "Global", properties={"hostName": "www.z01.azurefd.net"}),
        body(
            f"{profile}/originGroups",
            "door/probed",
            None,
            properties={"healthProbeSettings": {"probeIntervalInSeconds": 30}},
        ),
        body(f"{profile}/originGroups", "door/blind", None, properties={"healthProbeSettings": None}),
        *origins,
    )
    assert set(found) == {"door", "probed", "blind"}
    assert found["door"].aliases == ("www.z01.azurefd.net",)
    assert need(found["door"], "origin group").k == (1, 2)
    assert {m.ref for m in need(found["door"], "origin group").members} == {
        found["probed"].id,
        found["blind"].id,
    }
    assert serving(found["probed"], "origin") == ["a.example", "b.example"]
    assert need(found["blind"], "origin").k == (2, 2)
    assert {found[name].placement.region for name in ("probed", "blind")} == {"global"}


@pytest.mark.parametrize("used", [True, False])
def test_a_name_belongs_to_what_stands_behind_the_address(*, used: bool) -> None:
    """Whoever needs the DNS name of a used address needs the load balancer, not the bare address."""
    bare, front = address("1", "2", "3"), balancer(public=used)
    if used:
        bare["properties"]["ipConfiguration"] = {"id": f"{front['id']}/frontendIPConfigurations/x"}
    found = read_all(bare, front)
    holders = [name for name in ("ip", "front") if "203.0.113.9" in found[name].aliases]
    assert holders == (["front"] if used else ["ip"])
