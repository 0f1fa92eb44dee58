"""The pure core of the sync: what a message, an edit or a setting makes of a record (docs/sync-semantics.md)."""
