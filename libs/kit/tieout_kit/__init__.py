"""What every service of Tieout shares: Kafka, Postgres, records and their sync, problems, HTTP, telemetry, processes."""
