"""Find and download published letters: politely, safely, and only when asked to."""
