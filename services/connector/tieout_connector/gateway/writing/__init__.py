"""How each kind of intent is written to Xero, found again there, and what a repeat of it would do."""
