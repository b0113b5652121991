"""The server and what it does to every request."""
