"""The Azure connector, over the Azure SDKs."""

from __future__ import annotations

from auditor.config import AzureSettings
from auditor.inventory import InventoryBuilder
from auditor.progress import Progress

__all__ = ["collect"]


def collect(settings: AzureSettings, builder: InventoryBuilder, progress: Progress) -> bool:
    """Read every subscription the credential sees into the builder; return whether anything could be read.

    Raises:
        CredentialsError: there are no usable credentials.
    """
    from auditor.connectors.azure.failure import ArmError
    from auditor.connectors.azure.scan import Scan, unreachable
    from auditor.connectors.azure.session import Session

    try:
        session = Session.open(settings)
    except ArmError as error:
        builder.add_gaps([unreachable(error)])
        return False
    try:
        return Scan(session, settings, builder, progress).run()
    finally:
        session.close()
