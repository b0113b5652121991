"""Reports of several ad accounts in one request: who is asked together, and what of the answer is believed."""
