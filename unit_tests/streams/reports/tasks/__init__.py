"""Tests of `source_tiktok_marketing/streams/reports/tasks`."""
