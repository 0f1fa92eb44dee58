"""The bills service on a real Postgres: events and requests come in, its outbox has what it publishes."""
