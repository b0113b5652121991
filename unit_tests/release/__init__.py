"""Tests of what a release says about itself."""
