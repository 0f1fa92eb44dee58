"""The secret scan of `make check` finds a key that somebody adds. The planted keys are made when the test runs."""

import json
import subprocess
import sys
from pathlib import Path

import jwt
import pytest
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

ROOT = Path(__file__).resolve().parent.parent
KEY = ec.generate_private_key(ec.SECP256R1())
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
PLANTED = {
    "token.py": f'TOKEN_KEY = "{Fernet.generate_key().decode()}"\n',
    "values.yaml": f"tokenKey: {Fernet.generate_key().decode()}\n",
    "key.pem": PEM,
    "url.py": f'URL = "postgresql://ada:{"".join(reversed("yranac"))}9@db.example.com/bills"\n',
    "call.sh": f"curl -H 'Authorization: Bearer {jwt.encode({'sub': 'ada'}, KEY, 'ES256')}'\n",
    "aws.txt": "AKIA" + "Z7RWJ4DKXMQTLEPU\n",
}


@pytest.fixture
def baseline(tmp_path: Path) -> Path:
    # A copy: the tool may rewrite it.
    copy = tmp_path / "baseline"
    copy.write_text((ROOT / ".secrets.baseline").read_text())
    return copy


def scan(baseline: Path, *files: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "detect_secrets.pre_commit_hook", "--no-verify", "--baseline", str(baseline)]
    return subprocess.run([*command, *map(str, files)], cwd=ROOT, text=True, capture_output=True, check=False)


def test_each_kind_of_key_is_found(tmp_path: Path, baseline: Path) -> None:
    files = [tmp_path / name for name in PLANTED]
    for file in files:
        file.write_text(PLANTED[file.name])

    found = scan(baseline, *files)

    assert found.returncode == 1
    assert [file.name for file in files if f"{file.name}:" not in found.stdout] == []


def test_what_holds_no_key_passes(baseline: Path) -> None:
    assert scan(baseline, ROOT / "README.md", ROOT / "deploy/local/tieout_local/keys.py").returncode == 0


def test_no_finding_is_waved_through() -> None:
    """A value that is no secret is named in the filters, so that it is waved through wherever it moves."""
    assert json.loads((ROOT / ".secrets.baseline").read_text())["results"] == {}
