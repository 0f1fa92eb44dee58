"""Types of parameters and of bodies' fields: each takes what its JSON Schema describes, and nothing else."""

import re
from typing import Annotated, Any

from fastapi import Header, Query
from pydantic import AwareDatetime, BeforeValidator, Field

_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


def _rfc_3339(value: Any) -> Any:
    """Refuse what pydantic takes beyond the format `date-time`: seconds since 1970, a date alone, no zone."""
    if isinstance(value, str) and not _RFC_3339.fullmatch(value):
        raise ValueError("a moment is written 2026-11-27T15:00:00Z")
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_rfc_3339)]
"""A time with its zone (RFC 3339)."""
Limit = Annotated[int, Query(ge=1, le=1000)]
"""The most items on a page."""
Text = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[^\x00]+$")]
"""A short text. Postgres stores no U+0000."""
Version = Annotated[int, Field(strict=True, ge=0)]
"""A version's number; `false` is no number."""
IfMatch = Annotated[str | None, Header(description="The ETag of the state that you changed.")]
