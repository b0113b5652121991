"""Reports of creatives: what the ads of an account show, whichever of them show it."""
