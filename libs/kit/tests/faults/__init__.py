"""Nothing is lost and nothing doubled, with processes that are really killed (docs/design.md, In, Out and Trouble)."""
