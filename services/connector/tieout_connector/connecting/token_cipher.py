"""How tokens are encrypted at rest: with the newest key, and readable with each older one while keys are changed."""

import hashlib

from cryptography.fernet import Fernet, InvalidToken

from tieout_kit.errors import RetryLater


class KeyMissing(RetryLater):
    """None of the configured keys decrypts the tokens. They are readable again once their key is put back."""


class TokenCipher:
    """Encrypts with the first key and decrypts with each. A key is named by its fingerprint, and never logged."""

    def __init__(self, keys: str) -> None:
        """`keys`: Fernet keys, the newest first, separated by commas. Raises ValueError for anything else."""
        self._ciphers = {fingerprint(key): Fernet(key) for key in (each.strip() for each in keys.split(","))}

    @property
    def fingerprints(self) -> list[str]:
        """The fingerprints of all keys, the newest first."""
        return list(self._ciphers)

    @property
    def newest(self) -> str:
        """The fingerprint of the key that encrypts."""
        return self.fingerprints[0]

    def encrypt(self, text: str) -> bytes:
        """Encrypt with the newest key."""
        return self._ciphers[self.newest].encrypt(text.encode())

    def decrypt(self, encrypted: bytes) -> str:
        """Raises KeyMissing."""
        return self._opened(encrypted)[1]

    def key_of(self, encrypted: bytes) -> str | None:
        """The fingerprint of the key that decrypts this; None: no key does."""
        try:
            return self._opened(encrypted)[0]
        except KeyMissing:
            return None

    def _opened(self, encrypted: bytes) -> tuple[str, str]:
        for name, cipher in self._ciphers.items():
            try:
                return name, cipher.decrypt(encrypted).decode()
            except InvalidToken:
                continue
        raise KeyMissing("no key of TIEOUT_TOKEN_KEY decrypts these tokens: put back the key that was taken away")


def fingerprint(key: str) -> str:
    """The first 8 hex digits of the key's SHA-256, as `printf %s KEY | sha256sum` shows them."""
    return hashlib.sha256(key.encode()).hexdigest()[:8]
