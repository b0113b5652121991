"""The dbt project on what a destination holds after two syncs."""
