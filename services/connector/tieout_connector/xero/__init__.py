"""Xero's wire format and its HTTP API; nothing outside this package knows either."""
