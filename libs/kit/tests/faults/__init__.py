"""Nothing is lost and nothing doubled, with processes that are really killed (design, points 1, 2 and 5)."""
