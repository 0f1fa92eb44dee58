"""How a tenant is connected to its Xero organisation: consent, choice, tokens, disconnect."""
