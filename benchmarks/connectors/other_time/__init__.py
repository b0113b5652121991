"""A folder for PYTHONPATH: the Python that finds it there runs at another time."""
