"""Reports of accounts with more objects than TikTok reports at once, as asynchronous tasks whose result is a file."""
