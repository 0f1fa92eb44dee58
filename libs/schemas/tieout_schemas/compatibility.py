"""Says what a reader of today's events would stumble over in tomorrow's: JSON Schemas compared, old with new."""

from typing import Any

Schema = dict[str, Any]


def compatible(old: Schema, new: Schema) -> list[str]:
    """What breaks a reader of `old` when events are written by `new`, field by field; empty: nothing.

    A new field is no breach, since readers ignore what they do not know. Unless it is required: then events written
    before it, which a compacted topic keeps for good, could no longer be read.
    """
    return _compare("", old, new, old, new, frozenset())


def _compare(at: str, old: Schema, new: Schema, roots: Schema, new_roots: Schema, seen: frozenset[str]) -> list[str]:
    name = old.get("$ref", "")
    if name and name in seen:
        return []
    old, new = _resolved(old, roots), _resolved(new, new_roots)
    seen |= {name}
    if _forms(old) or _forms(new):
        # Every form that an event may take now must be one that it could take before.
        return [
            f"{at or 'value'}: a form that no reader knows: {form}"
            for form in _forms(new) or [new]
            if all(_compare(at, known, form, roots, new_roots, seen) for known in _forms(old) or [old])
        ]
    breaches = [
        f"{at or 'value'}: {what} was {old.get(what)}, is {new.get(what)}"
        for what in ("type", "format", "pattern", "const", "enum")
        if not _reads(what, old.get(what), new.get(what))
    ]
    fields, new_fields = old.get("properties", {}), new.get("properties", {})
    for field in fields:
        path = f"{at}.{field}".lstrip(".")
        if field not in new_fields:
            breaches.append(f"{path}: removed")
        else:
            breaches += _compare(path, fields[field], new_fields[field], roots, new_roots, seen)
    for field in set(new.get("required", ())) - set(old.get("required", ())):
        if field not in fields or "default" in fields[field]:
            breaches.append(f"{at}.{field}: newly required".lstrip("."))
    for inner in ("items", "additionalProperties"):
        if isinstance(old.get(inner), dict) and isinstance(new.get(inner), dict):
            breaches += _compare(f"{at}[]", old[inner], new[inner], roots, new_roots, seen)
    return breaches


def _forms(schema: Schema) -> list[Schema]:
    return [*schema.get("anyOf", ()), *schema.get("oneOf", ())]


def _reads(what: str, old: Any, new: Any) -> bool:
    """Whether what is said of a value now lies within what was said before."""
    if old == new:
        return True
    if what == "enum":
        return old is None or (new is not None and set(new) <= set(old))
    # A pattern or format that is new says more; one that is gone or other says less.
    return old is None and what in ("pattern", "format")


def _resolved(schema: Schema, root: Schema) -> Schema:
    while "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        schema = root["$defs"][name]
    return schema
