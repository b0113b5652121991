"""The two connectors that are compared: how they are installed, configured, run and measured."""
