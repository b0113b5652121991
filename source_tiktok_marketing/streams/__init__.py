"""The streams, which join the facts of the catalogue with the API and the engine."""
