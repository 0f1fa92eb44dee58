"""A real gateway process, killed or stopped at every step, and the account of Xero's records afterwards (SYS-1)."""
