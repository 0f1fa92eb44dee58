"""Dashboards and alerts name only what the services report, and fire when they should."""
