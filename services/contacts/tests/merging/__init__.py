"""A contact and its fields, merged three ways without a database."""
