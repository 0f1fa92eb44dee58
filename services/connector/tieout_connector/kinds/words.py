"""Names of Xero's resources as people say them. Pure."""

import re


def spoken(resource: str, *, one: bool = False) -> str:
    """A resource in words: `TaxRates` are tax rates; `one`: a tax rate."""
    words = re.sub(r"(?<!^)(?=[A-Z])", " ", resource.partition("/")[0]).lower()
    return (f"{words[:-3]}y" if words.endswith("ies") else words.removesuffix("s")) if one else words
