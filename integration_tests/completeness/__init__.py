"""A stream is complete only if every row of every account it stands for was emitted."""
