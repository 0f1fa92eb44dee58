"""The key that signs tokens, and its public half for clients that check them. Source: docs/xero.md 1.1."""

from functools import cache

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from xero_sim.wire import Json

ALGORITHM = "RS256"
_KEY_ID = "xero-sim"


@cache
def _key() -> rsa.RSAPrivateKey:
    # One key for the whole process: to make a key takes 0.1 s, and tests make many worlds.
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def sign(claims: Json) -> str:
    """A signed token."""
    return jwt.encode(claims, _key(), algorithm=ALGORITHM, headers={"kid": _KEY_ID})


def key_set() -> Json:
    """The published keys (RFC 7517)."""
    public = RSAAlgorithm.to_jwk(_key().public_key(), as_dict=True)
    return {
        "keys": [{"kty": "RSA", "use": "sig", "alg": ALGORITHM, "kid": _KEY_ID, "n": public["n"], "e": public["e"]}]
    }
