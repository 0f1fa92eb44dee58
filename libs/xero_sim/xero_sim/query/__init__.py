"""How lists are filtered, ordered and paged."""
