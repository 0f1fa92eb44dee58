"""Xero's HTTP API and its wire format: requests, forms that are sent, models that are read, errors."""
