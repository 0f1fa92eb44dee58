"""The Accounting API, /api.xro/2.0."""
