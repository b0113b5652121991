"""Makes what is generated: the specification, the golden catalogue, the tables of the documentation, `make docs`."""
