"""What a stream is to a run: slices, the workers that read them, cursors and states. Knows no endpoint."""
