"""What an organisation holds: one dataclass a kind, its fields named as Xero names them."""
