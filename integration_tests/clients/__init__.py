"""The connector below what people run it with: PyAirbyte, and through it DuckDB and PostgreSQL."""
