"""Tests of `source_tiktok_marketing/api`."""
