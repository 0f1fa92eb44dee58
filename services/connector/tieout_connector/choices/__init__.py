"""A tenant's settings: their rules, their versions, and the chart of accounts that they are checked against."""

from tieout_connector.choices import change_settings, chart_of_accounts, settings_store
from tieout_connector.choices.model import SettingPreview, SettingsEffect
from tieout_connector.choices.settings_rules import accounts_for

__all__ = [
    "SettingPreview",
    "SettingsEffect",
    "accounts_for",
    "change_settings",
    "chart_of_accounts",
    "settings_store",
]
