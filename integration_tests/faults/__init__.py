"""Tests of what goes wrong on the way to TikTok and back."""
