"""CONT-1: how names are compared."""


def name_key(name: str) -> str:
    """What two names that are one have in common: trimmed, without case, as Xero compares them."""
    return name.strip().lower()
