"""The consumer against a real Kafka and a real Postgres: nothing lost, nothing doubled (docs/design.md, In)."""
