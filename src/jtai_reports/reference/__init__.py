"""Facts about letters, series and authorities, kept as data files that anyone can edit."""
