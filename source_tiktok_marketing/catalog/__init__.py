"""FACTS: what TikTok and Airbyte call things. Pure data, imports nothing of the connector."""
