"""The option `custom_reports`: what is read, what `check` says, and in which shapes it may be written."""
