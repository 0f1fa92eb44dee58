"""Benchmarks: each measures us beside a baseline in the same run. `python -m bench NAME`, or all without a name."""
