"""Tests of webhooks, against a real receiver."""
