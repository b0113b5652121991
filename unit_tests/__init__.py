"""Tests of the parts, and golden files of the public contract."""
