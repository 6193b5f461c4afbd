"""Compare letters: pure functions, table in, table out."""
