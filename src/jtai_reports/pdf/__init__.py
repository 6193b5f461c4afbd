"""From a PDF file to lines of text with their place, font and size."""
