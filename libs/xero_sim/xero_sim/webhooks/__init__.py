"""Webhooks: their payloads, their delivery, and what happens if a receiver fails."""
