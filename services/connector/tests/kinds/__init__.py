"""Every kind of intent, at the simulated Xero."""
