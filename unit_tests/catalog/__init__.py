"""Tests of `source_tiktok_marketing/catalog`."""
