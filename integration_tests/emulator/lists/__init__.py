"""The list endpoints."""
