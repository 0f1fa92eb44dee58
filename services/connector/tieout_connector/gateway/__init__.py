"""The only code that calls Xero's Accounting API, for reads as well as writes, because they share one budget."""
