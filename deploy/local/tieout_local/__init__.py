"""Starts the whole of Tieout on one machine, with a real Postgres and a real Kafka, without Docker or root."""
