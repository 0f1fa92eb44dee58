"""Pure rules: what Xero accepts, what it answers otherwise, what follows. No HTTP, no clock."""
