"""Signal processing on plain arrays, and the tool that offers it as operations."""
