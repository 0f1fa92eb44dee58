"""Problems on a real Postgres."""
