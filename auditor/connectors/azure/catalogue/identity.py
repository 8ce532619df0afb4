"""Key vaults and identities: what rests on the sign-in service."""

from __future__ import annotations

from auditor.connectors.azure.read import DIRECTORY
from auditor.connectors.azure.spec import AzureSpec, Extra, Item, Shelf
from auditor.model.evidence import Evidence
from auditor.model.need import requires


def _vault(_item: Item, _shelf: Shelf) -> Extra:
    """Every call to a vault carries a token, so no token means no secret."""
    return Extra(
        needs=requires(
            "sign-in", DIRECTORY, evidence=Evidence.ASSUMED, origin="every call to a key vault needs a token"
        )
    )


SPECS = (
    AzureSpec(
        kind="azure.keyvault.vaults",
        title="key vault",
        type="Microsoft.KeyVault/vaults",
        api_version="2023-07-01",
        facts=(("sku", "properties.sku.name"),),
        aliases=("properties.vaultUri",),
        refine=_vault,
    ),
    AzureSpec(
        kind="azure.managedidentity.userassignedidentities",
        title="managed identity",
        support=True,
        type="Microsoft.ManagedIdentity/userAssignedIdentities",
        api_version="2023-01-31",
        refine=_vault,
    ),
)
