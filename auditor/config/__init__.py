"""``auditor.toml`` to ``Settings``: validated once, errors name file, line and key."""

from auditor.config.loading import DEFAULT_FILE, load_settings, parse_settings, settings_from
from auditor.config.settings import (
    AwsSettings,
    AzureSettings,
    CutSetSettings,
    LesserOutages,
    LimitSettings,
    ObligationSettings,
    OutageSettings,
    ReportSettings,
    ScoreSettings,
    Settings,
    SimulationSettings,
)

__all__ = [
    "DEFAULT_FILE",
    "AwsSettings",
    "AzureSettings",
    "CutSetSettings",
    "LesserOutages",
    "LimitSettings",
    "ObligationSettings",
    "OutageSettings",
    "ReportSettings",
    "ScoreSettings",
    "Settings",
    "SimulationSettings",
    "load_settings",
    "parse_settings",
    "settings_from",
]
