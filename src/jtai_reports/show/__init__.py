"""Show results to people: figures, and what will come beside them."""
