"""The report endpoint."""
