"""``auditor.toml`` to ``Settings``: validated once, errors name file, line and key."""

from auditor.config.loading import DEFAULT_FILE, load_settings, parse_settings
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
    "DEFAULT_FILE",
    "AwsSettings",
    "AzureSettings",
    "LimitSettings",
    "OutageSettings",
    "ReportSettings",
    "ScoreSettings",
    "Settings",
    "load_settings",
    "parse_settings",
]
