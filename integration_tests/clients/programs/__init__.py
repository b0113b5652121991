"""Programs that run in the clients' environment: they take a job as JSON and write an answer into the file named."""
