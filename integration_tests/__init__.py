"""The emulator of the TikTok API and the tests that run the connector against it."""
