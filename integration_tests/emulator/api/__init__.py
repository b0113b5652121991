"""What every endpoint is made of: parameters, errors, permissions and pages."""
