"""A tenant's settings: what it chose, what a change of them comes to, and what it did."""
