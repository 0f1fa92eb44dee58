"""What code and pages refer to exists: documents, their sections, the files behind links, the verbs of make."""

import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
TEXT = {".py", ".sql", ".md", ".toml", ".yaml", ".yml", ""}


@cache
def tracked() -> tuple[Path, ...]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    files = (ROOT / name for name in listed.splitlines())
    return tuple(file for file in files if file.suffix in TEXT and file.exists() and file != Path(__file__))


@cache
def text_of(file: Path) -> str:
    return file.read_text()


def places(pattern: str, files: tuple[Path, ...] | None = None) -> Iterator[tuple[str, re.Match[str], Path]]:
    """Each match, with the file and line where it is."""
    for file in files or tracked():
        text = text_of(file)
        for match in re.finditer(pattern, text):
            yield f"{file.relative_to(ROOT)}:{text.count(chr(10), 0, match.start()) + 1}", match, file


def pages() -> tuple[Path, ...]:
    return tuple(file for file in tracked() if file.suffix == ".md")


@cache
def headings(page: Path) -> tuple[str, ...]:
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    return tuple(re.findall(r"^#+ (.+)$", text, re.MULTILINE))


def anchor(heading: str) -> str:
    """The fragment that GitHub makes of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_every_document_that_code_or_a_page_names_exists() -> None:
    missing = [
        f"{place} names {match.group()}"
        for place, match, file in places(r"[\w./-]*[\w-]\.md\b")
        if not any((folder / match.group()).exists() for folder in (ROOT, DOCS, file.parent))
    ]

    assert missing == []


def test_every_link_of_a_page_leads_somewhere() -> None:
    broken = []
    for place, match, page in places(r"\]\(([^)\s]+)\)", pages()):
        target, _, fragment = match.group(1).partition("#")
        if target.startswith(("http:", "https:", "mailto:")):
            continue
        file = page.parent / target if target else page
        known = {anchor(each) for each in headings(file)} if file.suffix == ".md" and file.exists() else set()
        if not file.exists() or (fragment and fragment not in known):
            broken.append(f"{place} links {match.group(1)}")

    assert broken == []


def test_every_file_that_a_page_names_exists() -> None:
    names = {"/" + str(file.relative_to(ROOT)) for file in tracked()}
    missing = [
        f"{place} names {match.group(1)}"
        for place, match, _ in places(r"`((?:[\w.-]+/)*[\w.-]+\.(?:py|sql|toml))`", pages())
        if not any(name.endswith("/" + match.group(1)) for name in names)
    ]

    assert missing == []


def test_every_folder_that_a_page_names_exists() -> None:
    missing = [
        f"{place} names {match.group(1)}"
        for place, match, _ in places(r"`((?:libs|services|deploy|bench|docs|tests)/[\w./-]+)`", pages())
        if not (ROOT / match.group(1)).exists()
    ]

    assert missing == []


def test_every_section_of_the_design_that_code_names_exists() -> None:
    missing = [
        f"{place} names {name}"
        for place, match, _ in places(r"docs/design\.md, ([A-Z][^).`]*)")
        for name in re.split(r", (?=[A-Z])| and (?=[A-Z])", " ".join(match.group(1).split()))
        if name not in headings(DOCS / "design.md")
    ]

    assert missing == []


def test_every_section_of_xeros_facts_that_code_names_exists() -> None:
    numbers = {heading.split()[0] for heading in headings(DOCS / "xero.md")}
    missing = [
        f"{place} names {number}"
        for place, match, _ in places(r"docs/xero\.md ((?:\d[\d.]*[\d]?(?:, |-)?)+)")
        for number in re.findall(r"\d+(?:\.\d+)?", match.group(1))
        if number not in numbers
    ]

    assert missing == []


@pytest.mark.parametrize(
    ("page", "pattern"),
    [
        ("sync-rules.md", r"\b(?:CONN|MAP|CONT|REF|BILL|CRED|INV|PAY|SYS)-[1-9]\d?\b"),
        ("field-cases.md", r"\bF[0-3]\d\b"),
    ],
)
def test_every_rule_and_field_case_that_code_or_a_page_names_exists(page: str, pattern: str) -> None:
    listed = set(re.findall(r"^\| ([A-Z]+-?\d+) \|", (DOCS / page).read_text(), re.MULTILINE))
    code = tuple(file for file in tracked() if "tests" not in file.parts)
    missing = [
        f"{place} names {match.group()}" for place, match, _ in places(pattern, code) if match.group() not in listed
    ]

    assert missing == []


def test_every_trap_that_code_names_exists() -> None:
    numbers = set(re.findall(r"^(\d+)\. ", (DOCS / "xero.md").read_text(), re.MULTILINE))
    missing = [
        f"{place} names {match.group()}" for place, match, _ in places(r"\btrap (\d+)") if match.group(1) not in numbers
    ]

    assert missing == []


def test_every_section_of_the_sync_semantics_that_code_names_exists() -> None:
    numbers = {heading.split(".")[0] for heading in headings(DOCS / "sync-semantics.md")}
    missing = [
        f"{place} names section {match.group(1)}"
        for place, match, _ in places(r"sync-semantics\.md, section (\d+)")
        if match.group(1) not in numbers
    ]

    assert missing == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_verb_of_make_that_a_page_shows_exists(page: Path) -> None:
    verbs = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert set(re.findall(r"(?:`|^)make ([a-z-]+)", page.read_text(), re.MULTILINE)) <= verbs


def test_no_document_outside_the_repository_is_named() -> None:
    assert [place for place, _, _ in places(r"\.\./shared\b|/work/")] == []
