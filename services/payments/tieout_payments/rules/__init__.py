"""The sync rules of payments: pure functions from state and event to decisions."""
