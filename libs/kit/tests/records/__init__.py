"""Records of a small kind, through the real wiring, against a real Postgres."""
