"""What need not be asked because an ad account delivered nothing, and how the connector makes sure of it."""
