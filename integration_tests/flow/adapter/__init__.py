"""A stand-in for Flow's adapter, airbyte-to-flow: drives an Airbyte connector as a capture. Standard library only."""
