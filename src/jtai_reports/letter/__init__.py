"""From the lines of a letter to its sections, findings and details."""
