"""From a URL to a whole file on disk."""
