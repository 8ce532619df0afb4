"""Every Azure spec holds to its schema, and the permissions follow from the specs."""

from __future__ import annotations

import re

import jmespath
import pytest

from auditor.connectors.azure.permissions import actions, custom_role
from auditor.connectors.azure.spec import AzureSpec, Zoning, kind_of, specs
from auditor.connectors.spec import known_kinds
from auditor.model.facts import fact_spec

SPECS = tuple(specs().values())
TYPE = re.compile(r"Microsoft\.[A-Za-z]+(/[A-Za-z]+)+")
VERSION = re.compile(r"20\d\d-(0[1-9]|1[0-2])-([0-2]\d|3[01])")
ISSUE = (
    "compute/virtualMachines",
    "compute/virtualMachineScaleSets",
    "compute/disks",
    "network/loadBalancers",
    "network/publicIPAddresses",
    "storage/storageAccounts",
    "sql/servers",
    "sql/servers/databases",
    "sql/servers/failoverGroups",
    "dbforpostgresql/flexibleServers",
    "dbformysql/flexibleServers",
    "documentdb/databaseAccounts",
    "cache/redis",
    "containerservice/managedClusters",
    "containerservice/managedClusters/agentPools",
    "web/serverfarms",
    "web/sites",
    "network/trafficManagerProfiles",
    "network/frontDoors",
    "cdn/profiles",
    "keyvault/vaults",
    "network/virtualNetworks",
)


def _id(spec: AzureSpec) -> str:
    return spec.kind


@pytest.mark.parametrize("spec", SPECS, ids=_id)
def test_a_spec_is_well_formed(spec: AzureSpec) -> None:
    """Type, kind and API versions are spelled as Azure and the inventory spell them; stable versions only."""
    assert TYPE.fullmatch(spec.type)
    assert spec.kind == kind_of(spec.type)
    assert spec.title
    assert VERSION.fullmatch(spec.api_version)
    for child in spec.children:
        assert TYPE.fullmatch(child.type)
        assert VERSION.fullmatch(child.api_version)
        assert child.type.lower() == f"{spec.type}/{child.path}".lower()
        assert child.type.lower() in specs(), "a list that is asked for must be understood"


@pytest.mark.parametrize("spec", SPECS, ids=_id)
def test_every_expression_of_a_spec_compiles(spec: AzureSpec) -> None:
    """Each JMESPath parses and finds nothing, without failing, in a body that has nothing."""
    paths = [path for pairs in (spec.facts, spec.needs, spec.links) for _, path in pairs]
    paths += [*spec.aliases, *(child.when for child in spec.children if child.when)]
    paths += [spec.redundant] if spec.redundant else []
    for path in paths:
        assert not jmespath.compile(path).search({"id": "/x", "properties": None})


@pytest.mark.parametrize("spec", SPECS, ids=_id)
def test_a_spec_speaks_the_vocabulary_of_facts(spec: AzureSpec) -> None:
    """Only known facts are stated, and a flag for zones is there exactly where zoning asks for it."""
    for name in [name for name, _ in spec.facts] + [name for name, _ in spec.assumed]:
        assert fact_spec(name) is not None, name
    assert bool(spec.redundant) == (spec.zoning is Zoning.FLAG)


@pytest.mark.parametrize("type_", ISSUE)
def test_the_promised_types_are_described(type_: str) -> None:
    """Every type the connector promises has a spec, known to the other rooms by its kind."""
    kind = kind_of(f"microsoft.{type_}")
    assert kind in known_kinds()
    assert f"microsoft.{type_}".lower() in specs()


def test_permissions_are_the_specs_types_read_only() -> None:
    """The custom role names a read action per type and nothing that writes."""
    found = actions()
    assert list(found) == sorted(set(found))
    assert all(action.endswith("/read") for action in found)
    assert "Microsoft.Compute/virtualMachines/read" in found
    assert "Microsoft.Sql/servers/failoverGroups/read" in found
    assert "Microsoft.ResourceGraph/resources/read" in found
    assert not any("databaseAccounts/locations" in action for action in found), "made by us, never asked for"
    role = custom_role(f"/subscriptions/{'0' * 8}")
    assert role["Actions"] == list(found)
    assert role["DataActions"] == []
