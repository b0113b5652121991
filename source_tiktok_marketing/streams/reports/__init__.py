"""The report streams."""
