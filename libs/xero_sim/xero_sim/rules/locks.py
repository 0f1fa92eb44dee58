"""Lock dates. Source: docs/xero.md 4.3, behaviour 57."""

from datetime import date


def refuse_locked(day: date, period_lock: date | None, end_of_year_lock: date | None) -> str | None:
    """Why a document of this date cannot be written, or None. The lock date itself is locked."""
    for lock, name in ((end_of_year_lock, "end of year"), (period_lock, "period")):
        if lock is not None and day <= lock:
            shown = lock.strftime("%d/%m/%Y")
            return f"The document date cannot be before the {name} lock date, currently set at {shown}"
    return None
