"""What a person has corrected: reading the file, and applying it to letters and codes."""
