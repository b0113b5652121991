"""Makes what is generated: the specification."""
