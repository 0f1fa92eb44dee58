"""Xero's side: connections, webhooks, polls, imports, tenant settings, and the gateway."""
