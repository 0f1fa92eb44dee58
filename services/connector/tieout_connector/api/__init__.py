"""The connector's API over HTTP: one module a subject."""
