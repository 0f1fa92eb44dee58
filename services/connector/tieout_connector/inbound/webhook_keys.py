"""The keys that Xero signs webhooks with: one, or several while an app's key is changed at Xero."""

import base64
import hashlib
import hmac


class WebhookKeys:
    """Verifies signatures. A key is named by its fingerprint, since it must never be logged."""

    def __init__(self, keys: str) -> None:
        """`keys`: as text, separated by commas. Raises ValueError if one is empty: anybody could sign with it."""
        split = [key.strip() for key in keys.split(",")]
        if not all(split):
            raise ValueError("a webhook key is empty")
        # A key is used as text, not base64-decoded (trap 28).
        self._keys = {fingerprint(key): key.encode() for key in split}

    @property
    def fingerprints(self) -> list[str]:
        """The fingerprints of all keys."""
        return list(self._keys)

    def signer(self, raw: bytes, signature: bytes) -> str | None:
        """The fingerprint of the key that signed these bytes; None if none did. Each key is tried, whether or not an
        earlier one fits, so that the time tells nothing."""
        fitting = None
        for name, key in self._keys.items():
            expected = base64.b64encode(hmac.digest(key, raw, "sha256"))
            if hmac.compare_digest(expected, signature):
                fitting = name
        return fitting


def fingerprint(key: str) -> str:
    """The first 8 hex digits of the key's SHA-256, as `printf %s KEY | sha256sum` shows them."""
    return hashlib.sha256(key.encode()).hexdigest()[:8]
