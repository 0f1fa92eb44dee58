"""The story of one tenant, from connecting to tied out: what `make demo` tells and an end-to-end test repeats."""
