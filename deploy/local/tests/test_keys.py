"""Tokens that a service can check with nothing but the jwks."""

import json
from pathlib import Path
from urllib.parse import urlsplit

import jwt

from tieout_local.keys import ISSUER, SigningKeys


def claims(keys: SigningKeys, token: str) -> dict[str, object]:
    jwks = jwt.PyJWKSet.from_json(Path(urlsplit(keys.jwks_url).path).read_text())
    key = jwks[jwt.get_unverified_header(token)["kid"]]
    found: dict[str, object] = jwt.decode(token, key, algorithms=["RS256"], issuer=ISSUER)
    return found


def test_a_token_says_who_for_which_tenants_and_in_which_roles(tmp_path: Path) -> None:
    keys = SigningKeys(tmp_path)

    said = claims(keys, keys.token("ana", ["t1"], ["bookkeeper"]))

    assert (said["sub"], said["tenants"], said["roles"]) == ("ana", ["t1"], ["bookkeeper"])


def test_a_second_start_accepts_the_first_ones_tokens(tmp_path: Path) -> None:
    token = SigningKeys(tmp_path).token("ana")

    again = SigningKeys(tmp_path)

    assert claims(again, token)["sub"] == "ana"


def test_the_jwks_holds_no_private_part_and_only_we_read_the_key(tmp_path: Path) -> None:
    SigningKeys(tmp_path)

    [key] = json.loads((tmp_path / "jwks.json").read_text())["keys"]

    assert key.keys() == {"kty", "kid", "alg", "use", "n", "e", "key_ops"}
    assert (tmp_path / "private.pem").stat().st_mode & 0o077 == 0
