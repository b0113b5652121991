"""The streams on list endpoints."""
