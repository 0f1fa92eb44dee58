"""The sync rules of contacts: pure functions from state and event to decisions."""
