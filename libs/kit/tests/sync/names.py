"""Ids that are the same in every run, and the short names they were made from, for traces."""

from uuid import UUID, uuid5

_SPACE = UUID("7c0d1e1c-52a4-4a0a-8d5c-6f3f6f0d9c11")
_LABELS: dict[UUID, str] = {}


def ident(label: str) -> UUID:
    """The id of what is called this."""
    found = uuid5(_SPACE, label)
    _LABELS[found] = label
    return found


def label(name: UUID | str | None) -> str:
    """What has this id is called this."""
    if name is None:
        return "-"
    return _LABELS.get(name if isinstance(name, UUID) else UUID(name), str(name))


def by_label(ids: "list[UUID] | set[UUID] | dict[UUID, object]") -> list[UUID]:
    """In the order of their names."""
    return sorted(ids, key=label)


TENANT = ident("tenant")
