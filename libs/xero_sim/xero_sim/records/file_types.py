"""The types of files that can be attached, by the extension of their name. Source: docs/xero.md 4.12."""

_OFFICE = "application/vnd.openxmlformats-officedocument"
_OASIS = "application/vnd.oasis.opendocument"
MIME_TYPES = {
    "7z": "application/x-7z-compressed", "bmp": "image/bmp", "csv": "text/csv", "doc": "application/msword",
    "docx": f"{_OFFICE}.wordprocessingml.document", "eml": "message/rfc822", "gif": "image/gif", "jpeg": "image/jpeg",
    "jpg": "image/jpeg", "keynote": "application/vnd.apple.keynote", "msg": "application/vnd.ms-outlook",
    "numbers": "application/vnd.apple.numbers", "odf": f"{_OASIS}.formula", "ods": f"{_OASIS}.spreadsheet",
    "odt": f"{_OASIS}.text", "pages": "application/vnd.apple.pages", "pdf": "application/pdf", "png": "image/png",
    "ppt": "application/vnd.ms-powerpoint", "pptx": f"{_OFFICE}.presentationml.presentation",
    "rar": "application/vnd.rar", "rtf": "application/rtf", "tif": "image/tiff", "tiff": "image/tiff",
    "txt": "text/plain", "xls": "application/vnd.ms-excel", "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "zip": "application/zip",
}  # fmt: skip


def mime_type_of(name: str) -> str | None:
    """The MIME type of a file; None if Xero does not accept such a file."""
    _, dot, extension = name.rpartition(".")
    return MIME_TYPES.get(extension.lower()) if dot else None
