"""Tests of `read`: what of an account is read, over which days, from which state, at which scale."""
