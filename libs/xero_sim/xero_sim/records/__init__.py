"""The records of an organisation: a dataclass for each kind, whose fields have Xero's names."""
