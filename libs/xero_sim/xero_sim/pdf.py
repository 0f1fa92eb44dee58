"""A small PDF: text in one fixed-width font, one page after another. Source: ISO 32000-1, 7.5."""

from collections.abc import Sequence

LINES_PER_PAGE = 60
_TOP, _LEFT, _LEADING = 800, 40, 12
_ESCAPED = str.maketrans({"\\": r"\\", "(": r"\(", ")": r"\)"})


def pdf(lines: Sequence[str]) -> bytes:
    """A4 pages of these lines. What is not Latin-1 is shown as a question mark."""
    pages = [lines[at : at + LINES_PER_PAGE] for at in range(0, max(len(lines), 1), LINES_PER_PAGE)]
    # Objects 1 to 3 are the catalogue, the page tree and the font; then a page and its content by turns.
    kids = " ".join(f"{4 + 2 * at} 0 R" for at in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Courier/Encoding/WinAnsiEncoding>>",
    ]
    for at, page in enumerate(pages):
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents %d 0 R>>"
            % (5 + 2 * at)
        )
        content = _content(page)
        objects.append(b"<</Length %d>>stream\n%b\nendstream" % (len(content), content))
    return _file(objects)


def _content(lines: Sequence[str]) -> bytes:
    shown = "\n".join(f"({line.translate(_ESCAPED)}) Tj T*" for line in lines)
    return f"BT /F1 9 Tf {_LEADING} TL {_LEFT} {_TOP} Td\n{shown}\nET".encode("cp1252", "replace")


def _file(objects: Sequence[bytes]) -> bytes:
    """Header, objects, the table of where each begins, trailer."""
    out = bytearray(b"%PDF-1.4\n")
    begins = []
    for number, content in enumerate(objects, start=1):
        begins.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % at for at in begins)
    out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)
