"""Tests of consent, tokens and connections."""
