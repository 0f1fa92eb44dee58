"""Compares two JSON Schemas of an event, and finds changes that would break its readers."""

from typing import Any

Schema = dict[str, Any]


def compatible(old: Schema, new: Schema) -> list[str]:
    """The changes that break a reader of `old` when events are written as `new`, by field; empty if there are none.

    A new optional field breaks nothing, since readers ignore unknown fields. A new required field does: a compacted
    topic keeps events without it for good, and they could no longer be read.
    """
    return _compare("", old, new, old, new, frozenset())


def _compare(at: str, old: Schema, new: Schema, roots: Schema, new_roots: Schema, seen: frozenset[str]) -> list[str]:
    name = old.get("$ref", "")
    if name and name in seen:
        return []
    old, new = _resolved(old, roots), _resolved(new, new_roots)
    seen |= {name}
    if _forms(old) or _forms(new):
        # Every form that a value may have now must have been allowed before.
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
    """Whether every value allowed by the new keyword was allowed by the old one."""
    if old == new:
        return True
    if what == "enum":
        return old is None or (new is not None and set(new) <= set(old))
    # A new pattern or format restricts values further; a removed or changed one may allow other values.
    return old is None and what in ("pattern", "format")


def _resolved(schema: Schema, root: Schema) -> Schema:
    while "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        schema = root["$defs"][name]
    return schema
