"""Reports of several ad accounts in one request, compared with those of each alone."""
