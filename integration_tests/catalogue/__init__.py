"""Tests of the streams of the whole catalogue."""
