"""The first day of one tenant, from connecting to tied out: `make demo` shows it, and an end-to-end test repeats it."""
