"""The `tieout` command; speaks to the services' HTTP APIs."""
