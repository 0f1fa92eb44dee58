"""The keys of a local installation: one signs our tokens, one encrypts Xero's. They are made once and stored."""

import json
import os
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

import jwt
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jwt.algorithms import RSAAlgorithm

ISSUER = "https://tieout.local"
ROLES = ("viewer", "bookkeeper", "approver", "admin", "platform")
EVERY_TENANT = ("*",)


class SigningKeys:
    """The keys in `folder`, made at first use."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        self._folder.mkdir(parents=True, exist_ok=True)
        # Read once: reading checks the key, which takes longer than a hundred signatures.
        self._private_key = _private_key(_stored(self._folder / "private.pem", _new_private_key))
        self._key_id = _stored(self._folder / "key.id", uuid.uuid4().hex.encode).decode()
        self.token_key = _stored(self._folder / "token.key", Fernet.generate_key).decode()
        """Encrypts Xero's tokens at rest: TIEOUT_TOKEN_KEY."""
        self._write_jwks()

    @property
    def jwks_url(self) -> str:
        """The URL of the public key."""
        return self._jwks.as_uri()

    @property
    def jwks(self) -> bytes:
        """The public key, as a JWKS."""
        return self._jwks.read_bytes()

    def token(
        self,
        sub: str,
        tenants: Sequence[str] = EVERY_TENANT,
        roles: Sequence[str] = ROLES,
        *,
        seconds: int = 12 * 3600,
    ) -> str:
        """A signed token: who, for which tenants (`*`: all), in which roles, for how many seconds."""
        now = int(time.time())
        claims = {"iss": ISSUER, "sub": sub, "iat": now, "exp": now + seconds}
        access = {"tenants": list(tenants), "roles": list(roles)}
        return jwt.encode(claims | access, self._private_key, algorithm="RS256", headers={"kid": self._key_id})

    @property
    def _jwks(self) -> Path:
        return self._folder / "jwks.json"

    def _write_jwks(self) -> None:
        public = RSAAlgorithm.to_jwk(self._private_key.public_key(), as_dict=True)
        named = {**public, "kid": self._key_id, "alg": "RS256", "use": "sig"}
        self._jwks.write_text(json.dumps({"keys": [named]}, indent=2) + "\n")


def _stored(file: Path, make: Callable[[], bytes]) -> bytes:
    if not file.exists():
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as new:
            new.write(make())
    return file.read_bytes()


def _private_key(pem: bytes) -> rsa.RSAPrivateKey:
    key = RSAAlgorithm(RSAAlgorithm.SHA256).prepare_key(pem)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def _new_private_key() -> bytes:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
