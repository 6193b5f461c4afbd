"""Code every statement: polarity, themes, agencies, each with the words that speak for it."""
