"""When a call may leave: turns, Xero's limits as budgets, lanes, and what was used of them."""
