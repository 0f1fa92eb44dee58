"""Checks the locked packages for known vulnerabilities: `python -m tieout_local.advisories [--refresh]`.

The check reads advisories.toml beside this file and needs no network, so it says how old its data is. `--refresh`
writes the file anew, from osv.dev (OSV format: ossf.github.io/osv-schema).
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

FILE = Path(__file__).with_name("advisories.toml")
LOCK = Path(__file__).resolve().parents[3] / "requirements.txt"
OSV = "https://api.osv.dev"
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
_COMPARED = {"introduced": ">=", "fixed": "<", "last_affected": "<="}


@dataclass(frozen=True, slots=True)
class Advisory:
    """A known vulnerability of a package."""

    package: str
    id: str
    """Of GHSA, PyPA or CVE; osv.dev/vulnerability/ID describes it."""
    aliases: tuple[str, ...]
    affected: tuple[str, ...]
    """The affected versions: sets of specifiers (PEP 440), of which one is enough."""
    summary: str

    def affects(self, version: str) -> bool:
        """Whether this version is affected, pre-releases too."""
        return any(SpecifierSet(each).contains(Version(version), prereleases=True) for each in self.affected)


@dataclass(frozen=True, slots=True)
class Advisories:
    """What is known, as of a day."""

    as_of: date
    source: str
    known: tuple[Advisory, ...]

    def of(self, locked: dict[str, str]) -> list[str]:
        """What affects the locked versions, in sentences."""
        return [
            f"{each.package} {locked[each.package]}: {each.id} {each.summary} (affected: {' or '.join(each.affected)})"
            for each in self.known
            if each.package in locked and each.affects(locked[each.package])
        ]


def locked_versions(requirements: str) -> dict[str, str]:
    """The version of each package that the text of requirements.txt pins."""
    return {canonicalize_name(name): version for name, version in _PIN.findall(requirements)}


def read(text: str) -> Advisories:
    """Advisories from the text of advisories.toml."""
    stored = tomllib.loads(text)
    known = tuple(
        Advisory(each["package"], each["id"], tuple(each["aliases"]), tuple(each["affected"]), each["summary"])
        for each in stored["advisory"]
    )
    return Advisories(stored["as_of"], stored["source"], known)


def written(advisories: Advisories) -> str:
    """The text of advisories.toml."""
    # A JSON string is a TOML string too.
    parts = [
        "# Known vulnerabilities of locked packages. `make check` fails if the locked version is affected.\n"
        "# `python -m tieout_local.advisories --refresh` writes this file anew from osv.dev.\n"
        f"as_of = {advisories.as_of}\nsource = {json.dumps(advisories.source)}\n"
    ]
    for each in sorted(advisories.known, key=lambda one: (one.package, one.id)):
        parts.append(
            f"[[advisory]]\npackage = {json.dumps(each.package)}\nid = {json.dumps(each.id)}\n"
            f"aliases = {json.dumps(each.aliases)}\naffected = {json.dumps(each.affected)}\n"
            f"summary = {json.dumps(each.summary)}\n"
        )
    return "\n".join(parts)


def fetch(client: httpx.Client, packages: list[str], today: date) -> Advisories:
    """Ask osv.dev about each package. Raises httpx.HTTPError."""
    known = [advisory for package in packages for advisory in _asked(client, package)]
    return Advisories(today, "osv.dev", tuple(known))


def _asked(client: httpx.Client, package: str) -> Iterator[Advisory]:
    body: dict[str, Any] = {"package": {"name": package, "ecosystem": "PyPI"}}
    while True:
        answer = client.post("/v1/query", json=body).raise_for_status().json()
        for entry in answer.get("vulns", []):
            affected = tuple(_affected(entry, package))
            if affected and "withdrawn" not in entry:
                aliases = tuple(entry.get("aliases", []))
                yield Advisory(package, entry["id"], aliases, affected, entry.get("summary", ""))
        if not (more := answer.get("next_page_token")):
            return
        body["page_token"] = more


def _affected(entry: dict[str, Any], package: str) -> Iterator[str]:
    for affected in entry.get("affected", []):
        named = affected["package"]
        if named["ecosystem"] != "PyPI" or canonicalize_name(named["name"]) != package:
            continue
        ranges = [each for each in affected.get("ranges", []) if each["type"] == "ECOSYSTEM"]
        for each in ranges:
            yield from _specifiers(each["events"])
        if not ranges:
            yield from (f"=={version}" for version in affected.get("versions", []))


def _specifiers(events: list[dict[str, str]]) -> Iterator[str]:
    """One set of specifiers for each stretch of versions; the events of a range are sorted."""
    stretch: list[str] = []
    for event in events:
        for name, version in event.items():
            if name not in _COMPARED:
                continue
            stretch.append(f"{_COMPARED[name]}{version}")
            if name != "introduced":
                yield ",".join(stretch)
                stretch = []
    if stretch:
        yield ",".join(stretch)


def main(arguments: list[str], today: date) -> int:
    """Returns the exit code."""
    locked = locked_versions(LOCK.read_text())
    if arguments == ["--refresh"]:
        with httpx.Client(base_url=OSV, timeout=30) as client:
            FILE.write_text(written(fetch(client, sorted(locked), today)))
    advisories = read(FILE.read_text())
    found = advisories.of(locked)
    age = (today - advisories.as_of).days
    print(
        f"{len(locked)} locked packages, {len(advisories.known)} advisories as of {advisories.as_of}, {age} days old: "
        f"{len(found)} affected"
    )
    for each in found:
        print(f"  {each}: raise it in requirements.in, then make lock")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], datetime.now(UTC).date()))
