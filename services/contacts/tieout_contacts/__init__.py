"""Vendors and customers."""
