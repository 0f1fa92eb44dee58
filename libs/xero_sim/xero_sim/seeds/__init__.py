"""Charts of accounts, and living businesses of any size."""
