"""The GMV Max report."""
