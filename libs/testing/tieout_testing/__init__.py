"""Builders, harnesses and fault injection for tests. No production code imports this package."""
