"""The built-in operations, by family."""
