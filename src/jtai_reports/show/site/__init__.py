"""The findings as a static site: pages of plain HTML that work from a folder or from any web server."""
