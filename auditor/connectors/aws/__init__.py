"""The AWS connector, over boto3: every enabled region of one account, failures as gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the catalogue is read without loading polars or an SDK
    from auditor.config import AwsSettings
    from auditor.inventory import InventoryBuilder
    from auditor.progress import Progress


def collect(settings: AwsSettings, builder: InventoryBuilder, progress: Progress) -> bool:
    """Read the account that boto3's credentials belong to into ``builder``.

    Returns:
        True if anything could be read; else only gaps were added.

    Raises:
        CredentialsError: there are no credentials, or AWS does not accept them.
    """
    from auditor.connectors.aws.account import read_account

    return read_account(settings, builder, progress)
