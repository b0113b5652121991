"""Puts the processes that find this folder on PYTHONPATH into another time."""
