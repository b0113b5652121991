"""What the API documents, as data."""
