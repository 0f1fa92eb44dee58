"""The `tieout` command, a client of the services' HTTP APIs."""
