"""Builds the images with whatever builder is there, and runs them as a platform would, against the emulator."""
