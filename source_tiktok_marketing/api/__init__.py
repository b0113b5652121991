"""MECHANISM: talking to the TikTok API. Knows no stream."""
