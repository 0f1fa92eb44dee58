"""Pure rules: what Xero accepts, why it refuses, and what a change does to a record. No HTTP, no clock."""
