"""A tenant's settings: what it chose, what a change of them comes to, and what it did."""

from tieout_connector.choices import change_settings, chart_of_accounts, settings_store
from tieout_connector.choices.model import Concern, SettingsEffect
from tieout_connector.choices.settings_rules import fitting

__all__ = [
    "Concern",
    "SettingsEffect",
    "change_settings",
    "chart_of_accounts",
    "fitting",
    "settings_store",
]
