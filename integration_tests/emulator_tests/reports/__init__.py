"""Tests of the emulator's reports."""
