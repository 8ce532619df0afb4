"""``auditor.toml`` to ``Settings``: validated once, errors name file, line and key."""

from auditor.config.settings import (
    AwsSettings,
    AzureSettings,
    LimitSettings,
    OutageSettings,
    ReportSettings,
    ScoreSettings,
    Settings,
)

__all__ = [
    "AwsSettings",
    "AzureSettings",
    "LimitSettings",
    "OutageSettings",
    "ReportSettings",
    "ScoreSettings",
    "Settings",
]
