"""The parts of the model store: its list, the package index, downloads and archives."""
