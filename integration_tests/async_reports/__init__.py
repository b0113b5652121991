"""Reports of accounts with more objects than a report holds, as asynchronous tasks."""
