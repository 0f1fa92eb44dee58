"""The queue of writes to Xero, and the calls that carry them."""
