"""What all services of Tieout share: Kafka, Postgres, records and their sync, problems, HTTP, telemetry, processes."""
