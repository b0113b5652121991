"""A demonstration of the connector against the emulator."""
