"""Measures this connector and the public `airbyte-source-tiktok-marketing` package on the same emulator: `make bench`.

Each job runs both in turn and keeps medians, because machines are noisy; what counts are the ratios.
"""
