"""Tests of the commands beside `read`, and of whatever input they are given."""
