"""What a copy may share with its primary without running on it: keys of Key Vault, registries, identities."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.connectors.azure.catalogue._keys import key_address
from tests.connectors.azure.bodies import arm_id, body, disk, facts, machine, read_all

ADDRESS = "https://Keys.vault.azure.net/keys/Shop/0123456789abcdef"
KEY = "https://keys.vault.azure.net/keys/shop"
LISTED = {"keyName": "Shop", "keyVersion": "0123", "keyVaultUri": "https://keys.vault.azure.net"}
STORED = {"keyname": "Shop", "keyversion": "", "keyvaulturi": "https://keys.vault.azure.net/"}
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "storage": ("Microsoft.Storage/storageAccounts", {"encryption": {"keyvaultproperties": STORED}}),
    "sql": ("Microsoft.Sql/servers", {"keyId": ADDRESS}),
    "managed instance": ("Microsoft.Sql/managedInstances", {"keyId": ADDRESS}),
    "postgres": (
        "Microsoft.DBforPostgreSQL/flexibleServers",
        {"dataEncryption": {"type": "AzureKeyVault", "primaryKeyURI": ADDRESS}},
    ),
    "mysql": ("Microsoft.DBforMySQL/flexibleServers", {"dataEncryption": {"primaryKeyURI": ADDRESS}}),
    "cosmos": ("Microsoft.DocumentDB/databaseAccounts", {"keyVaultKeyUri": ADDRESS}),
    "bus": ("Microsoft.ServiceBus/namespaces", {"encryption": {"keyVaultProperties": [LISTED]}}),
    "hub": ("Microsoft.EventHub/namespaces", {"encryption": {"keyVaultProperties": [LISTED]}}),
    "cache": (
        "Microsoft.Cache/redisEnterprise",
        {"encryption": {"customerManagedKeyEncryption": {"keyEncryptionKeyUrl": ADDRESS}}},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_key_of_its_owner_is_told_without_its_version(case: str) -> None:
    """Every type spells it in its own way; one whose keys are Microsoft's tells none; none is a need."""
    type_, properties = CASES[case]
    found = read_all(body(type_, "own", properties=properties), body(type_, "theirs", properties={}))
    assert facts(found["own"])["encryption_key"] == KEY
    assert "encryption_key" not in facts(found["theirs"])
    assert found["own"].needs == found["theirs"].needs


def test_a_database_may_have_a_key_of_its_own() -> None:
    """The protector of one database goes before that of its server, which has its own fact."""
    database = body("Microsoft.Sql/servers/databases", "sql/db", properties={"encryptionProtector": ADDRESS})
    assert facts(read_all(database)["db"])["encryption_key"] == KEY


def test_every_region_of_an_account_is_encrypted_by_its_one_key() -> None:
    """The copies of a Cosmos account carry its key: there is no other."""
    places = [
        {"locationName": name, "failoverPriority": at}
        for at, name in enumerate(["koreacentral", "japaneast"])
    ]
    account = body(
        "Microsoft.DocumentDB/databaseAccounts",
        "cosmos",
        properties={"keyVaultKeyUri": ADDRESS, "locations": places},
    )
    found = read_all(account)
    copies = {name: facts(one).get("encryption_key") for name, one in found.items() if " in " in name}
    assert copies == {"cosmos in japaneast": KEY, "cosmos in koreacentral": KEY}
    assert "encryption_key" not in facts(found["cosmos"])


SETS = "Microsoft.Compute/diskEncryptionSets"


@pytest.mark.parametrize("seen", [True, False])
def test_a_disk_is_encrypted_by_the_key_of_its_set(*, seen: bool) -> None:
    """The set leads to the key; where it was not read, the set stands for it; so it does for a cluster."""
    set_ = body(SETS, "des", properties={"activeKey": {"keyUrl": ADDRESS}})
    encrypted = disk("d")
    encrypted["properties"] = {"encryption": {"diskEncryptionSetId": set_["id"]}}
    cluster = body(
        "Microsoft.ContainerService/managedClusters", "aks", properties={"diskEncryptionSetID": set_["id"]}
    )
    found = read_all(encrypted, cluster, disk("plain"), *([set_] if seen else []))
    expected = KEY if seen else arm_id(SETS, "des").lower()
    assert facts(found["d"])["encryption_key"] == expected
    assert facts(found["aks"])["encryption_key"] == expected
    assert "encryption_key" not in facts(found["plain"])


def test_containers_tell_where_their_images_are_pulled_from() -> None:
    """Container apps list their containers, sites name one; a site that runs code pulls no image."""
    template = {
        "containers": [{"image": "shop.azurecr.io/web:1"}, {"image": "nginx"}],
        "initContainers": [{"image": "ghcr.io/team/tool"}],
    }

    def site(name: str, **config: str | None) -> dict[str, Any]:
        return body("Microsoft.Web/sites", name, properties={"siteConfig": config})

    found = read_all(
        body("Microsoft.App/containerApps", "app", properties={"template": template}),
        site("linux", linuxFxVersion="DOCKER|shop.azurecr.io/web:1", windowsFxVersion=None),
        site("windows", linuxFxVersion="", windowsFxVersion="DOCKER|shop.azurecr.io/web:1"),
        site("code", linuxFxVersion="NODE|20"),
        site("bare"),
    )
    told = {name: facts(one).get("image_registry") for name, one in found.items()}
    assert told == {
        "app": ("docker.io", "ghcr.io", "shop.azurecr.io"),
        "linux": ("shop.azurecr.io",),
        "windows": ("shop.azurecr.io",),
        "code": None,
        "bare": None,
    }


def test_only_identities_that_others_may_use_are_told() -> None:
    """A user-assigned identity is told by its id; one that is born and gone with its machine is not."""
    id_ = arm_id("Microsoft.ManagedIdentity/userAssignedIdentities", "Web")
    found = read_all(
        machine("a", identity={"type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {id_: {}}}),
        machine("b", identity={"type": "SystemAssigned", "principalId": "p"}),
    )
    assert facts(found["a"])["identity"] == (id_.lower(),)
    assert "identity" not in facts(found["b"])


@pytest.mark.parametrize(
    ("address", "name", "expected"),
    [
        (ADDRESS, None, KEY),
        ("https://hsm.managedhsm.azure.net/", "K", "https://hsm.managedhsm.azure.net/keys/k"),
        ("https://keys.vault.azure.net/", None, "https://keys.vault.azure.net/"),
        ("", "k", None),
        (None, "k", None),
    ],
)
def test_a_key_is_known_by_its_vault_and_name(
    address: str | None, name: str | None, expected: str | None
) -> None:
    """With no name the vault alone is told; with no vault nothing is."""
    assert key_address(address, name) == expected
