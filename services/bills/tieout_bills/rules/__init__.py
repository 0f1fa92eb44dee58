"""The sync rules of bills: pure functions from state and event to decisions."""
