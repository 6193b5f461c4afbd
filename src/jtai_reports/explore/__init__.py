"""Explore the letters beyond the codebook: search, keyword in context, topics."""
