"""What need not be asked because an account delivered nothing: never a row less, with and without."""
