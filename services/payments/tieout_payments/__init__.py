"""Payments, receipts, clearing."""
