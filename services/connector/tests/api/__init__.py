"""The connector's HTTP API on a real Postgres: who may do what, and what is shown."""
