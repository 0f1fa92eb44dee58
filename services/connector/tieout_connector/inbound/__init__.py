"""What comes from Xero: webhooks, what is read again, lists that are polled, and the snapshots of it."""
