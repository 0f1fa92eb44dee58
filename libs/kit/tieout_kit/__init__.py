"""What every service of Tieout shares: consuming, outbox, Postgres, problems, HTTP, auth, telemetry, settings."""
