"""How a test runs the connector against an emulator, and reads what it wrote."""
