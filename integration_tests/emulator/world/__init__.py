"""What the account holds and what its ads deliver."""
