"""Streams: the only layer that sees both the catalogue and the API."""
