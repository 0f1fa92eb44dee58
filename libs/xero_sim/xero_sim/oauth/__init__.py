"""OAuth 2.0 and connections."""
