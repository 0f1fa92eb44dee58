"""Webhooks: what is sent, when, and what a failing receiver leads to."""
